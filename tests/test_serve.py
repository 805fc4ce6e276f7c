"""Editing with `make serve`: the page follows what is saved."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

sync_api = pytest.importorskip('playwright.sync_api')
BROWSER = shutil.which('chromium') or shutil.which('chromium-browser')
pytestmark = [pytest.mark.browser, pytest.mark.skipif(
    BROWSER is None, reason='Chromium is not installed')]
CELL = '\n```{{code-cell}} ipython3\n{}\n```\n'


@pytest.fixture
def server(cli, book_folder):
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    log = (book_folder / 'serve.log').open('w')
    process = subprocess.Popen(
        [sys.executable, '-m', 'tools', 'serve', '--no-browser', '--port',
         str(port), '--profile', 'ci'], cwd=os.path.dirname(
            os.path.dirname(os.path.abspath(__file__))),
        env=cli.environment(), stdout=log, stderr=log,
        start_new_session=True)
    yield f'http://127.0.0.1:{port}'
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)
    log.close()


@pytest.fixture
def page():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER,
            args=['--no-sandbox', '--disable-gpu',
                  '--disable-background-networking'])
        yield browser.new_page(viewport={'width': 1000, 'height': 300})
        browser.close()


def test_page_follows_the_source(server, page, book_folder):
    deadline = time.monotonic() + 120
    while True:
        try:
            page.goto(f'{server}/first/saving.html')
            break
        except sync_api.Error:
            assert time.monotonic() < deadline, (
                book_folder / 'serve.log').read_text()
            time.sleep(0.5)
    page.wait_for_load_state('networkidle')
    page.evaluate('scrollTo(0, 300)')
    source = book_folder / 'chapters/first/saving.md'
    text = source.read_text()
    source.write_text(text + CELL.format('6 * 7 + 1000'))
    page.wait_for_selector('text=1042', timeout=90_000)
    assert page.evaluate('scrollY') == 300, 'at the same place'
    log = (book_folder / 'serve.log').read_text()
    last = log[log.rindex('[1/'):]
    assert last.startswith('[1/1] first/saving'), 'that section only'
    source.write_text(text + CELL.format('undefined_name + 1'))
    page.wait_for_selector('text=NameError', timeout=90_000)
    assert 'failed: NameError' in page.inner_text('.book-run')
