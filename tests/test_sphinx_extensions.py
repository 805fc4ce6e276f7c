"""The book's Sphinx extensions, on a book of a few pages without execution.

Sphinx reads the chapters themselves: what would be executed is a notebook
with outputs written here.
"""
import base64
import re
import shutil

import nbformat
import pytest
from nbformat import v4
from pybtex.database import parse_string

from tools import render
from tools.sphinx import bibliography, glyphs, pictures

BIB = '''
@article{One.1999, title={A title}, author={One, Ann}, journal={J},
  year={1999}, doi={10.1000/one}, url={https://example.org/one}}
@book{One.Two.2001, title={B}, author={One, Ann and van Two, Bo},
  publisher={P}, year={2001}}
@book{Many.2002, title={C}, author={Many, A. and Some, B. and Few, C.},
  publisher={P}, year={2002}}
@misc{Same.2003a, title={D}, author={Same, A.}, year={2003}}
@misc{Same.2003b, title={E}, author={Same, A.}, year={2003}}
'''
LINE = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 9"/></svg>'
PIXEL = base64.b64encode(bytes.fromhex(
    '89504e470d0a1a0a0000000d4948445200000001000000010806000000'
    '1f15c4890000000d49444154789c6360606060000000050001a5f64540'
    '0000000049454e44ae426082')).decode()
PAGES = {
    'index.md': '''# Tiny

See {numref}`chap_two`, {numref}`chap_b`, {numref}`sec_b_tools`,
{numref}`sec_two_inner` and {cite:t}`One.1999`.

```{toctree}
front
```

```{toctree}
:numbered:

two/index
b/index
```

```{toctree}
references
```
''',
    'front.md': '# Front\n\n## Part\n\nBefore everything.\n',
    'two/index.md': '''---
book: {number: 2}
---
(chap_two)=
# Two

(sec_two_inner)=
## Inner

```{toctree}
code
```
''',
    'b/index.md': '''---
book: {number: B}
---
(chap_b)=
# Bee

```{toctree}
tools
```
''',
    'b/tools.md': '''---
book: {number: 7}
---
(sec_b_tools)=
# Tools

The {index}`term` → {eq}`eq_b` and {numref}`tab_b`, {ref}`ex_b`.

$$
x = 1
$$ (eq_b)

```{table} A table.
:name: tab_b

| a | b |
|---|---|
| 1 | 2 |
```

```{exercise}
:label: ex_b
Why?
```
''',
    'references.md': '# References\n\n```{bibliography}\n```\n',
    'references.bib': BIB,
}


def notebook():
    def cell(source, *outputs, tags=()):
        return v4.new_code_cell(source, outputs=list(outputs),
                                metadata={'tags': list(tags)})
    return v4.new_notebook(
        metadata={'kernelspec': {'name': 'python3', 'language': 'python',
                                 'display_name': 'Python 3'},
                  'language_info': {'name': 'python'}},
        cells=[
            v4.new_markdown_cell('(sec_code)=\n# Code'),
            cell('seen_input', v4.new_output(
                'stream', text='\x1b[31mred\x1b[0m ⁶')),
            cell('hidden_input', v4.new_output('stream', text='seen_output'),
                 tags=['hide-input']),
            cell('also_seen', v4.new_output('stream', text='hidden_output'),
                 tags=['hide-output']),
            cell('hidden_cell', v4.new_output('stream', text='hidden_too'),
                 tags=['hide-cell']),
            cell('removed_cell', tags=['remove-cell']),
            cell('draw()', v4.new_output('display_data', {
                'image/svg+xml': LINE, 'application/pdf': base64.b64encode(
                    b'%PDF-1.4').decode()})),
            cell('photo()', v4.new_output('display_data',
                                          {'image/png': PIXEL}))])


@pytest.fixture(scope='module')
def tiny(tmp_path_factory):
    """The folder of the tiny book; its chapters are its staged source."""
    folder = tmp_path_factory.mktemp('tiny')
    (folder / 'pyproject.toml').write_text('[tool.book]\ntitle = "Tiny"\n')
    for name, text in PAGES.items():
        path = folder / 'chapters' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    nbformat.write(notebook(), folder / 'chapters/two/code.ipynb')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('BOOK_ROOT', str(folder))
        yield folder


@pytest.fixture(scope='module')
def site(tiny):
    said = []
    assert render.build_html(tiny / 'chapters', tiny / 'html',
                             say=said.append) == 0, said
    return tiny / 'html'


@pytest.fixture(scope='module')
def tex(tiny):
    """The LaTeX of the tiny book; TeX itself is not needed for it."""
    said = []
    command = render._sphinx('latex', tiny / 'chapters', tiny / 'latex')
    assert render._run_sphinx(command, render._nowhere, said.append) == 0, (
        said)
    return (tiny / 'latex/book.tex').read_text()


def words(path):
    """The text of a page without its tags."""
    return re.sub(r'\s+', ' ', re.sub(r'<[^>]+>', '', path.read_text()))


def test_chapters_and_sections_are_named(site):
    text = words(site / 'index.html')
    assert 'See Chapter 2, Appendix B, Section B.7, Section 2.1' in text
    assert 'One [1999]' in text


def test_numbers_of_an_appendix(site):
    text = words(site / 'b/tools.html')
    assert 'B.7 Tools' in text
    assert '→ (B.7.1) and Table B.7.1, Exercise B.7.1' in text
    assert 'Front' in words(site / 'front.html')
    assert not re.search(r'\d Front', words(site / 'front.html'))


def test_pictures_have_classes(site):
    text = (site / 'two/code.html').read_text()
    assert re.search(r'<img[^>]*class="book-ink"[^>]*\.svg', text)
    assert re.search(r'<img[^>]*class="book-shades"[^>]*\.png', text)


def test_nothing_is_linked_that_is_not_configured(site):
    text = (site / 'two/code.html').read_text()
    assert 'source-edit-button' not in text
    assert 'book-discuss' not in text
    assert 'colab.research' not in text
    assert 'og:' not in text
    assert 'rel="canonical"' not in text
    assert 'href="../sources/two/code.ipynb"' in text, 'the source'
    assert not (site / 'sitemap.xml').exists()


def test_links_to_repository_and_discussions(tiny, tmp_path, monkeypatch):
    shutil.copytree(tiny / 'chapters', tmp_path / 'chapters')
    shutil.copytree(tiny / 'chapters', tmp_path / 'source')
    # What is staged as a notebook is Markdown in the repository.
    (tmp_path / 'chapters/two/code.ipynb').rename(
        tmp_path / 'chapters/two/code.md')
    (tmp_path / 'chapters/two/code.md').write_text('# Code\n')
    (tmp_path / 'pyproject.toml').write_text(
        '[tool.book]\ntitle = "Tiny"\n'
        'repository = "https://github.com/someone/tiny"\n'
        'discussions = "https://forum.example/{page}"\n'
        'site = "https://book.example/d/"\n'
        'colab = "https://colab.example/{page}.ipynb"\n')
    (tmp_path / 'source/runs.json').write_text(
        '{"two/code": {"seconds": 1.5, "profile": "ci", "date": '
        '"2026-01-02", "fingerprint": "abc"}}')
    monkeypatch.setenv('BOOK_ROOT', str(tmp_path))
    said = []
    assert render.build_html(tmp_path / 'source', tmp_path / 'html',
                             say=said.append) == 0, said
    text = (tmp_path / 'html/two/code.html').read_text()
    assert ('github.com/someone/tiny/edit/main/chapters/two/code.md'
            in text)
    assert 'href="https://forum.example/two/code"' in text
    assert 'href="https://colab.example/two/code.ipynb"' in text
    assert 'href="../notebooks/plain/two/code.ipynb"' in text
    assert ('<link rel="canonical" href="https://book.example/d/two/'
            'code.html"') in text
    assert re.search(r'property="og:image" content="https://book.example/d/'
                     '_static/social.png"', text)
    assert 'property="og:title"' in text
    where = (tmp_path / 'html/sitemap.xml').read_text()
    assert 'https://book.example/d/two/code.html' in where
    assert '404.html' not in where
    assert 'abc' in (tmp_path / 'html/statistics.html').read_text()
    lost = (tmp_path / 'html/404.html').read_text()
    assert 'href="/d/_static/book.css' in lost
    assert 'data-content_root="/d/"' in lost
    moved = (tmp_path / 'html/chapter_two/code.html').read_text()
    assert 'url=../two/code.html' in moved
    assert 'https://book.example/d/two/code.html' in moved


def test_references_begin_as_cited(site):
    text = words(site / 'references.html')
    assert re.search(r'One, 1999\]? Ann One\. A title', text)
    assert 'doi:10.1000/one' in text
    assert 'example.org/one' not in text, 'the DOI is enough'


def test_everything_comes_from_the_site(site):
    for page in site.rglob('*.html'):
        loaded = re.findall(
            r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(https?:[^"]*)"',
            page.read_text())
        loaded += re.findall(r'<link\b[^>]*rel="(?:stylesheet|preload|'
                             r'preconnect)"[^>]*href="(https?:[^"]*)"',
                             page.read_text())
        assert not loaded, page.name
    for sheet in (site / '_static').rglob('*.css'):
        assert not re.search(r'(url\(|@import)\s*["\']?(https?:)?//',
                             sheet.read_text()), sheet.name
    assert (site / '_static/mathjax/startup.js').exists()
    assert any((site / '_static/mathjax/output').rglob('*.woff'))


def test_counters_in_print(tex):
    front, two, bee = (tex.index(f'\\chapter{{{t}}}')
                       for t in ('Front', 'Two', 'Bee'))
    numberless = '\\setcounter{secnumdepth}{-1}'
    assert numberless in tex[:front]
    assert '\\setcounter{chapter}{1}' in tex[front:two]
    assert '\\bookappendix{Appendix}' in tex[two:bee]
    assert '\\setcounter{chapter}{1}' in tex[two:bee]
    assert '\\setcounter{section}{6}' in tex[bee:]
    assert numberless in tex[bee:], 'the references have no number'
    assert 'Chapter \\ref' in tex
    assert 'Appendix \\ref' in tex


def test_what_is_hidden_is_not_printed(tex):
    plain = tex.replace('\\PYGZus{}', '_').replace('\\_', '_')
    for seen in ('seen_input', 'seen_output', 'also_seen'):
        assert seen in plain
    for hidden in ('hidden_', 'removed_', '\x1b', '[31m'):
        assert hidden not in plain


def test_print_takes_vector_graphics(tex):
    assert re.search(r'\\sphinxincludegraphics[^\n]*\.pdf\}', tex)
    assert '.svg}' not in tex


@pytest.mark.latex
@pytest.mark.skipif(not glyphs.characters('TeX Gyre Pagella'),
                    reason='needs the fonts of the PDF')
def test_characters_come_from_other_fonts(tex):
    preamble = tex[:tex.index('\\begin{document}')]
    assert '\\newunicodechar{⁶}' in preamble, 'not in TeX Gyre Pagella'
    assert '\\newunicodechar{é}' not in preamble
    assert glyphs.fallback('⁶') in glyphs.FALLBACKS
    assert glyphs.wanted('plain text, é') == []
    assert glyphs.preamble('中') == '\n', 'left for the log to complain'


def test_fonts_that_are_not_there():
    assert glyphs.characters('No Such Font Anywhere') is None
    assert glyphs.fallback('⁶', ('No Such Font Anywhere',)) is None


def test_names_of_commands_have_letters():
    names = [glyphs._letters(n) for n in range(1000)]
    assert len(set(names)) == 1000
    assert all(name.isalpha() for name in names)


def test_labels():
    entries = parse_string(BIB, 'bibtex').entries
    labels = dict(zip(entries, bibliography.LabelStyle().format_labels(
        list(entries.values())), strict=True))
    assert labels == {
        'One.1999': 'One, 1999', 'One.Two.2001': 'One and van Two, 2001',
        'Many.2002': 'Many et al., 2002',
        'Same.2003a': 'Same, 2003a', 'Same.2003b': 'Same, 2003b'}


@pytest.mark.parametrize(('name', 'content', 'kind'), [
    ('line.svg', LINE, pictures.INK),
    ('photo.png', '', pictures.SHADES),
    ('photo.svg', '<svg><image href="data:"/></svg>', pictures.SHADES),
    ('map.svg', '<svg><g id="QuadMesh_1"/></svg>', pictures.SHADES)])
def test_kinds_of_pictures(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_text(content)
    assert pictures.kind(path) == kind


def test_pages_of_removed_sources_go(tmp_path):
    source, out = tmp_path / 'source', tmp_path / 'html'
    for path in (source / 'a/kept.md', source / 'run.ipynb',
                 out / 'a/kept.html', out / 'run.html', out / 'a/gone.html',
                 out / 'search.html', out / '_static/part.html'):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('')
    assert render.prune(source, out) == ['a/gone.html']
    assert {p.name for p in out.rglob('*.html')} == {
        'kept.html', 'run.html', 'search.html', 'part.html'}


def test_a_failure_fails_again(tiny, tmp_path):
    """Sphinx warns of a page only when it reads it."""
    shutil.copytree(tiny / 'chapters', tmp_path / 'source')
    page = tmp_path / 'source/front.md'
    page.write_text(page.read_text() + '\n```{nonsense}\n```\n')
    for _ in range(2):
        said = []
        assert render.build_html(tmp_path / 'source', tmp_path / 'html',
                                 say=said.append) != 0
        assert any('nonsense' in line for line in said)
