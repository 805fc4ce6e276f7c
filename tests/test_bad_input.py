"""What bad input gets: file, line and next step; the rest is built all the
same, nothing is lost, and the exit code is not 0."""
import json
import os
import re
import signal
import subprocess
import time

import pytest

from tools import execute, files

OTHERS = ('first/saving', 'first/figures', 'second/notebook',
          'second/override')


def notebooks(folder):
    base = folder / '_build/ci/notebooks'
    return {p.relative_to(base).with_suffix('').as_posix()
            for p in base.rglob('*.ipynb')}


def status(folder):
    path = folder / '_build/ci/status.json'
    return json.loads(path.read_text())['sections']


def build(cli, *args, **env):
    return cli('notebooks', '--profile', 'ci', '--jobs', 2, *args, **env)


def assert_others_built(folder):
    found = status(folder)
    for name in OTHERS:
        assert found[name]['state'] in ('executed', 'restored', 'fresh')


def kernels_of(folder):
    """Processes of a build of the book in `folder`."""
    found = []
    for entry in os.listdir('/proc'):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                with open(f'/proc/{entry}/environ', 'rb') as file:
                    text = file.read()
                cwd = os.readlink(f'/proc/{entry}/cwd')
            except OSError:
                continue
            if (cwd.startswith(f'{folder}/_build')
                    or f'BOOK_ROOT={folder}'.encode() in text):
                found.append(int(entry))
    return found


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_cell_that_raises(cli, add_section, book_folder):
    path = add_section('raising', 'x = 1\nprint("before")', '1 / 0')
    code, out, err = build(cli)
    assert code == 1
    line = path.read_text().split('\n').index('1 / 0') + 1
    assert f'{path}:{line} (cell 2): ZeroDivisionError' in err
    assert 'Cell In[2], line 1' in out
    assert_others_built(book_folder)
    made = json.loads((book_folder / '_build/ci/notebooks/second'
                       / 'raising.ipynb').read_text())
    kinds = [[o['output_type'] for o in c['outputs']]
             for c in made['cells'] if c['cell_type'] == 'code']
    assert kinds == [['stream'], ['error']]


def test_cell_over_its_limit(cli, add_section, book_folder):
    path = add_section('slow', 'import time', 'time.sleep(60)',
                       front='book:\n  limits: {cell: 1}\n')
    code, _, err = build(cli)
    assert code == 1
    assert re.search(rf'{path}:\d+ \(cell 2\): the cell took longer than '
                     '1 s', err)
    assert 'limits: {cell: SECONDS}' in err
    assert_others_built(book_folder)


def test_notebook_over_its_limit(cli, add_section, book_folder):
    cells = ['import time'] + ['time.sleep(0.7)'] * 6
    add_section('long', *cells, front='book:\n  limits: {notebook: 3}\n')
    code, _, err = build(cli)
    assert code == 1
    assert 'the notebook took longer than 3 s' in err
    assert_others_built(book_folder)


def test_kernel_killed(cli, add_section, book_folder):
    add_section('killed', 'import os, signal',
                'os.kill(os.getpid(), signal.SIGKILL)')
    code, _, err = build(cli)
    assert code == 1
    assert '(cell 2): the kernel died: it was killed (SIGKILL)' in err
    assert_others_built(book_folder)


def test_kernel_killed_for_want_of_memory_is_named(monkeypatch):
    monkeypatch.setattr(execute, 'oom_kills', lambda: 3)
    kind, message = execute._exit_reason(-signal.SIGKILL, kills_before=2)
    assert kind == execute.OUT_OF_MEMORY
    assert 'want of memory' in message
    kind, _ = execute._exit_reason(-signal.SIGKILL, kills_before=3)
    assert kind == execute.KERNEL_DIED
    assert 'SIGSEGV' in execute._exit_reason(-signal.SIGSEGV, 3)[1]


def test_kernel_that_exits(cli, add_section, book_folder):
    add_section('exiting', 'import os', 'os._exit(3)')
    code, _, err = build(cli)
    assert code == 1
    assert 'the kernel died' in err
    assert 'code 3' in err
    assert_others_built(book_folder)


@pytest.mark.parametrize('delay', [0.3, 1.2, 2.5])
def test_build_killed_at_any_moment(cli, add_section, book_folder, delay):
    add_section('waiting', 'import time\ntime.sleep(1.5)', '"done"')
    process = cli.start('notebooks', '--profile', 'ci', '--jobs', '2')
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert wait_until(lambda: not kernels_of(book_folder))
    for path in (book_folder / '_build').rglob('*.ipynb'):
        json.loads(path.read_text())
    code, _, err = build(cli)
    assert code == 0, err
    assert_others_built(book_folder)
    assert status(book_folder)['second/waiting']['state'] != 'failed'


def test_interrupt(cli, add_section, book_folder):
    add_section('waiting', '"first"', 'import time\ntime.sleep(60)')
    process = cli.start('notebooks', '--profile', 'ci', '--jobs', '2')
    store = book_folder / '_build/store'
    assert wait_until(lambda: len(list(store.glob('??/*.json'))) >= 4, 60)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert 'Traceback' not in err
    assert 'interrupted' in err
    assert wait_until(lambda: not kernels_of(book_folder))
    assert_others_built(book_folder)
    # What was executed before is kept: nothing of it runs again.
    (book_folder / 'chapters/second/waiting.md').unlink()
    index = book_folder / 'chapters/second/index.md'
    index.write_text(index.read_text().replace('waiting\n', ''))
    code, out, _ = build(cli)
    assert code == 0
    assert ' executed' not in out


def test_two_sections_save_one_name(cli, add_section, book_folder):
    path = add_section('again', 'def plus_one(x):  #@save\n'
                                '    """Another."""\n    return x')
    code, _, err = build(cli)
    assert code == 1
    assert f'{path}:' in err
    assert "'plus_one' is saved twice, first in" in err
    assert 'saving.md:' in err
    assert '#@save override' in err
    assert_others_built(book_folder)


@pytest.mark.parametrize('cell', [
    'for i in range(3):  #@save\n    pass',
    '#@save\nx = 1\nprint(x)',
    'print(1)  #@save',
    'from math import *  #@save',
    'x = [1]\nx[0].y = 2  #@save'])
def test_what_cannot_be_saved(cli, add_section, cell):
    path = add_section('odd', cell)
    code, _, err = build(cli)
    assert code == 1
    assert f'{path}:' in err
    assert '#@save on' in err
    assert 'can be saved' in err


def test_method_of_a_class_that_is_not_saved(cli, add_section):
    add_section('odd', 'from d2l import torch as d2l\n\nclass A: pass',
                '@d2l.add_to_class(A)  #@save\ndef f(self):\n    return 1')
    code, _, err = build(cli)
    assert code == 1
    assert "saved into class 'A', which is not saved" in err


def test_syntax_error(cli, add_section, book_folder):
    path = add_section('wrong', 'x = 1', 'y = (1,\nz = 2')
    code, _, err = build(cli)
    assert code == 1
    assert f'{path}:' in err
    assert '(cell 2): SyntaxError' in err
    assert_others_built(book_folder)
    code, _, err = cli('check')
    assert code == 1
    line = path.read_text().split('\n').index('y = (1,') + 1
    assert f'{path}:{line} (cell 2): syntax error' in err


def test_section_missing_from_the_contents(cli, add_section, book_folder):
    path = add_section('lost', '"lost"', listed=False)
    code, _, err = build(cli)
    assert code == 1
    assert f'{path}: is not in the table of contents' in err
    assert 'second/index.md' in err
    assert_others_built(book_folder)


def test_section_listed_twice(cli, book_folder):
    index = book_folder / 'chapters/second/index.md'
    index.write_text(index.read_text().replace('skipped\n',
                                               'skipped\nnotebook\n'))
    code, _, err = build(cli)
    assert code == 1
    assert f'{index}:11: second/notebook is listed twice' in err
    assert_others_built(book_folder)


def test_contents_lists_what_does_not_exist(cli, book_folder):
    index = book_folder / 'chapters/second/index.md'
    index.write_text(index.read_text().replace('skipped\n',
                                               'skipped\nnowhere\n'))
    code, _, err = build(cli)
    assert code == 1
    assert 'lists second/nowhere, which does not exist' in err


@pytest.mark.parametrize(('front', 'message'), [
    ('book:\n  neds: {data: []}\n', "unknown front-matter key 'neds'"),
    ('book:\n  needs: {gpu: 1}\n', "unknown key 'gpu' in book: needs"),
    ('book:\n  needs: {memory: lots}\n', "memory must be like '2 GB'"),
    ('book:\n  needs: {gpus: -1}\n', 'gpus must be'),
    ('book:\n  profiles:\n    fast: {x: 1}\n', "unknown profile 'fast'"),
    ('book:\n  skip:\n', 'skip must be the reason'),
    ('book:\n  limits: {cell: soon}\n', 'cell must be a number of seconds'),
    ('boook: 1\n', "unknown front-matter key 'boook'"),
    ('book: {needs: [\n', 'not valid YAML')])
def test_front_matter(cli, add_section, book_folder, front, message):
    path = add_section('wrong', '"x"', front=front)
    code, _, err = build(cli)
    assert code == 1
    assert re.search(rf'{path}:\d+', err)
    assert message in err
    assert_others_built(book_folder)


@pytest.mark.parametrize('cells', [['y = 1'], None])
def test_unknown_parameter(cli, add_section, book_folder, cells):
    path = add_section('tuned', *(cells or ['y = 1']),
                       front='book:\n  profiles:\n    ci: {count: 1}\n')
    if cells is None:
        path.write_text(path.read_text().replace(
            'ipython3\n', 'ipython3\n:tags: [parameters]\n\n'))
    code, _, err = build(cli)
    assert code == 1
    assert str(path) in err
    assert ("unknown parameter 'count'" in err if cells is None
            else 'no cell is tagged parameters' in err)
    assert_others_built(book_folder)


def test_unknown_profile_of_the_command(cli):
    code, _, err = cli('notebooks', '--profile', 'fast')
    assert code == 1
    assert "unknown profile 'fast'" in err
    assert 'ci, cpu' in err or 'cpu, ci' in err


def test_unknown_section_of_the_command(cli):
    code, _, err = cli('notebooks', '--profile', 'ci', 'no/such')
    assert code == 1
    assert "no section 'no/such'" in err


def test_unknown_command(cli):
    code, _, err = cli('publish')
    assert code == 2
    assert 'invalid choice' in err


def test_unknown_key_in_the_configuration(cli, book_folder):
    path = book_folder / 'pyproject.toml'
    path.write_text(path.read_text().replace('title =', 'titel ='))
    code, _, err = build(cli)
    assert code == 1
    assert "unknown key 'titel'" in err
    assert "did you mean 'title'?" in err


def test_references_labels_figures(cli, book_folder):
    path = book_folder / 'chapters/first/figures.md'
    path.write_text(path.read_text() + '''
(sec_saving)=
## Twice

See {numref}`fig_figures_bax` and {cite:p}`Nobody.1900`.

```{figure} figures/nothing.svg
:name: fig_nothing

No such thing.
```
''')
    code, _, err = cli('check')
    assert code == 1
    line = path.read_text().split('\n')
    assert (f'{path}:{line.index("(sec_saving)=") + 1}: the label '
            "'sec_saving' is used twice") in err
    assert "nothing has the label 'fig_figures_bax'" in err
    assert "did you mean 'fig_figures_box'?" in err
    assert "'Nobody.1900' is not in references.bib" in err
    assert 'figures/nothing.svg does not exist' in err
    assert 'figures/nothing.svg has no alternative text' in err


def test_drawing_script_that_fails(cli, book_folder):
    script = book_folder / 'chapters/first/figures/box.py'
    script.write_text('def draw():\n    return nonsense\n')
    code, out, _ = cli('figures')
    assert code == 1
    assert f'{script}:2: NameError' in out


@pytest.mark.parametrize('damage', [
    lambda blob: blob[:len(blob) // 2], lambda blob: b'',
    lambda blob: blob.replace(b'"outputs"', b'"outputz"', 1)])
def test_damaged_file_in_the_store(cli, book_folder, damage):
    assert build(cli)[0] == 0
    victim = sorted((book_folder / '_build/store').glob('??/*.json'))[0]
    good = victim.read_bytes()
    victim.write_bytes(damage(good))
    files.remove(book_folder / '_build/ci')
    code, out, err = build(cli)
    assert code == 0
    assert 'a stored result is damaged and will be made anew' in out + err
    assert '1 executed, 3 restored' in out
    assert json.loads(victim.read_bytes().partition(b'\n')[2])


def test_disk_that_cannot_be_written(cli, book_folder):
    (book_folder / 'occupied').write_text('a file where a folder must be')
    code, _, err = build(cli, BOOK_BUILD=str(book_folder / 'occupied/b'))
    assert code == 1
    assert 'cannot write' in err
    assert 'BOOK_BUILD' in err


def test_store_that_cannot_be_written(cli, book_folder):
    (book_folder / 'occupied').write_text('')
    code, out, err = build(cli, BOOK_STORE=str(book_folder / 'occupied/s'))
    assert code == 0, err
    assert 'could not be kept' in out + err
    assert_others_built(book_folder)


def small_disk(folder, size):
    """Mount a small file system on `folder`; False where that is forbidden."""
    folder.mkdir()
    return subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', str(folder)],
        capture_output=True).returncode == 0


@pytest.mark.parametrize('size', ['16k', '64k'])
def test_full_disk(cli, book_folder, tmp_path, size):
    disk = tmp_path / 'disk'
    if not small_disk(disk, size):
        pytest.skip('mounting a small disk needs root')
    try:
        code, out, err = build(cli, BOOK_BUILD=str(disk / 'b'))
    finally:
        subprocess.run(['umount', '-l', str(disk)], check=True)
    assert code == 1
    assert 'the disk is full' in err or 'No space left' in out + err


def test_read_only_disk(cli, book_folder, tmp_path):
    disk = tmp_path / 'disk'
    if not small_disk(disk, '1m'):
        pytest.skip('mounting a small disk needs root')
    try:
        subprocess.run(['mount', '-o', 'remount,ro', str(disk)], check=True)
        code, _, err = build(cli, BOOK_BUILD=str(disk / 'b'))
    finally:
        subprocess.run(['umount', '-l', str(disk)], check=True)
    assert code == 1
    assert 'read-only' in err


def test_full_disk_while_writing(monkeypatch, tmp_path):
    def fail(*_):
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr(files.Path, 'write_bytes', fail)
    from tools.errors import BookError
    with pytest.raises(BookError, match='the disk is full'):
        files.write(tmp_path / 'x', 'text')
    assert not list(tmp_path.iterdir())


def test_two_builds_at_once(cli, add_section, book_folder):
    add_section('waiting', 'import time\ntime.sleep(5)')
    process = cli.start('notebooks', '--profile', 'ci')
    try:
        assert wait_until(
            (book_folder / '_build/ci/run/second/waiting').exists, 30)
        code, _, err = build(cli)
    finally:
        process.kill()
        process.communicate()
    assert code == 1
    assert 'another build' in err


def test_needs_more_than_the_machine_has(cli, add_section, book_folder):
    add_section('huge', '"x"',
                front='book:\n  needs: {memory: 4000000 GB}\n')
    add_section('gpus', '"x"', front='book:\n  needs: {gpus: 64}\n')
    code, out, _ = build(cli)
    assert code == 0
    assert 'not run: second/huge: needs 4000000.0 GB of memory' in out
    assert 'not run: second/gpus: needs 64 GPUs' in out
    assert_others_built(book_folder)
