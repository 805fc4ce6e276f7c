"""The printed book: what stands in its PDF, and what can be taken out."""
import ast
import html
import re
import shutil
import subprocess

import pytest

from tools import build, config, render, sections, stage

pytestmark = [
    pytest.mark.latex,
    pytest.mark.skipif(bool(render.missing_latex()), reason='needs LaTeX'),
    pytest.mark.skipif(shutil.which('pdftotext') is None,
                       reason='needs poppler-utils')]

CODE = '''\
def scan(lines, *, limit=3):
    """Words of `lines`, "quoted" -- or 'not'."""
    found = {}
    for number, line in enumerate(lines):
        if line.startswith('#'):
            continue
        for word in line.split():
            try:
                found[word] += number - 1
            except KeyError:
                found[word] = -limit if number >= 2 else 0
                if word != 'fi':
                    found['office'] = [x**2 for x in range(3)]
    return found



def width(rows=()):
    return max((len(f'{row!r:<{10}}') for row in rows),
               default=0)


print(scan(['a b', '# c', 'a fi']), width(['x' * 12]))'''

INDEX = '''\
# A Miniature Book

It has every feature of the real one.

## How It Is Organized

### In *Parts*

The chapters are listed in a section of this page.

```{toctree}
:caption: Front matter

preface
```

```{toctree}
:numbered:
:caption: Foundations

first/index
```

```{toctree}
:numbered:
:caption: Appendix

second/index
```

```{toctree}
:caption: Bibliography

references
```
'''

PRINTED = f'''\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---
(sec_printed)=
# Printed

As {{numref}}`sec_notebook` says (see {{numref}}`sec_figures` again).
Do {{numref}}`ex_saving_one`.

```{{code-cell}} ipython3
{CODE}
```

## The Norm $\\ell_2$ and $x^2$

```{{figure}} figures/box.svg
:name: fig_printed_box
:alt: A box with the word box in it.

A box again, e.g. in `print`, after {{cite:t}}`Pearson.1905`. Its second
sentence is for readers of the page.
```

```{{code-cell}} ipython3
print('word ' * 60)
```

```{{exercise}}
:label: ex_printed
How wide is the page?
```
'''


def _tool(name, *args):
    return subprocess.run([name, *map(str, args)], capture_output=True,
                          text=True, check=True).stdout


def _words(text):
    return re.sub(r'\s+', ' ', text)


class Printed:
    """A printed book and what programs read out of it."""

    def __init__(self, pdf, book, log=''):
        self.pdf, self.book, self.log = pdf, book, log
        self.layout = _tool('pdftotext', '-layout', pdf, '-')
        self.pages = self.layout.split('\f')
        self.info = _tool('pdfinfo', pdf)
        xml = _tool('pdftohtml', '-xml', '-i', '-stdout', pdf)
        self.outline = xml[xml.index('<outline>'):]


@pytest.fixture(scope='module')
def printed(root, tmp_path_factory):
    """The miniature book with parts, front matter and a longer section."""
    folder = tmp_path_factory.mktemp('printed') / 'book'
    shutil.copytree(root / 'tests' / 'minibook', folder)
    chapters = folder / 'chapters'
    (chapters / 'index.md').write_text(INDEX)
    (chapters / 'preface.md').write_text('# Preface\n\nRead me first.\n')
    (chapters / 'first/printed.md').write_text(PRINTED)
    index = chapters / 'first/index.md'
    index.write_text(index.read_text().replace('figures\n',
                                               'figures\nprinted\n'))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('BOOK_ROOT', str(folder))
        patch.setattr(stage.downloads, 'write', lambda *args: None)
        book = config.load(folder)
        profile = book.profile('ci')
        assert build.Builder(book, profile, quiet=True).build().ok
        source = stage.stage(book, profile)[0]
        said = []
        code = render.build_pdf(source, folder / 'pdf', say=said.append)
        assert code == 0, '\n'.join(said)
        yield Printed(folder / 'pdf/book.pdf', book,
                      (folder / 'pdf/latex/book.log').read_text())


@pytest.fixture(scope='module')
def real(root):
    """The PDF of the book itself, if this checkout has built it."""
    book = config.load(root)
    for name in ('cpu', 'gpu', 'ci'):
        pdf = book.out(name) / 'pdf/book.pdf'
        newest = max(p.stat().st_mtime for p in book.chapters.rglob('*.md'))
        if pdf.exists() and pdf.stat().st_mtime > newest:
            return Printed(pdf, book, (pdf.parent / 'latex/book.log')
                           .read_text(errors='replace'))
    pytest.skip('the PDF of the book has not been built')


def _titles(book):
    """Titles of the sections in order, as they stand on the page."""
    contents = sections.read_book(book)
    for section in contents.sections:
        if section.name != 'index':
            yield _words(re.sub(r'[`*]|\$.*\$', '', section.title))


def _in_order(titles, text):
    text, position = _words(text).replace('’', "'"), 0
    for title in titles:
        found = text.find(title.replace('’', "'"), position)
        assert found >= 0, f'{title!r} is missing or out of order'
        position = found + len(title)


def _body(book):
    """The text behind the contents and the list of figures."""
    for number, page in enumerate(book.pages):
        if page.lstrip().startswith('This Edition'):
            return '\n'.join(book.pages[number:])
    raise AssertionError('no page begins with This Edition')


def test_every_section_is_printed_in_order(printed):
    _in_order(_titles(printed.book), _body(printed))


def test_every_section_of_the_book_is_printed_in_order(real):
    _in_order(_titles(real.book), _body(real))


def test_chapters_are_chapters(printed):
    """Also those that the first page lists in one of its sections."""
    text = '\n'.join(printed.pages)
    contents = text[text.index('Contents'):text.index('This Edition\n')]
    numbers = re.findall(r'^ *((?:\d+|[A-Z])(?:\.\d+)*) +\S', contents, re.M)
    assert numbers[:3] == ['I', '2', '2.1']
    assert 'How It Is Organized' not in contents
    assert re.search(r'^ *How It Is Organized$', text, re.M)


def test_chapters_of_the_book_are_chapters(real):
    text = '\n'.join(real.pages)
    contents = text[text.index('Contents'):text.index('This Edition\n')]
    numbers = re.findall(r'^ *(\d+) +[A-Z]', contents, re.M)
    assert numbers[:3] == ['1', '2', '3']
    assert not re.search(r'^ *0\.\d', contents, re.M)
    assert not re.search(r'Chapter \d+\.\d', text)


def _code(pdf, first, last):
    """The lines of code between two, as they stand on their pages: the
    place of a word says how far it is indented."""
    lines = {}
    xml = _tool('pdftotext', '-bbox', pdf, '-')
    for page, body in enumerate(xml.split('<page ')):
        for x, y, right, word in re.findall(
                r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" '
                r'yMax="[\d.]+">(.*?)</word>', body):
            lines.setdefault((page, round(float(y))), []).append(
                (float(x), float(right), html.unescape(word)))
    rows = [sorted(words) for _, words in sorted(lines.items())]
    texts = [' '.join(w for *_, w in row) for row in rows]
    start = next(n for n, text in enumerate(texts) if first in text)
    end = next(n for n, text in enumerate(texts) if last in text)
    left, right, word = rows[start][0]
    width = (right - left) / len(word)
    copied = []
    for row in rows[start:end + 1]:
        line = ''
        for x, _, word in row:
            line = line.ljust(round((x - left) / width)) + word
        copied.append(line)
    return '\n'.join(copied)


def test_copied_code_runs(printed, capsys):
    text = _code(printed.pdf, 'def scan(', 'print(scan(')
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(CODE))
    assert text == re.sub(r'\n+', '\n', CODE)
    exec(compile(text, 'page', 'exec'), {})
    copied = capsys.readouterr().out
    exec(compile(CODE, 'source', 'exec'), {})
    assert copied == capsys.readouterr().out


def test_spaces_of_code_are_characters(printed):
    """Programs that copy by characters find the blanks, too."""
    data = _unpacked(printed.pdf).decode('latin-1')
    maps = [part for part in data.split('begincmap')
            if re.search(r'CMapName /\w+\+DejaVuSansMono-UTF16', part)]
    assert any('> <0020>' in part for part in maps)
    assert not any('> <00A0>' in part or '> <00AD>' in part
                   for part in maps)


def test_log_is_clean(printed):
    assert render.log_problems(printed.log) == []
    assert render.overfull(printed.log) == []
    assert 'Label(s) may have changed' not in printed.log


def test_metadata(printed):
    for wanted in ('A miniature book', 'executable notebooks',
                   'contributors', '1970'):
        assert wanted in printed.info, wanted
    assert b'/Lang(en-US)' in _unpacked(printed.pdf).replace(b' ', b'')


def _unpacked(pdf):
    """The bytes of a PDF with its object streams laid open."""
    import zlib
    data = pdf.read_bytes()
    parts = [data]
    for found in re.finditer(rb'stream\r?\n', data):
        try:
            parts.append(zlib.decompressobj().decompress(data[found.end():]))
        except zlib.error:
            continue
    return b''.join(parts)


def test_outline_is_nested(printed):
    outline = re.sub(r'\s*\n\s*', '', printed.outline)
    outline = re.sub(r' page="\d+"', '', outline)
    assert '<item>Cover</item>' in outline
    assert '<item>Preface</item>' in outline
    assert ('<item>I Foundations</item><outline><item>2 First</item>'
            '<outline><item>2.1 Saving</item>') in outline
    assert '<item>2.3.1 The Norm ℓ₂ and x²</item>' in outline
    assert ('<item>Appendix</item><outline><item>A Second</item>'
            '<outline>') in outline
    assert outline.endswith('</outline></outline><item>References</item>'
                            '<item>Index</item></outline></pdf2xml>')


def test_first_pages(printed):
    cover, _, title, contents, figures = printed.pages[:5]
    assert 'A miniature' in cover
    assert 'CC BY' not in cover
    assert 'An independent edition' in title
    assert contents.lstrip().startswith('Contents')
    assert figures.lstrip().startswith('Figures')
    assert 'A box again, e.g. in print, after Pearson' in _words(figures)
    assert 'second' not in figures
    assert re.search(r'\b(iv|v|vi)\s*$', figures)


def test_parts(printed):
    page = next(n for n, text in enumerate(printed.pages)
                if _words(text).strip() == 'Part I Foundations')
    after = [p.strip() for p in printed.pages[page + 1:page + 3]]
    assert any(p.startswith('Chapter 2') for p in after)
    assert not any('Part II' in p for p in printed.pages)


def test_references_name_pages(printed):
    text = _words(printed.layout)
    assert re.search(r'As Section A\.1 \(p\. \d+\) says', text)
    assert re.search(r'\(see Section 2\.2, p\. \d+ again\)', text)
    assert re.search(r'Do Exercise 2\.1\.1 \(p\. \d+\)\.', text)


def test_second_build_has_the_same_bytes(printed, monkeypatch):
    before = printed.pdf.read_bytes()
    monkeypatch.setenv('BOOK_ROOT', str(printed.book.root))
    source = printed.book.out('ci') / 'source'
    again = printed.pdf.parent.parent / 'again'
    assert render.build_pdf(source, again, say=str) == 0
    assert (again / 'book.pdf').read_bytes() == before
