"""The index of the search, made by Pagefind from the finished pages.

Pagefind reads the page's text with headings; here headings get anchors, the
entries of the bibliography become headings of their own, and what is noise
(numbers of outputs, sources of formulas) is left out.
"""
import hashlib
import re
import shutil
import subprocess
import tempfile
import unicodedata
from pathlib import Path

from bs4 import BeautifulSoup
from sphinx.util import logging

from tools import files

# Another way of reading makes what was kept worthless.
_OURSELVES = Path(__file__).read_text(encoding='utf-8')
LOGGER = logging.getLogger(__name__)
_BODY = re.compile(r'<article class="bd-article">.*</article>', re.S)


def plain_formula(tex):
    """A formula as a few words that can be read: w, α, x y."""
    def word(found):
        name = found.group(1).removeprefix('var')
        # Unicode spells it so.
        name = {'lambda': 'lamda', 'Lambda': 'Lamda'}.get(name, name)
        kind = 'CAPITAL' if name[:1].isupper() else 'SMALL'
        try:
            return unicodedata.lookup(
                f'GREEK {kind} LETTER {name.upper()}')
        except KeyError:
            return ' '
    text = re.sub(r'\\[()]', '', tex)
    text = re.sub(r'\\([a-zA-Z]+)', word, text)
    return re.sub(r'\s+', ' ', re.sub(r'[{}\\^]', '', text)).strip()


def prepare(html, cached=None):
    """What Pagefind shall read of a page, or '' for pages without text.

    It is kept in the file `cached`, if given, until the page changes.
    """
    found = _BODY.search(html)
    if not found:
        return ''
    title = re.search(r'<title>(.*?)(?: &#8212; .*?)?</title>', html, re.S)
    title, body = title.group(1) if title else '', found.group(0)
    if cached is None:
        return _prepare(title, body)
    mark = hashlib.sha256(f'{_OURSELVES}{title}\0{body}'.encode()).hexdigest()
    try:
        head, _, text = cached.read_text(encoding='utf-8').partition('\n')
    except (OSError, ValueError):
        head = ''
    if head != mark:
        text = _prepare(title, body)
        files.write(cached, f'{mark}\n{text}')
    return text


def _prepare(title, body):
    soup = BeautifulSoup(body, 'html.parser')
    for noise in soup.select(
            '.headerlink, .book-run, .book-discuss, .book-uses, script, '
            'style, .toctree-wrapper, button, .cell_output, '
            'div.math, .book-lost'):
        noise.decompose()
    for formula in soup.select('span.math'):
        formula.string = plain_formula(formula.get_text())
    for section in soup.select('section[id]'):
        heading = section.find(re.compile('^h[1-6]$'), recursive=False)
        if heading is not None:
            heading['id'] = section['id']
            del section['id']
    for name in soup.select('dt.sig[id]'):
        name.name = 'h4'
        # Who looks for a name wants its definition, then its uses.
        name['data-pagefind-weight'] = '10'
        # The last part alone is a word as well: Trainer of d2l.Trainer.
        word = soup.new_tag('span', attrs={'data-pagefind-weight': '8'})
        word.string = name['id'].rpartition('.')[2]
        name.insert_after(word)
    for entry in soup.select('div.citation[id]'):
        label = entry.find(class_='label')
        heading = soup.new_tag('h4', id=entry['id'])
        heading.string = (label.get_text() if label else '').strip('[] ')
        entry.insert(0, heading)
        del entry['id']
    article = soup.article
    article['data-pagefind-body'] = ''
    heading = article.find('h1')
    if heading is not None:
        heading['data-pagefind-meta'] = 'title'
        heading['data-pagefind-weight'] = '10'
    for heading in article.find_all(['h2', 'h3']):
        heading['data-pagefind-weight'] = '6'
    for code in article.select('.cell_input'):
        code['data-pagefind-weight'] = '0.5'
    return (f'<html lang="en"><head><title>{title}</title></head>'
            f'<body>{article}</body></html>')


def _index(pages, out):
    """Have Pagefind read pages (name, HTML) and write the folder `out`.

    As a program of its own, since its service answers before its files are
    whole, and is ended then.
    """
    from pagefind.service import get_executable
    program = get_executable()
    if program is None:
        raise ImportError('its program pagefind is not there')
    with tempfile.TemporaryDirectory(prefix='book-search-') as folder:
        site, made = Path(folder, 'site'), Path(folder, 'made')
        for name, html in pages:
            files.write(site / name, html)
        done = subprocess.run(
            [program, '--site', site, '--output-path', made, '--silent',
             '--include-characters', '._', '--keep-index-url'],
            capture_output=True, text=True, cwd=folder)
        if done.returncode or not (made / 'pagefind.js').exists():
            said = (done.stderr or done.stdout).strip()
            raise OSError(f'Pagefind ended with code {done.returncode}: '
                          f'{said[-400:]}')
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)


def build(folder, names, cache=None):
    """Index the pages `names` of the site in `folder`; False if unchanged.

    What was read of each page is kept in the folder `cache`, if given.
    """
    folder = Path(folder)
    pages = []
    for name in sorted(names):
        path = folder / f'{name}.html'
        if path.exists():
            html = prepare(path.read_text(encoding='utf-8'),
                           cache and cache / f'{name}.html')
            if html:
                pages.append((f'{name}.html', html))
    mark = hashlib.sha256(f'{_OURSELVES}{pages}'.encode()).hexdigest()
    stamp = folder / 'pagefind' / '.digest'
    if stamp.exists() and stamp.read_text() == mark:
        return False
    _index(pages, folder / 'pagefind')
    stamp.write_text(mark)
    return True


def make_index(app, error):
    if error or app.builder.name != 'html':
        return
    try:
        build(app.outdir, app.env.found_docs,
              Path(app.doctreedir) / 'search')
    except ImportError as missing:
        LOGGER.warning('no search index, since Pagefind is missing (%s): '
                       'pip install -r requirements.lock', missing)
    except OSError as error:
        LOGGER.warning('no search index: %s', error)


def setup(app):
    app.connect('build-finished', make_index)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
