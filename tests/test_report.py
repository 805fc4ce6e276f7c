"""What a build reports to programs."""
import json


def report(folder):
    return json.loads((folder / '_build/ci/report.json').read_text())


def test_report(cli, book_folder, add_section):
    add_section('breaks', '1 / 0')
    add_section('slow', 'import time\ntime.sleep(5.2)', 'print(1)')
    assert cli('notebooks', '--profile', 'ci')[0] == 1
    made = report(book_folder)
    rows = {r['name']: r for r in made['sections']}
    assert made['counts']['executed'] == 5 and made['counts']['failed'] == 1
    assert (made['hits'], made['misses']) == (0, 6)
    slow = rows['second/slow']
    assert slow['over_budget'] and slow['seconds'] > 5.2
    assert slow['cell_seconds'][0] > 5 > slow['cell_seconds'][1]
    assert slow['reason'] == 'never executed'
    assert slow['peak_memory'] > 10_000_000 and slow['queued'] >= 0
    assert rows['second/breaks']['reason'].startswith('ZeroDivisionError')
    assert 'GPU' in rows['second/skipped']['reason']
    assert list(rows)[0] == 'first/saving'
    cli('notebooks', '--profile', 'ci')
    made = report(book_folder)
    assert (made['hits'], made['misses']) == (5, 1)
    again = {r['name']: r for r in made['sections']}['second/slow']
    assert again['state'] == 'fresh'
    assert again['reason'] == 'never executed', 'of its last execution'
    assert again['cell_seconds'] == slow['cell_seconds']
