"""The parts of the site: menus, search, pictures, folding, made pages."""
import json
import re
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from docutils import nodes, utils

from tools import downloads
from tools.sphinx import (
    equations,
    header,
    lighten,
    outputs,
    pages,
    pictures,
    search,
)


def soup(folder, name):
    return BeautifulSoup((folder / name).read_text(encoding='utf-8'),
                         'html.parser')


# -- menus ------------------------------------------------------------------

def pathto(target, resource=0):
    return f'../{target}'


def test_menu_of_a_section():
    found = header.buttons('a b/c', '.md', True, pathto,
                           'https://colab.example/{page}.ipynb')
    assert [b['text'] for b in found] == [
        'Notebook with outputs', 'Notebook without outputs',
        'Notebook for Colab', 'Open in Colab', 'Open in JupyterLab',
        'Markdown source', 'Print']
    assert found[0]['url'] == '../notebooks/executed/a%20b/c.ipynb'
    assert found[3]['url'] == 'https://colab.example/a b/c.ipynb'
    assert found[4]['url'].endswith('/lab/tree/a%20b/c.md')
    assert found[5]['url'] == '../sources/a%20b/c.md'
    assert all(b['tooltip'] and b['icon'] for b in found)


@pytest.mark.parametrize(('suffix', 'notebook', 'texts'), [
    ('.md', False, ['Markdown source', 'Print']),
    ('.ipynb', False, ['Source', 'Print']), ('', False, ['Print']),
    ('', True, ['Notebook with outputs', 'Notebook without outputs',
                'Notebook for Colab', 'Open in JupyterLab', 'Print'])])
def test_menu_of_other_pages(suffix, notebook, texts):
    found = header.buttons('a/b', suffix, notebook, pathto)
    assert [b['text'] for b in found] == texts


# -- search -----------------------------------------------------------------

@pytest.mark.parametrize(('tex', 'expected'), [
    (r'\(\mathbf{w}\)', 'w'), (r'\(\alpha_i + \Sigma\)', 'α_i + Σ'),
    (r'\(x\)', 'x'), (r'\lambda\varepsilon\Lambda', 'λεΛ'),
    (r'\(\frac{a}{b}\)', 'ab'),
    (r'\(p(y \mid x)\)', 'p(y x)'), ('', '')])
def test_formulas_as_words(tex, expected):
    assert search.plain_formula(tex) == expected


PAGE = '''<html><head><title>3.7 Decay &#8212; The Book</title></head><body>
<nav>Contents of the book</nav>
<article class="bd-article"><section id="decay"><h1>3.7 Decay<a
class="headerlink" href="#decay">#</a></h1><p>Shrink <span class="math"
>\\(\\lambda\\)</span>.</p><section id="part"><h2>Part</h2>
<div class="cell_input">code_here()</div>
<div class="cell_output">output_noise</div>
<div class="math">display_noise</div></section>
<dl><dt class="sig" id="d2l.Trainer">class Trainer</dt></dl>
<div class="citation" id="c1"><span class="label">[Galton, 1886]</span>
<p>Regression.</p></div></section>
<p class="book-run">Ran in noise</p></article></body></html>'''


def test_what_search_reads():
    made = search.prepare(PAGE)
    found = BeautifulSoup(made, 'html.parser')
    assert found.title.get_text() == '3.7 Decay'
    assert found.article.has_attr('data-pagefind-body')
    assert found.h1['id'] == 'decay'
    assert found.h1['data-pagefind-meta'] == 'title'
    assert found.h2['id'] == 'part'
    assert {h['id'] for h in found.find_all('h4')} == {'d2l.Trainer', 'c1'}
    assert 'Galton, 1886' in [h.get_text() for h in found.find_all('h4')]
    text = found.get_text()
    assert 'λ' in text
    assert 'code_here' in text
    assert 'Trainer' in [s.get_text() for s in found.find_all('span')]
    for noise in ('noise', 'Contents', '#', 'Ran in'):
        assert noise not in text, noise
    ids = [e['id'] for e in found.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_what_search_has_read_is_kept(tmp_path, monkeypatch):
    kept = tmp_path / 'deep' / 'page.html'
    first = search.prepare(PAGE, kept)
    assert first == search.prepare(PAGE)
    with monkeypatch.context() as patch:
        patch.setattr(search, '_prepare', None)
        assert search.prepare(PAGE, kept) == first
    other = PAGE.replace('</article>', '<p>more</p></article>')
    assert '<p>more</p>' in search.prepare(other, kept)
    kept.write_text('damaged')
    assert search.prepare(PAGE, kept) == first


def test_pages_without_text_are_not_searched():
    assert search.prepare('<html><body><p>x</p></body></html>') == ''


def test_index_is_made_anew_only_when_needed(tmp_path):
    pytest.importorskip('pagefind')
    (tmp_path / 'a.html').write_text(PAGE)
    assert search.build(tmp_path, ['a', 'gone']) is True
    assert (tmp_path / 'pagefind/pagefind.js').exists()
    assert search.build(tmp_path, ['a', 'gone']) is False
    (tmp_path / 'a.html').write_text(PAGE.replace('Shrink', 'Grow'))
    assert search.build(tmp_path, ['a', 'gone']) is True
    # Nothing of the first index is left.
    assert len(list(tmp_path.glob('pagefind/fragment/*'))) == 1


def test_search_index_that_cannot_be_made_is_said(tmp_path, monkeypatch):
    service = pytest.importorskip('pagefind.service')
    program = tmp_path / 'broken'
    program.write_text('#!/bin/sh\necho no such luck >&2\nexit 3\n')
    program.chmod(0o755)
    monkeypatch.setattr(service, 'get_executable', lambda: program)
    (tmp_path / 'a.html').write_text(PAGE)
    with pytest.raises(OSError, match='code 3: no such luck'):
        search.build(tmp_path, ['a'])
    assert not (tmp_path / 'pagefind').exists()


# -- pictures and styles ----------------------------------------------------

@pytest.mark.parametrize(('content', 'expected'), [
    ('<svg width="72pt" height="36.0pt">', (96, 48)),
    ('<svg xmlns="x" height="20" width="10px" class="a">', (10, 20)),
    ('<svg viewBox="0 0 1 1">', None), ('<svg width="5em" height="3em">',
                                        None), ('', None)])
def test_size_of_drawings(tmp_path, content, expected):
    path = tmp_path / 'x.svg'
    path.write_text(f'<?xml version="1.0"?>\n{content}</svg>')
    assert pictures.size(path) == expected


def test_size_of_photographs(tmp_path):
    from PIL import Image
    Image.new('L', (7, 5)).save(tmp_path / 'x.png')
    assert pictures.size(tmp_path / 'x.png') == (7, 5)
    (tmp_path / 'y.png').write_bytes(b'no picture')
    assert pictures.size(tmp_path / 'y.png') is None
    assert pictures.size(tmp_path / 'missing.svg') is None


def test_names_of_icons_go():
    style = ('.a{color:red}.fa-star:before,.fa-x::before{content:"\\f005"}'
             '.fa-y{--fa:"x"}.b .fa-z{color:blue}.fa-lg{font-size:2em}@media '
             'print{.c{d:e}}')
    assert lighten.without_icons(style).startswith('.a{color:red}')
    assert 'content' not in lighten.without_icons(style)
    assert '@media print{.c{d:e}}' in lighten.without_icons(style)
    nested = '.a{b:c}.nav .fa-bars{d:e}.fa-x::before,.fa-y{f:g}.h{i:j}'
    assert lighten.without_icons(nested) == (
        '.a{b:c}.nav .fa-bars{d:e}.h{i:j}'), 'whole rules only'


def test_theme_is_lighter(odd_site):
    assert not list((odd_site / '_static').rglob('fontawesome.js'))
    style = odd_site / '_static/styles/pydata-sphinx-theme.css'
    assert '.fa-wand-magic' not in style.read_text()
    for page in odd_site.glob('[!_]*/*.html'):
        assert 'fontawesome' not in page.read_text(), page


# -- outputs, equations -----------------------------------------------------

@pytest.mark.parametrize(('lines', 'folded'), [(30, False), (31, True)])
def test_long_outputs_fold(lines, folded):
    document = utils.new_document('x')
    cell = nodes.container(nb_element='cell_code_output')
    text = '\n'.join(map(str, range(lines)))
    cell += nodes.literal_block(text, text)
    document += cell
    document.settings.env = SimpleNamespace(_app=SimpleNamespace(
        builder=SimpleNamespace(name='html')))
    outputs.FoldOutputs(document).run()
    kinds = [type(child) for child in cell]
    assert kinds == ([nodes.raw, nodes.literal_block, nodes.raw] if folded
                     else [nodes.literal_block])
    if folded:
        assert f'{lines} lines of output' in cell[0].astext()


def test_folds_of_the_site(odd_site):
    page = soup(odd_site, 'odd/many-lines.html')
    fold, = page.select('details.book-long')
    assert fold.summary.get_text() == '100 lines of output'
    assert not fold.has_attr('open')
    assert fold.pre.get_text().endswith('line 99\n')
    assert 'short 29' in page.get_text()


def test_uses_of_an_equation(odd_site):
    page = soup(odd_site, 'odd/formulas.html')
    equation = page.find(id='equation-eq-formulas-mean')
    uses = equation.select('.book-uses a')
    assert [u.get_text() for u in uses] == ['↩1', '↩2']
    for use in uses:
        link = page.find(id=use['href'][1:])
        assert link['href'] == '#equation-eq-formulas-mean'
    assert page.find(id='equation-eq-formulas-aligned').select(
        '.book-uses') == []
    elsewhere = soup(odd_site, 'first/saving.html').find(
        id='equation-eq-saving-plus').select('.book-uses a')
    assert [u['href'] for u in elsewhere] == [
        '#use-1-equation-eq-saving-plus', '../odd/formulas.html']
    assert elsewhere[1].get_text() == '5.1'


def test_uses_are_forgotten_and_merged():
    env = SimpleNamespace(book_equation_uses={'a': ['x'], 'b': ['y']})
    equations.forget(None, env, 'a')
    assert env.book_equation_uses == {'b': ['y']}
    other = SimpleNamespace(book_equation_uses={'c': ['z'], 'd': ['u']})
    equations.merge(None, env, ['c', 'e'], other)
    assert env.book_equation_uses == {'b': ['y'], 'c': ['z']}


# -- pages that the build makes ---------------------------------------------

def test_every_section_has_its_old_address(odd_site):
    names = {p.relative_to(odd_site).as_posix()
             for folder in ('first', 'second', 'odd')
             for p in (odd_site / folder).glob('*.html')}
    assert len(names) > 12
    assert {p.relative_to(odd_site).as_posix().removeprefix('chapter_')
            for p in odd_site.glob('chapter_*/*.html')} == names
    page = soup(odd_site, 'chapter_odd/rtl.html')
    assert page.a['href'] == '../odd/rtl.html'
    assert 'location.hash' in page.script.get_text()
    assert 'noindex' in str(page.head)


def test_redirects_of_removed_pages_go(tmp_path):
    def make(*names):
        pages.redirect(SimpleNamespace(
            builder=SimpleNamespace(name='html'), outdir=tmp_path,
            config=SimpleNamespace(html_baseurl='https://example.org/b'),
            env=SimpleNamespace(found_docs=names, titles={
                n: nodes.title('', f'<{n}>') for n in names})), None)
        return sorted(p.relative_to(tmp_path).as_posix()
                      for p in tmp_path.rglob('*.html'))
    assert make('index', 'a/x', 'b/y') == ['chapter_a/x.html',
                                           'chapter_b/y.html']
    text = (tmp_path / 'chapter_a/x.html').read_text()
    assert 'href="https://example.org/b/a/x.html"' in text
    assert '<title>&lt;a/x&gt;</title>' in text
    before = (tmp_path / 'chapter_a/x.html').stat().st_mtime_ns
    assert make('index', 'a/x') == ['chapter_a/x.html']
    assert (tmp_path / 'chapter_a/x.html').stat().st_mtime_ns == before
    assert not (tmp_path / 'chapter_b').exists()


def test_list_of_figures(odd_site):
    entries = [(a.get_text(), a['href']) for a in soup(
        odd_site, 'figures.html').select('ul.book-list a')]
    assert entries == [
        ('Fig. 2.2.1', 'first/figures.html#fig-figures-box'),
        ('Fig. 2.2.2', 'first/figures.html#fig-figures-line')]
    head = soup(odd_site, 'figures.html').article.h2.get_text()
    assert head == '2.2 Figures'


def test_statistics(odd_site):
    rows = {r[1]: r for r in (
        [c.get_text() for c in row.find_all('td')] for row in
        soup(odd_site, 'statistics.html').select('tbody tr'))}
    assert len(rows) == 12
    assert rows['Saving'][0] == '2.1'
    assert re.fullmatch(r'\d+\.\d', rows['Saving'][2])
    assert re.fullmatch(r'\d+\.\d s, cell \d+', rows['Saving'][3])
    assert rows['Saving'][7] == 'never executed'
    assert re.fullmatch(r'[0-9a-f]{12}', rows['Saving'][8])
    assert rows['Skipped'][7] == 'not run: needs a thousand GPUs'
    assert rows['Failing'][7] == 'failed: ZeroDivisionError: division by zero'
    assert 'Empty' not in rows, 'has no code'
    said = soup(odd_site, 'statistics.html').article.p.get_text()
    assert '12 sections with code' in said
    assert 'profile ci' in said


def test_page_of_downloads(odd_site):
    links = soup(odd_site, 'downloads.html').select('article tbody a')
    assert [a.get_text() for a in links] == ['d2l-0.1-py3-none-any.whl']
    assert (odd_site / links[0]['href']).is_file()


def test_page_for_lost_addresses(odd_site):
    page = soup(odd_site, '404.html')
    for tag, name in (('link', 'href'), ('script', 'src'), ('a', 'href')):
        for element in page.find_all(tag, attrs={name: True}):
            assert element[name].startswith(('/', '#', 'https://')), element
    assert page.html['data-content_root'] == '/'


@pytest.mark.parametrize(('base', 'prefix'), [
    ('', '/'), ('https://example.org', '/'),
    ('https://example.org/book', '/book/'),
    ('https://example.org/book/', '/book/')])
def test_place_on_the_host(base, prefix):
    assert pages._prefix(SimpleNamespace(
        config=SimpleNamespace(html_baseurl=base))) == prefix


@pytest.mark.parametrize(('caption', 'expected'), [
    ('One. Two.', 'One.'), ('One', 'One'), ('A\n b. C', 'A b.')])
def test_first_sentences(caption, expected):
    assert pages._first_sentence(nodes.caption('', caption)) == expected


# -- what readers take away -------------------------------------------------

KINDS = ('executed', 'plain', 'colab')


def test_notebooks_of_the_site(odd_site):
    for kind in KINDS:
        found = sorted(p.relative_to(odd_site / 'notebooks' / kind)
                       .with_suffix('').as_posix()
                       for p in (odd_site / 'notebooks' / kind)
                       .rglob('*.ipynb'))
        assert len(found) == 12
        for name in found:
            made = nbformat.read(
                odd_site / f'notebooks/{kind}/{name}.ipynb', 4)
            nbformat.validate(made)
            outputs = [o for c in made.cells if c.cell_type == 'code'
                       for o in c.outputs]
            assert (kind == 'executed') or not outputs
            assert all('application/pdf' not in o.get('data', ())
                       for o in outputs)


def test_figures_are_attached(odd_site):
    for kind in KINDS:
        made = json.loads((odd_site / f'notebooks/{kind}/first/figures.ipynb'
                           ).read_text())
        cell = next(c for c in made['cells'] if 'attachments' in c)
        assert '(attachment:box.png)' in cell['source']
        assert cell['attachments']['box.png']['image/png'].startswith('iVBOR')


def test_colab_installs_the_module(odd_site):
    made = nbformat.read(
        odd_site / 'notebooks/colab/second/notebook.ipynb', 4)
    setup = made.cells[1].source
    compile(setup, 'setup', 'exec')
    assert 'd2l-0.1-py3-none-any.whl' in setup
    without = nbformat.read(
        odd_site / 'notebooks/colab/odd/many-lines.ipynb', 4)
    assert 'pip' not in ''.join(c.source for c in without.cells)


def test_sources_are_the_authors(odd_site, root):
    assert (odd_site / 'sources/odd/rtl.md').read_bytes() == (
        root / 'tests/oddities/rtl.md').read_bytes()
    assert (odd_site / 'sources/second/notebook.ipynb').exists()


def test_no_wheel_without_a_project(book):
    assert downloads.wheel(book) is None, 'no module yet'
    book.module.write_text('')
    assert downloads.wheel(book) is None, 'not one that can be installed'


def test_removed_sections_are_taken_away(odd_book, tmp_path):
    folder = odd_book.book.out('ci') / downloads.FOLDER
    old = folder / 'notebooks/plain/odd/gone.ipynb'
    old.write_text('{}')
    from tools import sections
    downloads.write(odd_book.book, odd_book.profile,
                    sections.read_book(odd_book.book))
    assert not old.exists()
    assert (folder / 'notebooks/plain/odd/raw.ipynb').exists()
