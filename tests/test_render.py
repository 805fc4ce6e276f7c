"""What is made of Sphinx's and LaTeX's words; the PDF of the mini book."""
import os
import re
import shutil
import subprocess

import pytest

from tools import build, config, render, stage
from tools.sphinx import numbers, pages, runs

LOG = r'''
LaTeX Warning: Reference `fig:x' on page 3 undefined on input line 12.
LaTeX Warning: Hyper reference `sec:y' on page 4 undefined on input line 9.
Missing character: There is no ⁶ (U+2076) in font TeXGyrePagella-Regular/OT:scr
ipt=latn;!
Overfull \hbox (3.2pt too wide) in paragraph at lines 1--2
Overfull \hbox (31.5pt too wide) in paragraph at lines 7--9
Overfull \vbox (12.0pt too high) has occurred while \output is active
! Undefined control sequence.
Output written on book.pdf (9 pages).
'''


def test_log_of_latex():
    found = render.log_problems(LOG)
    assert len(found) == 4
    assert any('fig:x' in p for p in found)
    assert any('a character has no glyph' in p for p in found)
    assert render.log_problems('Output written on book.pdf (9 pages).') == []
    assert render.overfull(LOG) == [
        (31.5, 'too wide', 'in paragraph at lines 7--9'),
        (12.0, 'too high', 'has occurred while \\output is active')]


def test_missing_latex_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(render.shutil, 'which', lambda name: None)
    said = []
    assert render.build_pdf(tmp_path, tmp_path, say=said.append) == 1
    assert 'LaTeX is needed' in said[0]
    assert 'apt-get install' in said[0]
    assert 'texlive-xetex' in said[0]


@pytest.mark.parametrize(('text', 'expected'), [
    ('2', (2,)), ('2.7', (2, 7)), ('B.7', ('B', 7)), ('B', ('B',))])
def test_parts_of_numbers(text, expected):
    assert numbers.parts(text) == expected


def test_sentence_of_a_run():
    run = {'profile': 'cpu', 'seconds': 3.21, 'torch': '2.14.1',
           'date': '2026-11-21', 'fingerprint': 'abc'}
    assert runs.sentence(run) == (
        'Ran in 3.2 s · profile cpu · torch 2.14.1 · 2026-11-21 · '
        'fingerprint abc')
    assert 'was not run: no GPU' in runs.sentence({'not_run': 'no GPU'})
    assert 'failed: x' in runs.sentence({'failed': 'x'})


@pytest.fixture
def staged(book, monkeypatch):
    """The miniature book, executed and staged."""
    monkeypatch.setenv('BOOK_ROOT', str(book.root))
    profile = book.profile('ci')
    report = build.Builder(book, profile, quiet=True).build()
    assert report.ok
    return stage.stage(book, profile)[0]


def test_warning_names_the_source(book, monkeypatch):
    monkeypatch.setenv('BOOK_ROOT', str(book.root))
    path = book.chapters / 'first/figures.md'
    path.write_text(path.read_text() + '\nSee {numref}`fig_nowhere`.\n')
    profile = book.profile('ci')
    build.Builder(book, profile, quiet=True).build()
    contents = build.load(book)[0]
    source, _ = stage.stage(book, profile)
    said = []
    code = render.build_html(
        source, book.root / 'html', say=said.append,
        locate=stage.locator(book, profile, contents))
    assert code != 0
    text = '\n'.join(said)
    assert 'fig_nowhere' in text
    found = re.search(rf'{path}:(\d+)', text)
    lines = path.read_text().split('\n')
    wanted = lines.index('See {numref}`fig_nowhere`.') + 1
    assert abs(int(found.group(1)) - wanted) <= 2


def test_second_site_build_rewrites_nothing(book, staged):
    out = book.root / 'html'
    said = []
    assert render.build_html(staged, out, say=said.append) == 0, said
    before = {p: p.stat().st_mtime_ns for p in out.rglob('*.html')}
    assert render.build_html(staged, out, say=said.append) == 0
    after = {p: p.stat().st_mtime_ns for p in out.rglob('*.html')}
    changed = {p.name for p in before if before[p] != after.get(p)}
    made = {f'{name}.html' for name in pages.NAMES}
    assert changed <= {'search.html', 'genindex.html'} | made


@pytest.mark.latex
@pytest.mark.skipif(bool(render.missing_latex()), reason='needs LaTeX')
def test_pdf(book, staged):
    said = []
    code = render.build_pdf(staged, book.root / 'pdf', say=said.append)
    assert code == 0, said
    pdf = book.root / 'pdf/book.pdf'
    assert pdf.read_bytes().startswith(b'%PDF')
    if shutil.which('pdftotext'):
        text = subprocess.run(['pdftotext', '-layout', str(pdf), '-'],
                              capture_output=True, text=True).stdout
        for wanted in ('A.2', 'Fig. 2.2.1', 'Pearson', '2.1.1', 'Index'):
            assert wanted in text, wanted
        assert '\x1b' not in text
    tex = (book.root / 'pdf/latex/book.tex').read_text()
    assert '.pdf}' in tex, 'figures are vector graphics'


@pytest.mark.latex
@pytest.mark.skipif(bool(render.missing_latex()), reason='needs LaTeX')
def test_pdf_of_oddities(odd_book, monkeypatch):
    monkeypatch.setenv('BOOK_ROOT', str(odd_book.book.root))
    said = []
    out = odd_book.book.out('ci') / 'pdf'
    assert render.build_pdf(odd_book.source, out, say=said.append) == 1, said
    # Sixteen columns fit on no page, and that is all there is to say.
    wrong = [line for line in said if line.startswith('error')]
    assert wrong
    assert all(re.search(r': 1\d pt too wide', w) for w in wrong), wrong
    if shutil.which('pdftotext'):
        text = subprocess.run(['pdftotext', '-layout', out / 'book.pdf', '-'],
                              capture_output=True, text=True).stdout
        for wanted in ('before the failure', 'ZeroDivisionError', 'line 99',
                       '5.7 Empty', 'Counter', 'red green orange',
                       'Raw Outputs', 'ש', 'م'):
            assert wanted in re.sub(' +', ' ', text), wanted
        assert not re.search('[\x07\x1b]', text)


@pytest.mark.latex
@pytest.mark.skipif(bool(render.missing_latex()), reason='needs LaTeX')
def test_hidden_cells_are_hidden_in_print(book, monkeypatch):
    monkeypatch.setenv('BOOK_ROOT', str(book.root))
    path = book.chapters / 'second/override.md'
    path.write_text(path.read_text() + '''
```{code-cell} ipython3
:tags: [hide-input]
print('shown', 1 + 1)  # unseen_input
```

```{code-cell} ipython3
:tags: [remove-cell]
print('unseen_output')
```

```{code-cell} ipython3
:tags: [hide-cell]
print('unseen_' + 'cell')
```
''')
    build.Builder(book, book.profile('ci'), quiet=True).build()
    source, _ = stage.stage(book, book.profile('ci'))
    said = []
    assert render.build_pdf(source, book.root / 'pdf',
                            say=said.append) == 0, said
    tex = (book.root / 'pdf/latex/book.tex').read_text()
    tex = tex.replace('\\PYG{+w}{ }', ' ')
    assert 'shown 2' in tex
    assert 'unseen' not in tex.replace('\\_', '_')


def test_configuration_is_that_of_the_book(book):
    assert config.load(book.root).title == 'A miniature book'
    assert os.path.exists(render.ROOT / 'conf.py')
