"""The site in headless Chromium: offline, set, quiet, narrow and dark."""
import functools
import http.server
import json
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from tools import build, config, render, stage

ROOT = Path(__file__).resolve().parent.parent
BROWSER = shutil.which('chromium') or shutil.which('google-chrome')
DRIVER = shutil.which('chromedriver')
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (BROWSER and DRIVER),
                       reason='needs chromium and chromedriver')]


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(folder):
    """A server for the site on this machine only; returns (server, url)."""
    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f'http://127.0.0.1:{server.server_address[1]}'


@pytest.fixture(scope='module')
def mini(tmp_path_factory):
    """The site of the miniature book."""
    folder = tmp_path_factory.mktemp('site') / 'book'
    shutil.copytree(ROOT / 'tests/minibook', folder)
    book = config.load(folder)
    profile = book.profile('ci')
    build.Builder(book, profile, quiet=True).build()
    source, _ = stage.stage(book, profile)
    said = []
    old = os.environ.get('BOOK_ROOT')
    os.environ['BOOK_ROOT'] = str(folder)
    try:
        code = render.build_html(source, folder / 'html', say=said.append)
    finally:
        os.environ.pop('BOOK_ROOT')
        if old:
            os.environ['BOOK_ROOT'] = old
    assert code == 0, said
    return folder / 'html'


@pytest.fixture(scope='module', params=['mini', 'book'])
def site(request, mini):
    """(folder of a site, its address)."""
    folder = mini
    if request.param == 'book':
        profile = os.environ.get('BOOK_PROFILE', 'cpu')
        folder = ROOT / '_build' / profile / 'html'
        if not (folder / 'index.html').exists():
            pytest.skip('the site of the book is not built: make html')
    server, url = serve(folder)
    yield folder, url
    server.shutdown()


@pytest.fixture(scope='module')
def browser(tmp_path_factory):
    from selenium import webdriver
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (
            '--headless=new', '--no-sandbox', '--disable-gpu',
            '--disable-dev-shm-usage', '--disable-background-networking',
            '--disable-component-update', '--disable-sync', '--no-first-run',
            f'--user-data-dir={tmp_path_factory.mktemp("profile")}',
            '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'):
        options.add_argument(argument)
    options.set_capability('goog:loggingPrefs',
                           {'performance': 'ALL', 'browser': 'ALL'})
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


def pages(folder):
    return sorted(p.relative_to(folder).as_posix()
                  for p in folder.rglob('*.html') if '_static' not in p.parts)


def ready(browser, seconds=20):
    """Wait until MathJax has set everything on the page."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if browser.execute_script(
                'return document.readyState === "complete" && '
                '(!document.querySelector(".math") || '
                '!!document.querySelector("mjx-container"))'):
            return
        time.sleep(0.05)
    raise AssertionError('the mathematics of the page was not set')


def width(browser, pixels):
    browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
        'width': pixels, 'height': 800, 'deviceScaleFactor': 1,
        'mobile': False})


def luminance(color):
    def channel(value):
        value /= 255
        return value / 12.92 if value <= 0.03928 else (
            (value + 0.055) / 1.055) ** 2.4
    r, g, b = (channel(c) for c in color[:3])
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


CONTRAST = '''
document.documentElement.dataset.theme = arguments[0];
document.documentElement.dataset.mode = arguments[0];
const rgb = s => s.match(/[0-9.]+/g).map(Number);
const behind = e => {
  for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0.5) return c;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll(
    ".bd-article p, .bd-article pre, .bd-article h1, .bd-article figcaption,"
    + " .bd-article td, .bd-article a, .bd-sidebar-primary a")]
  .filter(e => e.textContent.trim() && e.offsetParent
          && !e.matches('.headerlink'))
  .map(e => [rgb(getComputedStyle(e).color), behind(e),
             e.tagName + ": " + e.textContent.trim().slice(0, 40)]);
'''


def requests_outside(browser, url):
    """Addresses asked for since the log was last read, not of the site."""
    found = set()
    for entry in browser.get_log('performance'):
        message = json.loads(entry['message'])['message']
        if message['method'] == 'Network.requestWillBeSent':
            address = message['params']['request']['url']
            if not address.startswith((url, 'data:', 'blob:', 'chrome:',
                                       'about:')):
                found.add(address)
    return found


def test_every_page(site, browser):
    """No request leaves, nothing complains, all is set, narrow, legible."""
    folder, url = site
    problems = []
    for page in pages(folder):
        width(browser, 1280)
        browser.get_log('performance')
        browser.get_log('browser')
        browser.get(f'{url}/{page}')
        ready(browser)
        problems += [f'{page} asks for {a}'
                     for a in requests_outside(browser, url)]
        problems += [f'{page}: {e["message"]}'
                     for e in browser.get_log('browser')
                     if e['level'] == 'SEVERE']
        if browser.execute_script('return document.querySelectorAll('
                                  '"mjx-merror, [data-mjx-error]").length'):
            problems.append(f'{page}: bad mathematics')
        problems += [f'{page}: broken image {i}' for i in
                     browser.execute_script(
                         'return [...document.images].filter(i => i.complete'
                         ' && !i.naturalWidth && i.loading !== "lazy")'
                         '.map(i => i.src)')]
        for theme in ('light', 'dark'):
            for ink, paper, what in browser.execute_script(CONTRAST, theme):
                a, b = sorted((luminance(ink), luminance(paper)))
                ratio = (b + 0.05) / (a + 0.05)
                if ratio < 4:
                    problems.append(f'{page} {theme}: contrast {ratio:.1f} '
                                    f'of {what}')
        for pixels in (1920, 768, 360):
            width(browser, pixels)
            found = browser.execute_script(
                'return document.scrollingElement.scrollWidth')
            if found > pixels:
                problems.append(f'{page} is {found} wide at {pixels}')
    assert not problems, '\n'.join(problems)


def test_works_from_a_folder(site, browser):
    folder, _ = site
    browser.get((folder / 'index.html').as_uri())
    assert browser.execute_script(
        'return document.querySelector(".bd-article h1").innerText')
    page = next(p for p in pages(folder) if p.count('/') == 1
                and 'mathjax' in (folder / p).read_text())
    browser.get((folder / page).as_uri())
    ready(browser)


def test_theme_is_remembered(site, browser):
    _, url = site
    width(browser, 1280)
    browser.get(f'{url}/index.html')
    read = 'return document.documentElement.dataset.theme'
    for wanted in ('dark', 'light'):
        browser.execute_script(
            f'document.querySelector("[data-mode={wanted}]'
            '.theme-change-button").click()')
        assert browser.execute_script(read) == wanted
        browser.get(f'{url}/genindex.html')
        assert browser.execute_script(read) == wanted


def test_page_says_how_it_was_run(mini):
    text = (mini / 'first/saving.html').read_text()
    assert 'Ran in ' in text
    assert 'profile ci' in text
    text = (mini / 'second/skipped.html').read_text()
    assert 'was not run: needs a thousand GPUs' in text


def test_numbers_of_the_site(mini):
    text = (mini / 'first/figures.html').read_text()
    assert 'Fig. 2.2.1' in text
    assert '>2.2 </span>Figures' in text
    text = (mini / 'second/override.html').read_text()
    assert '>A.2 </span>Override' in text
