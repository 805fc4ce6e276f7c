"""Tables of the results that sections record."""
import json
import re

import pytest

from tools import config, results, stage

RECORD = {'name': 'A Net', 'input': [1, 28, 28], 'accuracy': 0.87654,
          'parameters': 61706, 'multiply_adds': 423000, 'epochs': 3,
          'epoch_seconds': 4.5678}
SHOW = f'''from IPython.display import display
display({{{results.MIME!r}: {RECORD!r}, 'text/plain': 'a row'}}, raw=True)'''


def notebook(path, *records):
    outputs = [{'output_type': 'display_data', 'metadata': {},
                'data': {results.MIME: r}} for r in records]
    path.write_text(json.dumps({'cells': [
        {'cell_type': 'markdown', 'source': 'x'},
        {'cell_type': 'code', 'source': '', 'outputs': outputs}]}))
    return path


def test_records(tmp_path):
    path = notebook(tmp_path / 'a.ipynb', RECORD, {'name': 'half'}, 'text')
    assert results.records(path) == [RECORD]


@pytest.mark.parametrize(('count', 'shown'), [
    (423000, '0.423'), (714e6, '714'), (7.616e9, '7,616')])
def test_operations_are_shown_in_millions(count, shown):
    row = results._row('', RECORD | {'multiply_adds': count})
    assert row[5] == shown


def test_marks_stand_alone_on_a_line():
    text = 'See {d2l-results}`a`.\n{d2l-results}`a b/c`\nend'
    assert results.expand(text, lambda names: '+'.join(names)) == (
        'See {d2l-results}`a`.\na+b/c\nend')


PAGE = '''
```{table} Compared.
:name: tab_compared

{d2l-results}`second`
```
'''


def test_pages_show_what_was_executed(cli, book_folder, add_section):
    page = add_section('compared', 'print(1)')
    page.write_text(page.read_text() + PAGE)
    add_section('recording', SHOW)

    def staged():
        book = config.load(book_folder)
        profile = book.profile('ci')
        folder, problems = stage.stage(book, profile, say=lambda *_: None)
        assert not problems
        def lines(path):
            cells = json.loads(path.read_text())['cells']
            return '\n'.join(''.join(c['source']) for c in cells)
        return (lines(folder / 'second/compared.ipynb'), lines(
            book.out('ci') / 'extra/notebooks/plain/second/compared.ipynb'))

    assert cli('notebooks', '--profile', 'ci',
               'second/compared')[0] == 0
    for text in staged():
        assert 'no section has been executed yet' in text
        assert 'd2l-results' not in text
    assert cli('notebooks', '--profile', 'ci')[0] == 0
    for text in staged():
        assert re.search(r'\| A Net \| .* \| 28×28 \| 0.877 \| 61,706 '
                         r'\| 0.423 \| 3 \| 4.57 \|', text)
        assert text.count('A Net') == 1
    code, out, _ = cli('notebooks', '--profile', 'ci')
    assert ' executed' not in out
    made = (book_folder / '_build/ci/source/second/recording.ipynb'
            ).read_text()
    assert 'a row' in made
    assert made.count(results.MIME) == 1, 'in the code alone'
