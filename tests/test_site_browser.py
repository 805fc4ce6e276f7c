"""The site in headless Chromium, driven by Playwright.

Every page of the miniature book with its oddities, and of the book where its
site is built: nothing asked of other hosts, nothing broken, all mathematics
set, no sideways scroll, accessible in both themes.  Then once each: what
readers do with keys, mouse, search, menus, and without JavaScript.
"""
import contextlib
import functools
import http.server
import os
import re
import shutil
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
BROWSER = next(filter(None, map(shutil.which, (
    'chromium', 'chromium-browser', 'google-chrome'))), None)
try:
    import axe_playwright_python
    from playwright.sync_api import sync_playwright
    AXE = Path(axe_playwright_python.__file__).with_name('axe.min.js')
except ImportError:
    sync_playwright = None

pytestmark = pytest.mark.browser
in_browser = pytest.mark.skipif(
    not (BROWSER and sync_playwright),
    reason='needs chromium and the packages playwright and '
           'axe_playwright_python')
WIDTHS = (1440, 768, 360)


# -- the sites, their servers, the browser ----------------------------------

class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a site as hosts do: 404.html for what is not there."""

    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def send_error(self, code, message=None, explain=None):
        page = Path(self.directory) / '404.html'
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(404)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextlib.contextmanager
def serving(folder):
    """The address of a server for the site, on this machine only."""
    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_address[1]}'
    server.shutdown()
    server.server_close()


class Site:
    """A built site: its folder, its address, its pages."""

    def __init__(self, folder, url, real):
        self.folder, self.url, self.real = folder, url, real

    @property
    def pages(self):
        return sorted(
            p.relative_to(self.folder).as_posix()
            for p in self.folder.rglob('*.html')
            if '_static' not in p.parts and not p.relative_to(
                self.folder).parts[0].startswith('chapter_'))

    def __truediv__(self, name):
        return f'{self.url}/{name}'


@pytest.fixture(scope='module')
def mini(odd_site):
    with serving(odd_site) as url:
        yield Site(odd_site, url, False)


@pytest.fixture(scope='module')
def real():
    """The site of the book itself, where it is built."""
    profile = os.environ.get('BOOK_PROFILE', 'cpu')
    folder = ROOT / '_build' / profile / 'html'
    if not (folder / 'statistics.html').exists():
        pytest.skip('the site of the book is not built: make html')
    with serving(folder) as url:
        yield Site(folder, url, True)


@pytest.fixture(scope='module', params=['mini', 'real'])
def site(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope='module')
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=BROWSER, args=[
                '--no-sandbox', '--disable-gpu',
                '--disable-background-networking',
                '--disable-dev-shm-usage', '--disable-component-update',
                '--disable-sync', '--no-first-run',
                # Whoever asks another host gets nothing, and is noted.
                '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'])
        yield started
        started.close()


class Watch:
    """Notes what the pages of a context complain of and ask for."""

    def __init__(self, context):
        self.found = []
        context.on('request', self.request)
        context.on('response', self.response)
        context.on('console', self.console)
        context.on('weberror', lambda e: self.found.append(
            f'script error: {e.error}'))

    def request(self, request):
        address = urlsplit(request.url)
        if address.scheme in ('http', 'https', 'ws', 'wss') and (
                address.hostname != '127.0.0.1'):
            self.found.append(f'asks for {request.url}')

    def response(self, response):
        if response.status >= 400:
            self.found.append(f'{response.status} for {response.url}')

    def console(self, message):
        if message.type in ('error', 'warning'):
            self.found.append(f'{message.type}: {message.text}')

    def take(self):
        found, self.found = self.found, []
        return found


@pytest.fixture(scope='module')
def context(browser):
    """One context for most tests; its watch is `context.watch`."""
    made = browser.new_context(viewport={'width': 1440, 'height': 900},
                               color_scheme='light')
    made.set_default_timeout(15_000)
    made.watch = Watch(made)
    yield made
    made.close()


@pytest.fixture
def page(context):
    """A new page; it must end without complaint."""
    opened = context.new_page()
    context.watch.take()
    yield opened
    opened.close()
    assert context.watch.take() == []


def ready(page):
    """Wait until all mathematics is set."""
    page.evaluate('''async () => {
        if (window.MathJax?.startup?.promise)
            await MathJax.startup.promise;
    }''')


def visit(page, address):
    page.goto(address)
    ready(page)


# -- links, without a browser -----------------------------------------------

class Links(HTMLParser):
    """What a page refers to, and what can be referred to in it."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == 'id' or (name == 'name' and tag == 'a'):
                assert value not in self.ids or name == 'name', (
                    f'id {value} twice')
                self.ids.add(value)
            elif name in ('href', 'src', 'data', 'poster', 'action'):
                self.links.append(value or '')
            elif name == 'srcset':
                self.links += [p.split()[0] for p in value.split(',')]
            elif name == 'content' and (value or '').startswith('0; url='):
                self.links.append(value.removeprefix('0; url='))


def broken_links(folder):
    """['page: link'] of all that leads nowhere."""
    known, problems = {}, []
    for path in folder.rglob('*.html'):
        name = path.relative_to(folder).as_posix()
        if not name.startswith('_static'):
            try:
                known[name] = Links(path.read_text(encoding='utf-8'))
            except AssertionError as error:
                problems.append(f'{name}: {error}')
    for name, page in known.items():
        for link in page.links:
            parts = urlsplit(urljoin(f'http://site/{name}', link))
            if parts.netloc != 'site' or not parts.scheme.startswith('http'):
                continue
            target = unquote(parts.path).lstrip('/')
            if target == '' or target.endswith('/'):
                target += 'index.html'
            fragment = unquote(parts.fragment)
            if not (folder / target).is_file():
                problems.append(f'{name}: {link} does not exist')
            elif fragment and target in known and (
                    fragment not in known[target].ids):
                problems.append(f'{name}: {link}: no such place')
    return sorted(set(problems))


def test_no_link_is_broken(site):
    assert len(site.pages) > 10
    assert broken_links(site.folder) == []


def test_broken_links_are_found(tmp_path):
    (tmp_path / 'a.html').write_text(
        '<a href="b.html">1</a><a href="c.html">2</a><p id="p">'
        '<a href="#p">3</a><a href="#q">4</a><img src="x.png">'
        '<a href="b.html#z">5</a><a href="https://example.org/">6</a>')
    (tmp_path / 'b.html').write_text('<p id="y">')
    assert broken_links(tmp_path) == [
        'a.html: #q: no such place', 'a.html: b.html#z: no such place',
        'a.html: c.html does not exist', 'a.html: x.png does not exist']


# -- every page -------------------------------------------------------------

SET = '''() => ({
    unset: [...document.querySelectorAll('.math')]
        .filter(e => !e.querySelector('mjx-container'))
        .map(e => e.textContent.slice(0, 60)),
    wrong: document.querySelectorAll('mjx-merror, [data-mjx-error]').length,
    title: document.title,
    images: [...document.images].filter(i => i.complete && !i.naturalWidth
        && i.loading !== 'lazy').map(i => i.src),
})'''
# Contrast is looked at once for each kind of text: colour, what is behind,
# size, weight, and the elements around.  The other rules do not depend on the
# theme: they are run once.  What MathJax drew and the colours of code are
# taken out when they are not asked for, since axe looks at every element.
AXE_RUN = '''async ([known, last]) => {
    for (const formula of document.querySelectorAll('mjx-container'))
        formula.replaceChildren();
    const seen = new Set(known), fresh = [], papers = new Map([[null, '']]);
    for (const old of document.querySelectorAll('[data-fresh]'))
        delete old.dataset.fresh;
    const behind = e => {
        if (!papers.has(e)) papers.set(e, behind(e.parentElement) + ' '
            + getComputedStyle(e).backgroundColor
                .replace('rgba(0, 0, 0, 0)', ''));
        return papers.get(e);
    };
    for (const e of document.querySelectorAll('body *')) {
        if (![...e.childNodes].some(n => n.nodeType === 3
                && n.textContent.trim())) continue;
        const style = getComputedStyle(e);
        const key = [style.color, style.fontSize, style.fontWeight,
                     behind(e).trim()];
        for (let p = e, i = 0; p && i < 3; p = p.parentElement, i++)
            key.push(p.tagName + '.' + p.className);
        const text = key.join(' ');
        if (seen.has(text)) continue;
        e.dataset.fresh = '';
        fresh.push(text);
        seen.add(text);
    }
    const runs = fresh.length === 0 ? [] : [await axe.run(
        {include: [['[data-fresh]']], exclude: [['mjx-container']]},
        {resultTypes: ['violations'], preload: false,
         runOnly: {type: 'rule', values: ['color-contrast']}})];
    if (last) {
        for (const span of document.querySelectorAll('pre span'))
            span.replaceWith(...span.childNodes);
        runs.push(await axe.run({exclude: [['mjx-container']]}, {
            resultTypes: ['violations'], preload: false,
            rules: {'color-contrast': {enabled: false}}}));
    }
    const found = runs.flatMap(r => r.violations)
        .filter(v => ['serious', 'critical'].includes(v.impact))
        .map(v => `${v.id}: ${v.nodes.length} × ` + v.nodes.slice(0, 3)
            .map(n => n.html.slice(0, 120)).join(' | '));
    return [fresh, found];
}'''


def problems_of(page, axe, known):
    """What is wrong with the page that is open."""
    found = page.evaluate(SET)
    for text in found['unset']:
        yield f'formula not set: {text}'
    if found['wrong']:
        yield f'{found["wrong"]} wrong formulas'
    for image in found['images']:
        yield f'broken image {image}'
    for width in WIDTHS:
        page.set_viewport_size({'width': width, 'height': 900})
        wide = page.evaluate('document.scrollingElement.scrollWidth')
        if wide > width:
            yield f'{wide} wide at {width}'
    page.set_viewport_size({'width': WIDTHS[0], 'height': 900})
    page.evaluate(axe)
    page.add_style_tag(content='* { transition: none !important; }')
    for scheme in ('light', 'dark'):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function('s => document.documentElement.dataset.theme'
                               ' === s', arg=scheme)
        fresh, violations = page.evaluate(
            AXE_RUN, [sorted(known), scheme == 'dark'])
        known.update(fresh)
        for violation in violations:
            yield f'{scheme}: {violation}'
    page.emulate_media(color_scheme='light')


@in_browser
def test_every_page(site, page, context):
    axe = AXE.read_text(encoding='utf-8') + ';undefined'
    problems, known = [], set()
    for name in site.pages:
        visit(page, site / name)
        problems += [f'{name}: {p}' for p in problems_of(page, axe,
                                                          known)]
        problems += [f'{name}: {p}' for p in context.watch.take()]
    assert not problems, '\n'.join(problems)


@in_browser
def test_every_page_would_be_noticed(mini, page, context, tmp_path):
    """The checks of every page do find what they look for."""
    source = mini.folder / 'first/saving.html'
    text = source.read_text(encoding='utf-8')
    wrong = mini.folder / 'first/wrong.html'
    start = '<article class="bd-article">'
    wrong.write_text(text.replace(start, start + '''
        <img src="https://example.org/x.png"><img src="no.png" alt="">
        <script>console.error("mine"); undefined_name</script>
        <span class="math notranslate nohighlight">\\(\\frac{1\\)</span>
        <div style="width: 2000px">wide</div>
        <p style="color: #ddd; background: #fff">pale</p>''', 1),
        encoding='utf-8')
    try:
        visit(page, mini / 'first/wrong.html')
        axe = AXE.read_text(encoding='utf-8') + ';undefined'
        problems = list(problems_of(page, axe, set()))
    finally:
        wrong.unlink()
    problems = '\n'.join(problems + context.watch.take())
    for expected in ('formula not set', 'broken image', 'wide at 360',
                     'image-alt', 'color-contrast', 'undefined_name',
                     'asks for https://example.org', '404 for', 'error: min'):
        assert expected in problems, expected


# -- reading: theme, copying, keys, previews, formulas ----------------------

def theme(page):
    return page.evaluate('document.documentElement.dataset.theme')


@in_browser
def test_theme_is_remembered(mini, browser):
    made = browser.new_context(color_scheme='light')
    page = made.new_page()
    page.goto(mini / 'index.html')
    assert theme(page) == 'light'
    page.keyboard.press('t')                # from 'auto' to 'light'
    page.keyboard.press('t')
    assert theme(page) == 'dark'
    assert 'dark' in page.text_content('#book-said')
    page.goto(mini / 'odd/rtl.html')
    assert theme(page) == 'dark'
    page.reload()
    assert theme(page) == 'dark'
    made.close()


@in_browser
@pytest.mark.parametrize('name', ['odd/long-lines', 'odd/raw', 'odd/rtl',
                                  'first/saving'])
def test_copy_button_copies_the_code(mini, page, context, name):
    context.grant_permissions(['clipboard-read', 'clipboard-write'])
    made = nbformat.read(mini.folder / f'notebooks/executed/{name}.ipynb', 4)
    cells = [c.source for c in made.cells if c.cell_type == 'code']
    visit(page, mini / f'{name}.html')
    boxes = page.locator('div.cell_input div.highlight')
    assert boxes.count() == len(cells)
    for number, source in enumerate(cells):
        box = boxes.nth(number)
        box.hover()
        box.locator('button.copybtn').click()
        copied = page.evaluate('navigator.clipboard.readText()')
        assert copied.replace('\r\n', '\n').rstrip('\n') == (
            source.rstrip('\n'))


@in_browser
def test_keys(mini, page):
    visit(page, mini / 'odd/formulas.html')
    page.keyboard.press('?')
    panel = page.locator('#book-help')
    assert panel.is_visible()
    assert 'previous and next page' in panel.inner_text()
    page.keyboard.press('Escape')
    assert panel.is_hidden()
    with page.expect_navigation():
        page.keyboard.press('ArrowRight')
    assert page.url.endswith('odd/failing.html')
    with page.expect_navigation():
        page.keyboard.press('ArrowLeft')
    assert page.url.endswith('odd/formulas.html')
    with page.expect_navigation():
        page.keyboard.press('h')
    assert page.url.endswith('/index.html')
    page.locator('.book-help-button').click()
    assert panel.is_visible()
    page.keyboard.press('?')
    assert panel.is_hidden()


@in_browser
def test_keys_are_letters_while_typing(mini, page):
    page.goto(mini / 'odd/rtl.html')
    page.keyboard.press('/')
    page.keyboard.type('th?/c')
    assert page.input_value('#pst-search-dialog input') == 'th?/c'
    assert theme(page) == 'light'
    assert page.url.endswith('odd/rtl.html')


FOCUS = '''() => {
    const e = document.activeElement;
    return [e.tagName.toLowerCase(), ...['.bd-sidebar-primary', '.book-footer',
        '.bd-header-article', '.cell_input', '.cell_output', 'table',
        '.prev-next-area', '.bd-sidebar-secondary', '.skip-link',
        '#pst-skip-link'].filter(s => e.closest(s))].join(' ');
}'''


@in_browser
@pytest.mark.parametrize(('name', 'wanted'), [
    ('odd/long-lines', ('pre .cell_input', 'pre .cell_output')),
    ('odd/wide-table', ('div', 'div .cell_output'))])
def test_tab_reaches_everything(mini, page, name, wanted):
    visit(page, mini / f'{name}.html')
    seen = []
    for _ in range(120):
        page.keyboard.press('Tab')
        seen.append(page.evaluate(FOCUS))
        if '.book-footer' in seen[-1] and len(seen) > 20:
            break
    for part in (*wanted, 'a .bd-sidebar-primary', 'button .bd-header',
                 'a .prev-next-area', 'a .book-footer'):
        assert any(part in text for text in seen), (part, seen)


@in_browser
def test_menu_opens_by_keyboard(mini, page):
    visit(page, mini / 'odd/rtl.html')
    button = page.locator('.dropdown-download-buttons button, '
                          '.header-article button[aria-label*="Take"], '
                          'button[aria-label="download-buttons"], '
                          '.header-article-items__end '
                          'button.dropdown-toggle').first
    button.focus()
    page.keyboard.press('Enter')
    entry = page.locator('.dropdown-menu.show a').first
    entry.wait_for()
    assert 'Notebook with outputs' in entry.inner_text()
    for link in page.locator('.dropdown-menu.show a').all():
        address = urljoin(page.url, link.get_attribute('href'))
        if address.startswith(mini.url):
            assert (mini.folder / address.removeprefix(mini.url + '/')
                    ).is_file(), address
    page.keyboard.press('Escape')
    assert page.locator('.dropdown-menu.show').count() == 0


PREVIEWS = (('#equation-eq-formulas-mean', 'mjx-container'),
            ('#fig-figures-box', 'img'), ('#tab-formulas', 'td'),
            ('#sec-saving', 'Everything that can be saved'),
            ('references.html#', 'random walk'),
            ('#equation-eq-saving-plus', 'mjx-container'))


@in_browser
@pytest.mark.parametrize(('target', 'shown'), PREVIEWS)
@pytest.mark.parametrize('by', ['mouse', 'keyboard'])
def test_previews(mini, page, target, shown, by):
    visit(page, mini / 'odd/formulas.html')
    link = page.locator(
        f'.bd-article a.reference.internal[href*="{target}"]').first
    box = page.locator('#book-preview')
    link.scroll_into_view_if_needed()
    link.hover() if by == 'mouse' else link.focus()
    box.wait_for()
    if ' ' not in shown:
        box.locator(shown).first.wait_for(state='attached')
    else:
        assert shown in box.inner_text()
    assert link.get_attribute('aria-describedby') == 'book-preview'
    assert not box.locator('[id], script').count()
    at = box.bounding_box()
    assert at['x'] >= 0
    assert at['x'] + at['width'] <= 1440
    page.keyboard.press('Escape')
    assert box.is_hidden()
    assert not link.get_attribute('aria-describedby')


@in_browser
def test_formulas_have_a_menu(mini, page):
    visit(page, mini / 'odd/formulas.html')
    asked = []
    page.on('request', lambda r: asked.append(r.url))
    page.locator('mjx-container').first.click(button='right')
    page.locator('.CtxtMenu_Menu').first.wait_for()
    assert 'Show Math As' in page.locator('.CtxtMenu_Menu').first.inner_text()
    assert any('ui/menu' in url for url in asked), 'loaded when asked for'
    page.keyboard.press('Escape')
    page.locator('mjx-container').nth(1).click(button='right')
    page.locator('.CtxtMenu_Menu').first.wait_for()


@in_browser
def test_page_goes_on_where_it_was_left(mini, page):
    visit(page, mini / 'odd/formulas.html')
    visit(page, mini / 'index.html')
    link = page.locator('#book-continue')
    if link.count():
        assert link.get_attribute('href').endswith('odd/formulas.html')


# -- oddities ---------------------------------------------------------------

@in_browser
def test_raw_outputs_do_nothing(mini, page):
    visit(page, mini / 'odd/raw.html')
    assert 'Raw Outputs' in page.title()
    page.get_by_text('clicked', exact=True).click()
    page.locator('.cell_output').get_by_text('link', exact=True).click()
    assert 'Raw Outputs' in page.title()
    assert page.locator('iframe').count() == 0
    assert page.locator('#trusted').is_visible()
    red = page.locator('.cell_output .-Color-Red').first
    assert red.inner_text() == 'red'
    assert red.evaluate('e => getComputedStyle(e).color') not in (
        'rgb(0, 0, 0)', page.locator('.cell_output pre').last.evaluate(
            'e => getComputedStyle(e).color'))


@in_browser
def test_failed_section_shows_how(mini, page):
    visit(page, mini / 'odd/failing.html')
    text = page.locator('.bd-article').inner_text()
    assert 'before the failure' in text
    assert 'ZeroDivisionError' in text
    assert 'neverrun' not in text
    assert page.locator('.book-run-failed').is_visible()


@in_browser
def test_wide_things_scroll_in_their_boxes(mini, page):
    page.set_viewport_size({'width': 768, 'height': 900})
    for name, boxes in (
            ('long-lines', '.cell_input pre'),
            ('wide-table', '.pst-scrollable-table-container'),
            ('wide-table', '.cell_output > .output')):
        visit(page, mini / f'odd/{name}.html')
        box = page.locator(boxes).first
        assert box.evaluate('e => e.scrollWidth > e.clientWidth')
        box.evaluate('e => { e.scrollLeft = 50 }')
        assert box.evaluate('e => e.scrollLeft') == 50


@in_browser
def test_long_outputs_unfold(mini, page):
    visit(page, mini / 'odd/many-lines.html')
    last = page.get_by_text('line 99')
    assert last.is_hidden()
    page.locator('details.book-long summary').press('Enter')
    assert last.is_visible()


@in_browser
def test_right_to_left_text_keeps_its_order(mini, page):
    visit(page, mini / 'odd/rtl.html')
    assert 'שלום' in page.locator('.bd-article h1').inner_text()
    assert 'שלום עולם 9' in page.locator('.cell_output').inner_text()


@in_browser
def test_empty_section(mini, page):
    visit(page, mini / 'odd/empty.html')
    assert 'Empty' in page.locator('.bd-article h1').inner_text()
    assert page.locator('.prev-next-area a').count() == 2


# -- search -----------------------------------------------------------------

# What is looked for, and where the first result has to lead.
MINI_TERMS = [
    ('right to left', 'odd/rtl.html'), ('plus_one', 'odd/api.html'),
    ('Counter', 'odd/api.html'), ('raw outputs', 'odd/raw.html'),
    ('Pearson', 'references.html'), ('thousand', '')]
REAL_TERMS = [
    ('weight decay', 'linear-regression/weight-decay.html'),
    ('broadcasting', 'preliminaries/ndarray.html'),
    ('chain rule', 'preliminaries/calculus.html'),
    ("Bayes' theorem", 'preliminaries/probability.html'),
    ('cross-validation', 'linear-regression/generalization.html'),
    ('SyntheticRegressionData',
     'appendix-tools-for-deep-learning/d2l.html'),
    ('d2l.Trainer', 'appendix-tools-for-deep-learning/d2l.html'),
    ('missing values', 'preliminaries/pandas.html'),
    ('minibatch', 'linear-regression/'),
    ('dropout', 'multilayer-perceptrons/dropout.html'),
    ('automatic differentiation', 'preliminaries/autograd.html'),
    ('covariate shift',
     'linear-classification/environment-and-distribution-shift.html'),
    ('Galton', 'references.html')]


def results(page, text):
    """Addresses that the dialog finds, in their order."""
    page.fill('#pst-search-dialog input', '')
    page.wait_for_function(
        '!document.querySelector("#book-results a")')
    page.fill('#pst-search-dialog input', text)
    page.wait_for_function(
        'document.querySelector("#book-search-status").textContent')
    return page.evaluate('[...document.querySelectorAll("#book-results a")]'
                         '.map(a => a.getAttribute("href"))')


def missed(page, site, terms):
    visit(page, site / 'index.html')
    page.keyboard.press('/')
    assert page.locator('#pst-search-dialog').is_visible()
    for text, expected in terms:
        found = results(page, text)
        if not found or expected not in found[0]:
            yield f'{text}: {found[:3]}'


@in_browser
def test_search_in_miniature(mini, page):
    assert list(missed(page, mini, MINI_TERMS[:-1])) == []
    assert results(page, 'zzzunknown') == []
    assert 'nothing about' in page.text_content('#book-search-status')


@in_browser
def test_search_of_the_book(real, page):
    assert list(missed(page, real, REAL_TERMS)) == []


@in_browser
def test_search_by_keyboard(mini, page):
    visit(page, mini / 'odd/formulas.html')
    page.keyboard.press('Control+k')
    dialog = page.locator('#pst-search-dialog')
    assert dialog.is_visible()
    page.keyboard.press('Escape')
    assert dialog.is_hidden()
    page.keyboard.press('/')
    page.keyboard.type('right to left')
    page.locator('#book-results a').first.wait_for()
    page.keyboard.press('ArrowDown')
    assert page.evaluate('document.activeElement.closest("#book-results")'
                         ' !== null')
    page.keyboard.press('ArrowUp')
    with page.expect_navigation():
        page.keyboard.press('Enter')
    assert 'odd/rtl.html' in page.url


@in_browser
def test_result_shows_text_not_tags(mini, page):
    visit(page, mini / 'index.html')
    page.keyboard.press('/')
    assert results(page, 'clicked onclick')
    assert page.locator('#book-results script, #book-results p p').count(
        ) == 0
    assert 'Raw' in page.title() or 'Miniature' in page.title()


# -- where things may fail --------------------------------------------------

@in_browser
def test_page_for_lost_addresses(mini, page, context):
    for address in ('nowhere.html', 'a/b/c/right-to-left.html',
                    'chapter_none/raw-outputs'):
        answer = page.goto(mini / address)
        assert answer.status == 404
        context.watch.found = [
            f for f in context.watch.take()
            if address not in f and 'Failed to load resource' not in f]
        button = page.locator('#book-lost button')
        button.wait_for()
        background = page.evaluate(
            'getComputedStyle(document.body).fontFamily')
        assert background, 'it has its styles'
    words = page.locator('#book-lost em').inner_text()
    assert words == 'none raw outputs'
    page.goto(mini / 'a/b/c/right-to-left.html')
    assert page.locator('#book-lost em').inner_text() == 'c right to left'
    page.goto(mini / 'raw-outputs.html')
    page.locator('#book-lost button').click()
    link = page.locator('#book-results a').first
    link.wait_for()
    with page.expect_navigation():
        link.click()
    assert 'odd/raw.html' in page.url
    assert not [f for f in context.watch.take()
                if 'Failed to load resource' not in f
                and not re.search(r'(right-to-left|raw-outputs)\.html$', f)]


@in_browser
def test_old_addresses(mini, page):
    page.goto(mini / 'chapter_odd/formulas.html#uses')
    page.wait_for_url('**/odd/formulas.html#uses')
    page.go_back()
    page.goto(mini / 'chapter_odd/index.html')
    page.wait_for_url('**/odd/index.html')


@in_browser
def test_without_script(mini, browser):
    made = browser.new_context(java_script_enabled=False,
                               viewport={'width': 1440, 'height': 900})
    page = made.new_page()
    for name in ('odd/formulas.html', 'first/saving.html', 'index.html'):
        page.goto(mini / name)
        page.locator('.bd-article h1').wait_for()
        for part in ('.bd-article p', '.bd-sidebar-primary a'):
            first = page.locator(part).first
            assert first.is_visible()
            first.hover(trial=True)         # nothing lies above it
        assert page.locator('dialog[open], #book-preview').count() == 0
        if name != 'index.html':
            assert page.locator('.cell_input pre').first.is_visible()
            assert page.locator('.cell_output pre').first.is_visible()
            page.locator('.cell_input pre').first.hover(trial=True)
    page.goto(mini / 'odd/formulas.html')
    page.locator('.prev-next-area a.right-next').click()
    assert page.url.endswith('odd/failing.html')
    made.close()


@in_browser
def test_from_a_folder(mini, page, context):
    for name in ('index.html', 'odd/formulas.html', 'first/figures.html'):
        visit(page, (mini.folder / name).as_uri())
        assert page.evaluate(SET)['unset'] == []
        assert context.watch.take() == []
    page.keyboard.press('/')
    page.keyboard.type('saving')
    with page.expect_navigation():
        page.keyboard.press('Enter')
    assert '/search.html?q=saving' in page.url
    page.locator('#search-results li').first.wait_for()
    assert 'Saving' in page.locator('#search-results').inner_text()


@in_browser
def test_weight_of_a_page(real, browser):
    """Without fonts, and with nothing in the cache."""
    made = browser.new_context()
    page = made.new_page()
    answers = []
    page.on('response', lambda answer: answers.append(answer))
    page.goto(real / 'linear-regression/weight-decay.html')
    sizes = {a.url: len(a.body()) for a in answers
             if not a.url.endswith(('.woff', '.woff2')) and a.ok}
    made.close()
    assert len(sizes) > 5
    assert sum(sizes.values()) < 1_500_000, sorted(
        sizes.items(), key=lambda s: -s[1])[:8]
