"""The miniature book built whole: every feature, nothing done twice."""
import json
import os
import shutil

import nbformat
import pytest

from tools import (
    build,
    check,
    config,
    execute,
    package,
    sections,
    stage,
)
from tools.explain import explain


@pytest.fixture(scope='module')
def built(tmp_path_factory, root):
    """The miniature book after one build with profile ci."""
    folder = tmp_path_factory.mktemp('mini') / 'book'
    shutil.copytree(root / 'tests/minibook', folder)
    book = config.load(folder)
    profile = book.profile('ci')
    report = build.Builder(book, profile, workers=2, quiet=True).build()
    return book, profile, report


@pytest.fixture
def copy(built, tmp_path):
    """A copy of the built book, to be changed; and a way to build it."""
    book, profile, _ = built
    folder = tmp_path / 'book'
    shutil.copytree(book.root, folder)
    mine = config.load(folder)

    def again(*wanted, **options):
        report = build.Builder(mine, profile, workers=2, quiet=True,
                               **options).build(wanted)
        return {o.name: o.state for o in report.outcomes}, report
    # A copied notebook has another time stamp: first build restores.
    states, _ = again()
    assert build.EXECUTED not in states.values()
    return mine, again


def edit(book, name, old, new):
    path = book.chapters / f'{name}.md'
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def executed(states):
    return {n for n, s in states.items() if s == build.EXECUTED}


ALL = {'first/saving', 'first/figures', 'second/notebook', 'second/override'}


def test_states(built):
    _, _, report = built
    assert report.ok
    states = {o.name: o.state for o in report.outcomes}
    assert executed(states) == ALL
    assert states['second/skipped'] == build.NOT_RUN
    assert states['first/index'] == build.NO_CODE
    skipped = next(o for o in report.outcomes if o.name == 'second/skipped')
    assert skipped.reason == 'needs a thousand GPUs'


def outputs(book, profile, name):
    path = book.out(profile.name) / f'notebooks/{name}.ipynb'
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return [c.outputs for c in notebook.cells if c.cell_type == 'code']


def test_outputs(built):
    book, profile, _ = built
    made = outputs(book, profile, 'first/saving')
    assert [o[0].data['text/plain'] for o in made if o] == ['4', '8']
    made = outputs(book, profile, 'second/override')
    assert made[-1][0].data['text/plain'] == '(14, 4)'
    figure, = outputs(book, profile, 'first/figures')[0]
    assert {'image/svg+xml', 'application/pdf'} <= set(figure.data)


def test_the_page_knows_how_it_was_run(built):
    book, profile, _ = built
    path = book.out('ci') / 'notebooks/first/saving.ipynb'
    run = json.loads(path.read_text())['metadata']['book_run']
    assert run['profile'] == 'ci'
    assert run['seconds'] > 0
    assert len(run['fingerprint']) == 12
    assert run['torch']


def test_nothing_to_do(copy):
    book, again = copy
    before = {p: p.stat().st_mtime_ns for p in
              book.build.rglob('*.ipynb')}
    states, report = again()
    assert set(states.values()) == {build.FRESH, build.NO_CODE,
                                    build.NOT_RUN}
    assert before == {p: p.stat().st_mtime_ns for p in before}


def test_prose_executes_nothing(copy):
    book, again = copy
    edit(book, 'first/saving', 'Everything that', 'All that')
    states, _ = again()
    assert states['first/saving'] == build.RESTORED
    assert not executed(states)
    path = book.out('ci') / 'notebooks/first/saving.ipynb'
    assert 'All that' in path.read_text()


def test_change_of_a_saved_function_executes_its_users(copy):
    book, again = copy
    edit(book, 'first/saving', 'return x + 1', 'return 1 + x')
    assert executed(again()[0]) == ALL


def test_change_of_an_unused_function_executes_its_own_section(copy):
    book, again = copy
    edit(book, 'first/saving', '    return x\n', '    return (x, x)\n')
    assert executed(again()[0]) == {'first/saving'}


def test_change_of_a_method_merged_into_a_class(copy):
    book, again = copy
    edit(book, 'second/override', 'self.value = 0', 'self.value = -1')
    assert executed(again()[0]) == {'second/override'}


def test_change_back_restores(copy):
    book, again = copy
    edit(book, 'first/saving', 'return x + 1', 'return 1 + x')
    again()
    edit(book, 'first/saving', 'return 1 + x', 'return x + 1')
    assert not executed(again()[0])


def test_cosmetic_tag_executes_nothing(copy):
    book, again = copy
    edit(book, 'first/figures', ':mystnb:', ':tags: [hide-input]\n:mystnb:')
    assert not executed(again()[0])


def test_one_section_only(copy):
    book, again = copy
    edit(book, 'first/saving', 'return x + 1', 'return 1 + x')
    states, _ = again('first/figures')
    assert states == {'first/figures': build.EXECUTED}


def test_force(copy):
    _, again = copy
    assert executed(again('first/saving', force=True)[0]) == {'first/saving'}


def test_removed_section_leaves_nothing(copy):
    book, again = copy
    (book.chapters / 'second/notebook.ipynb').unlink()
    edit(book, 'second/index', 'notebook\n', '')
    again()
    assert not (book.out('ci') / 'notebooks/second/notebook.ipynb').exists()
    target, _ = stage.stage(book, book.profile('ci'))
    assert not (target / 'second/notebook.ipynb').exists()


def test_a_result_is_shared_by_profiles_with_equal_parameters(copy):
    book, _ = copy
    report = build.Builder(book, book.profile('cpu'), workers=2,
                           quiet=True).build()
    states = {o.name: o.state for o in report.outcomes}
    assert executed(states) == {'first/saving'}     # has ci parameters
    assert states['first/figures'] == build.RESTORED


def test_why(copy):
    book, _ = copy
    profile = book.profile('ci')
    said = '\n'.join(explain(book, profile, 'first/figures'))
    assert 'uses d2l.plus_one (from first/saving)' in said
    assert 'would not be executed' in said
    edit(book, 'first/saving', 'return x + 1', 'return 1 + x')
    said = '\n'.join(explain(book, profile, 'first/figures'))
    assert 'would be executed: definition d2l.plus_one changed' in said
    said = '\n'.join(explain(book, profile, 'first/saving'))
    assert ('its saved code is used by first/figures, second/notebook, '
            'second/override') in said


def test_outputs_do_not_depend_on_the_run(copy, tmp_path):
    """Executed again from nothing, the notebooks are byte for byte equal."""
    book, again = copy
    folder = book.out('ci') / 'notebooks'

    def contents():
        found = {}
        for path in sorted(folder.rglob('*.ipynb')):
            notebook = json.loads(path.read_text())
            notebook['metadata']['book_run'].pop('seconds', None)
            found[path.name] = notebook
        return found
    first = contents()
    again(force=True)
    assert contents() == first


def test_check_finds_nothing_wrong(built):
    assert check.check(built[0]) == []


def test_stage_writes_only_what_changed(copy):
    book, _ = copy
    profile = book.profile('ci')
    target, errors = stage.stage(book, profile)
    assert not errors
    names = {p.relative_to(target).as_posix() for p in target.rglob('*')
             if p.is_file()}
    assert {'index.md', 'references.bib', 'first/index.md',
            'first/saving.ipynb', 'first/figures/box.svg',
            'first/figures/box.pdf', 'second/notebook.ipynb'} <= names
    assert not any(n.endswith('.py') for n in names)
    before = {p: p.stat().st_mtime_ns for p in target.rglob('*')}
    stage.stage(book, profile)
    assert before == {p: p.stat().st_mtime_ns for p in target.rglob('*')}


def test_figures_are_drawn_once_and_the_same(copy):
    from tools import figures
    book, _ = copy
    out = book.build / 'figures'
    assert figures.draw_all(book.chapters, out)[0] == 1
    first = (out / 'first/figures/box.svg').read_bytes()
    assert b'<text' in first, 'text in drawn figures is real text'
    assert figures.draw_all(book.chapters, out)[0] == 0
    shutil.rmtree(out)
    figures.draw_all(book.chapters, out)
    assert (out / 'first/figures/box.svg').read_bytes() == first


def test_zip(copy, monkeypatch):
    import zipfile
    book, _ = copy
    monkeypatch.setattr(
        package, 'build_wheel',
        lambda book, folder: (book.root / 'd2l-9-py3-none-any.whl'))
    (book.root / 'd2l-9-py3-none-any.whl').write_bytes(b'wheel')
    stage.stage(book, book.profile('ci'))
    path = package.pack(book, book.profile('ci'))
    first = path.read_bytes()
    archive = zipfile.ZipFile(path)
    names = {n.removeprefix('d2l-notebooks/') for n in archive.namelist()}
    for kind in ('executed', 'plain', 'colab'):
        assert f'{kind}/first/saving.ipynb' in names
        assert f'{kind}/first/figures/box.png' in names
    assert 'd2l-9-py3-none-any.whl' in names

    def read(name):
        return nbformat.reads(
            archive.read(f'd2l-notebooks/{name}').decode(), as_version=4)
    executed_one = read('executed/first/figures.ipynb')
    nbformat.validate(executed_one)
    text = executed_one.cells[0].source
    assert 'Fig. 2.2.1' in text
    assert 'Pearson (1905)' in text
    assert '![A box with the word box in it.](figures/box.png)' in text
    assert '{numref}' not in text
    assert ')=' not in text
    saving = read('executed/first/saving.ipynb')
    assert '\\tag{2.1.1}' in saving.cells[0].source
    assert '**Exercise 2.1.1.** What does (2.1.1) say?' in (
        saving.cells[-1].source)
    plain_one = read('plain/first/figures.ipynb')
    assert not any(c.get('outputs') for c in plain_one.cells)
    colab = read('colab/first/figures.ipynb')
    assert 'd2l-9-py3-none-any.whl' in colab.cells[1].source
    compile(colab.cells[1].source, 'setup', 'exec')
    assert package.pack(book, book.profile('ci')).read_bytes() == first


def test_shared_store(built, tmp_path, root):
    """A second checkout with the same store executes nothing."""
    book, profile, _ = built
    folder = tmp_path / 'elsewhere'
    shutil.copytree(root / 'tests/minibook', folder)
    os.environ['BOOK_STORE'] = book.store
    try:
        other = config.load(folder)
    finally:
        del os.environ['BOOK_STORE']
    report = build.Builder(other, profile, quiet=True).build()
    assert not report.count(build.EXECUTED)
    assert report.count(build.RESTORED) == 4


def test_plain_kernels_give_the_same_outputs(copy, monkeypatch):
    book, again = copy
    path = book.out('ci') / 'notebooks/first/saving.ipynb'
    warm = outputs(book, book.profile('ci'), 'first/saving')
    monkeypatch.setenv('BOOK_WARM_KERNELS', '0')
    again('first/saving', force=True)
    assert outputs(book, book.profile('ci'), 'first/saving') == warm
    assert path.exists()


def test_tracebacks_do_not_say_where_packages_are(add_section, book):
    add_section('broken', 'import json\njson.loads("{")')
    profile = book.profile('ci')
    build.Builder(book, profile, quiet=True).build()
    section = sections.read_book(book)['second/broken']
    text = build.notebook_path(book, profile, section).read_text()
    assert 'JSONDecodeError' in text
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(
        outputs=[nbformat.v4.new_output(
            'error', ename='E', evalue='e', traceback=[
                'File /home/me/.venv/lib/python3.11/site-packages/x.py:1'])])])
    execute.clean_outputs(notebook, '')
    assert notebook.cells[0].outputs[0].traceback == [
        'File …/site-packages/x.py:1']
