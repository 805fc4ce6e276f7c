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
import shutil
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

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
# theme: they are run in the first one only.
AXE_RUN = '''async ([known, first]) => {
    const seen = new Set(known), fresh = [];
    for (const old of document.querySelectorAll('[data-again]'))
        delete old.dataset.again;
    for (const e of document.querySelectorAll('body *')) {
        if (![...e.childNodes].some(n => n.nodeType === 3
                && n.textContent.trim())) continue;
        const style = getComputedStyle(e);
        const key = [style.color, style.fontSize, style.fontWeight];
        for (let p = e, i = 0; p; p = p.parentElement, i++) {
            if (i < 3) key.push(p.tagName + '.' + p.className);
            key.push(getComputedStyle(p).backgroundColor);
        }
        const text = key.filter(k => k !== 'rgba(0, 0, 0, 0)').join(' ');
        if (seen.has(text)) e.dataset.again = '';
        else fresh.push(text);
        seen.add(text);
    }
    const colours = {type: 'rule', values: ['color-contrast',
                                            'link-in-text-block']};
    const runs = [await axe.run(
        {exclude: [['mjx-container'], ['[data-again]']]},
        {resultTypes: ['violations'], preload: false, runOnly: colours})];
    if (first) runs.push(await axe.run({exclude: [['mjx-container']]}, {
        resultTypes: ['violations'], preload: false,
        rules: {'color-contrast': {enabled: false}}}));
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
            AXE_RUN, [sorted(known), scheme == 'light'])
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
    wrong.write_text(text.replace('<h1>', '''
        <img src="https://example.org/x.png"><img src="no.png" alt="">
        <script>console.error("mine"); undefined_name</script>
        <span class="math notranslate nohighlight">\\(\\frac{1\\)</span>
        <div style="width: 2000px">wide</div>
        <p style="color: #ddd; background: #fff">pale</p><h1>''', 1),
        encoding='utf-8')
    try:
        visit(page, mini / 'first/wrong.html')
        axe = AXE.read_text(encoding='utf-8') + ';undefined'
        problems = list(problems_of(page, axe, set()))
    finally:
        wrong.unlink()
    problems = '\n'.join(problems + context.watch.take())
    for expected in ('wrong formulas', 'broken image', 'wide at 360',
                     'light: image-alt', 'color-contrast', 'undefined_name',
                     'asks for https://example.org', '404 for', 'error: min'):
        assert expected in problems, expected
