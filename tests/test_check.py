"""The lint of chapters: what it finds, and what it leaves alone."""
import pytest

from tools import check


def problems(book, name='second/override', extra='', replace=None):
    path = book.chapters / f'{name}.md'
    text = path.read_text()
    if replace:
        text = text.replace(*replace)
    path.write_text(text + extra)
    return [str(p) for p in check.check(book)]


@pytest.mark.parametrize(('extra', 'message'), [
    ('\n(sec_saving)=\n', "label 'sec_saving' is used twice"),
    ('\n(wrong)=\n## X\n', "does not start with sec_"),
    ('\n$$\nx\n$$ (plus)\n', "label 'plus' of a equation does not start"),
    ('\n{numref}`fig_nothing`\n', "nothing has the label 'fig_nothing'"),
    ('\n{eq}`eq_saving_plas`\n', "did you mean 'eq_saving_plus'?"),
    ('\n{cite:p}`Pearson.1905,Nobody.1`\n', "'Nobody.1' is not in"),
    ('\n```{exercise}\nDo it.\n```\n', 'an exercise without a label'),
    ('\n```{figure} figures/box.svg\n:name: fig_x\n:alt: A box.\n\nA.\n```\n',
     'figures/box.svg does not exist'),
    ('\n```{image} https://example.org/x.png\n:alt: X.\n```\n',
     'is not part of the book'),
    ('\n```{code-cell} ipython3\nx = "' + 'y' * 80 + '"\n```\n',
     'columns; at most 79'),
    ('\n```{code-cell} ipython3\nlen([1]);\n```\n',
     'a semicolon at the end of the cell'),
    ('\n```{code-cell} ipython3\nd2l.nothing_saved()\n```\n',
     'd2l.nothing_saved is used, but nothing'),
    ('\n```{code-cell} ipython3\ndef nodoc():  #@save\n    return 1\n```\n',
     'nodoc is saved without a docstring'),
    ('\n```{code-cell} ipython3\n:mystnb:\n:  figure:\n'
     ':    name: fig_p\n:    caption: P.\nd2l.plus_one(1)\n```\n',
     'a plot without alternative text')])
def test_found(book, extra, message):
    found = problems(book, extra=extra)
    assert any(message in p for p in found), found
    assert all('second/override.md:' in p for p in found)


@pytest.mark.parametrize('extra', [
    '\n```python\n(not_a_label)=\n{numref}`nothing`\n```\n',
    '\nA span ``{numref}`nothing` `` of code.\n',
    '\n`$$ (x)` and `(a)=`\n',
    '\n```{note}\nSee {numref}`sec_saving` and {eq}`eq_saving_plus`.\n```\n'
    '\n{ref}`Saving <sec_saving>` and {cite:t}`Pearson.1905`.\n',
    '\n````{note}\n```python\n{numref}`nothing`\n```\n````\n'
    '\n```{exercise}\n:label: ex_a\nA {numref}`sec_saving`.\n```\n'
    '\n```{exercise}\n:label: ex_b\nAs {ref}`ex_a`.\n```\n'])
def test_left_alone(book, extra):
    assert problems(book, extra=extra) == []


def test_line_numbers(book):
    found, = problems(book, extra='\ntext\n\n{numref}`fig_nothing`\n')
    lines = (book.chapters / 'second/override.md').read_text().split('\n')
    line = lines.index('{numref}`fig_nothing`') + 1
    assert f'second/override.md:{line}: ' in found


def test_too_many_ignored_cells(book):
    cell = ('\n```{code-cell} ipython3\n:tags: [nbval-ignore-output]\n'
            '1\n```\n')
    assert problems(book, extra=cell) == []
    found, = problems(book, extra=cell)
    assert '2 of 4 code cells are tagged nbval-ignore-output; 1 may' in found


def test_outputs_in_a_source(book):
    import nbformat
    path = book.chapters / 'second/notebook.ipynb'
    nb = nbformat.read(path, as_version=4)
    nb.cells[1].execution_count = 3
    nbformat.write(nb, path)
    found, = [str(p) for p in check.check(book)]
    assert 'the source holds outputs' in found


def test_figure_that_no_section_shows(book):
    script = book.chapters / 'first/figures/box.py'
    script.with_name('unused.py').write_text(script.read_text())
    found, = [str(p) for p in check.check(book)]
    assert 'unused.py: no section shows this figure' in found


def test_reference_listed_twice(book):
    path = book.chapters / 'references.bib'
    path.write_text(path.read_text() * 2)
    found, = [str(p) for p in check.check(book)]
    assert "'Pearson.1905' is listed twice" in found


def test_only_some_sections(book):
    problems(book, extra='\n{numref}`a`\n')
    problems(book, 'first/saving', extra='\n{numref}`b`\n')
    found = [str(p) for p in check.check(book, ['first/saving'])]
    assert len(found) == 1
