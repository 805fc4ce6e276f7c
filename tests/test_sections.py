"""Reading sections, their front matter, the table of contents; config."""
import pytest

from tools import config, notebooks, numbering, sections
from tools.errors import BookError


def test_lines_and_tags_of_cells(book):
    section = sections.read(book.chapters / 'first/saving.md', book.chapters)
    lines = section.path.read_text().split('\n')
    for cell in section.cells:
        assert lines[cell.line - 1] == cell.source.split('\n')[0]
    assert section.name == 'first/saving'
    assert section.title == 'Saving'
    assert section.code_cells[0].tags == ('parameters',)
    assert [c.number for c in section.code_cells] == [1, 2, 3, 4, 5]
    assert section.meta.profiles == {'ci': {'count': 3}}


def test_both_formats_are_read_alike(book):
    one = sections.read(book.chapters / 'second/notebook.ipynb',
                        book.chapters)
    assert one.has_code
    assert one.title == 'A Notebook'
    assert one.code_cells[0].source.endswith('d2l.plus_one(1)')


def test_order_of_the_book(book):
    contents = sections.read_book(book)
    assert not contents.problems
    assert [s.name for s in contents.sections] == [
        'index', 'first/index', 'first/saving', 'first/figures',
        'second/index', 'second/notebook', 'second/override',
        'second/skipped', 'references']


@pytest.mark.parametrize(('text', 'size'), [
    ('1 GB', 10**9), ('500MB', 5 * 10**8), ('1.5 gb', 1.5 * 10**9),
    ('2', None), ('GB', None), ('', None), ('1 TB', None)])
def test_memory_size(text, size):
    assert sections.memory_size(text) == size


def test_numbers_like_those_of_the_site(book):
    contents = sections.read_book(book)
    numbers = numbering.number(contents)
    assert numbers.sections['first/index'] == '2'
    assert numbers.sections['first/figures'] == '2.2'
    assert numbers.sections['second/override'] == 'A.2'
    assert numbers.text('fig_figures_box') == 'Fig. 2.2.1'
    assert numbers.text('fig_figures_line') == 'Fig. 2.2.2'
    assert numbers.text('eq_saving_plus') == '(2.1.1)'
    assert numbers.text('ex_saving_one') == 'Exercise 2.1.1'
    assert numbers.text('sec_saving') == 'Section 2.1'


def test_profile_parameters_are_injected(book):
    section = sections.read(book.chapters / 'first/saving.md', book.chapters)
    made = notebooks.to_notebook(section, config.Profile('ci'))
    code = [c for c in made.cells if c.cell_type == 'code']
    assert code[1].source.endswith('count = 3')
    assert code[1].metadata['tags'] == ['injected-parameters']
    plain = notebooks.to_notebook(section, config.Profile('cpu'))
    assert len(plain.cells) == len(made.cells) - 1
    for index, cell in enumerate(made.cells):
        if 'injected-parameters' not in cell.metadata.get('tags', []):
            assert notebooks.source_cell(
                section, made, index).source == cell.source


def test_notebooks_are_the_same_every_time(book):
    section = sections.read(book.chapters / 'first/saving.md', book.chapters)
    assert (notebooks.to_notebook(section, config.Profile('ci'))
            == notebooks.to_notebook(section, config.Profile('ci')))


@pytest.mark.parametrize(('cell', 'names'), [
    ('a, b = 1, 2', ['a', 'b']), ('a: int = 1', ['a']),
    ('a = b = 3', ['a', 'b']), ('print(1)', [])])
def test_parameter_names(book, cell, names):
    path = book.chapters / 'first/saving.md'
    path.write_text(path.read_text().replace('count = 30', cell))
    section = sections.read(path, book.chapters)
    assert notebooks.parameter_names(section)[0] == names


@pytest.mark.parametrize(('change', 'message'), [
    ('[tool.book]\nchapters = 1', 'must be a string'),
    ('[tool.book]\npreload = "torch"', 'must be a list of strings'),
    ('[tool.book.profiles.ci]\nbudget = -1', 'positive number'),
    ('[tool.book.profiles.ci]\nbugdet = 1', "did you mean 'budget'?"),
    ('[tool.book', 'not valid TOML')])
def test_configuration_errors(tmp_path, change, message):
    (tmp_path / 'pyproject.toml').write_text(change)
    with pytest.raises(BookError) as error:
        config.load(tmp_path)
    assert message in str(error.value)
    assert 'pyproject.toml' in str(error.value)


def test_configuration_missing(tmp_path):
    with pytest.raises(BookError, match='cannot read the configuration'):
        config.load(tmp_path)


def test_places_from_the_environment(book_folder, monkeypatch, tmp_path):
    monkeypatch.setenv('BOOK_BUILD', str(tmp_path / 'b'))
    monkeypatch.setenv('D2L_DATA', str(tmp_path / 'd'))
    made = config.load(book_folder)
    assert made.build == tmp_path / 'b'
    assert made.store == str(tmp_path / 'b/store')
    assert made.data == tmp_path / 'd'
    monkeypatch.setenv('BOOK_STORE', 's3://bucket/x')
    assert config.load(book_folder).store == 's3://bucket/x'


def test_file_that_is_no_notebook(book):
    path = book.chapters / 'second/notebook.ipynb'
    path.write_text('{"cells": [')
    contents = sections.read_book(book)
    assert 'is not a valid notebook' in str(contents.problems[0])
    assert 'second/override' in [s.name for s in contents.sections]


def test_file_that_is_not_text(book):
    path = book.chapters / 'second/override.md'
    path.write_bytes(b'\xff\xfe\x00')
    problems = sections.read_book(book).problems
    assert any('is not UTF-8 text' in str(p) for p in problems)


def test_parsed_sources_are_kept(book, monkeypatch):
    first = sections.read_book(book)
    assert (book.build / 'sections.json').exists()

    def fail(*_):
        raise AssertionError('parsed again')
    monkeypatch.setattr(sections, '_read_markdown', fail)
    monkeypatch.setattr(sections, '_read_ipynb', fail)
    again = sections.read_book(book)
    assert [s.cells for s in again.sections] == [
        s.cells for s in first.sections]
    path = book.chapters / 'first/saving.md'
    path.write_text(path.read_text() + '\nMore.\n')
    with pytest.raises(AssertionError, match='parsed again'):
        sections.read_book(book)


def test_damaged_cache_of_sources_is_no_harm(book):
    names = [s.name for s in sections.read_book(book).sections]
    (book.build / 'sections.json').write_text('{"version": ')
    assert [s.name for s in sections.read_book(book).sections] == names


def test_prose_moved_down_moves_the_lines(book):
    sections.read_book(book)
    path = book.chapters / 'first/saving.md'
    path.write_text(path.read_text().replace('# Saving\n',
                                             '# Saving\n\nNew.\n'))
    section = sections.read_book(book)['first/saving']
    lines = path.read_text().split('\n')
    for cell in section.cells:
        assert lines[cell.line - 1] == cell.source.split('\n')[0]
