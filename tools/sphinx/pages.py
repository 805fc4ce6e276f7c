"""Pages that the build writes: figures, execution statistics, downloads,
the page for lost addresses, and redirects from the published book's.
"""
import re
import shutil
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes

TEMPLATE = 'book-page.html'
STATISTICS, FIGURES, DOWNLOADS = 'statistics', 'figures', 'downloads'
# Made without a source of their own; `tools.render` keeps them.
NAMES = (STATISTICS, FIGURES, DOWNLOADS, '404')
FILES = {
    'book.pdf': 'The whole book for reading and printing, with links, '
                'outline and index',
    'book.epub': 'The whole book for e-book readers, with mathematics as '
                 'MathML',
    'd2l-notebooks.zip': 'Every section as a notebook: with outputs, '
                         'without, and for Colab; with the module',
    'd2l-site.zip': 'This site for reading without a network: unpack it and '
                    'open index.html',
}
REDIRECT = '''\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="canonical" href="{canonical}">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url={target}">
<script>location.replace("{target}" + location.hash)</script>
</head>
<body><p>This page is now at <a href="{target}">{target}</a>.</p></body>
</html>
'''


def _page(title, body):
    return {'title': title, 'body': f'<section><h1>{title}</h1>\n{body}'
                                    '</section>'}


def _table(head, rows, numeric=()):
    cells = ''.join(f'<th scope="col">{escape(h)}</th>' for h in head)
    lines = ['<div class="pst-scrollable-table-container"><table '
             f'class="table book-table"><thead><tr>{cells}</tr></thead>'
             '<tbody>']
    for row in rows:
        lines.append('<tr>' + ''.join(
            f'<td{" class=number" if i in numeric else ""}>{cell}</td>'
            for i, cell in enumerate(row)) + '</tr>')
    return '\n'.join([*lines, '</tbody></table></div>'])


def statistics(app):
    """How each section was run, longest first in the summary line."""
    numbers, rows, total, last = app.config.book_numbers, [], 0.0, ''
    for name in _order(app):
        run = app.book_runs.get(name)
        if run is None:
            continue
        title = escape(_title(app, name))
        link = f'<a href="{escape(name)}.html">{title}</a>'
        where = numbers.get(name, '')
        if 'seconds' in run:
            total += run['seconds']
            last = max(last, run['date'])
            peak = run.get('peak_memory', 0)
            rows.append((where, link, f'{run["seconds"]:.1f}',
                         _longest(run.get('cell_seconds')),
                         f'{run["queued"]:.1f}' if run.get('queued') else '–',
                         f'{peak / 1e9:.1f}' if peak else '–',
                         escape(run['date']), escape(run.get('reason', '')),
                         f'<code>{escape(run["fingerprint"])}</code>'))
        else:
            said = (f'not run: {run["not_run"]}' if 'not_run' in run
                    else f'failed: {run.get("failed", "")}')
            rows.append((where, link, *['–'] * 5, escape(said), ''))
    profile = next((r['profile'] for r in app.book_runs.values()
                    if 'profile' in r), '')
    torch = next((r['torch'] for r in app.book_runs.values()
                  if r.get('torch')), '')
    head = (f'<p>Every output of this book was computed by the code above '
            f'it: {len(rows)} sections with code, {total:.0f} s of '
            f'executing in all, profile <code>{escape(profile)}</code>'
            + (f', PyTorch {escape(torch)}' if torch else '')
            + (f', the last on {escape(last)}' if last else '')
            + '. A section is executed again when its fingerprint changes: '
              'its code, the saved code that it uses, its data, or the '
              'versions of the packages that shape its outputs.</p>')
    if (Path(app.srcdir).parent / 'extra/downloads/report.json').exists():
        head += ('<p>The times of all cells are in <a href="downloads/'
                 'report.json">report.json</a>.</p>')
    table = _table(('Number', 'Section', 'Seconds', 'Longest cell', 'Queued',
                    'Memory (GB)', 'Date', 'Why it was executed',
                    'Fingerprint'), rows, numeric=(2, 3, 4, 5))
    return _page('How the Sections Were Run', head + table)


def _longest(seconds):
    """'12.3 s, cell 5' of the times of a section's cells."""
    if not seconds:
        return '–'
    most = max(seconds)
    return f'{most:.1f} s, cell {seconds.index(most) + 1}'


def _order(app):
    """Names of all pages in the order of the book."""
    seen, found = set(), []

    def walk(name):
        if name in seen:
            return
        seen.add(name)
        found.append(name)
        for child in app.env.toctree_includes.get(name, ()):
            walk(child)
    walk(app.config.root_doc)
    return [n for n in found if n in app.env.titles]


def _title(app, name):
    return app.env.titles[name].astext()


def figures(app):
    """All numbered figures with their captions."""
    parts = []
    for name in _order(app):
        numbers = app.env.toc_fignumbers.get(name, {}).get('figure', {})
        if not numbers:
            continue
        lines = []
        doctree = app.env.get_doctree(name)
        for figure in doctree.findall(nodes.figure):
            number = next((numbers[i] for i in figure['ids']
                           if i in numbers), None)
            caption = next(iter(figure.findall(nodes.caption)), None)
            if number is None or caption is None:
                continue
            where = '.'.join(map(str, number))
            lines.append(
                f'<li><a href="{escape(name)}.html#'
                f'{escape(figure["ids"][0])}">Fig. {where}</a> '
                f'{escape(_first_sentence(caption))}</li>')
        if lines:
            head = ' '.join(filter(None, (
                app.config.book_numbers.get(name, ''), _title(app, name))))
            parts.append(f'<h2>{escape(head)}</h2>\n<ul class="book-list">'
                         + '\n'.join(lines) + '</ul>')
    return _page('Figures', '\n'.join(parts) or '<p>There are none.</p>')


def _first_sentence(caption):
    """The start of a caption as text, formulas without their dollars."""
    text = ' '.join(caption.astext().split())
    end = text.find('. ')
    return text if end < 0 else text[:end + 1]


def downloads(app):
    """What can be taken away, as far as it was built."""
    folder = Path(app.srcdir).parent / 'extra' / 'downloads'
    rows = []
    for name, what in FILES.items():
        path = folder / name
        if path.exists():
            size = f'{path.stat().st_size / 1e6:.1f} MB'
            made = date.fromtimestamp(path.stat().st_mtime).isoformat()
        elif name in app.config.book_promised:
            size, made = '', date.today().isoformat()
        else:
            continue
        rows.append((f'<a href="downloads/{name}" download>{name}</a>',
                     escape(what), size, made))
    for path in sorted(folder.glob('*.whl')):
        rows.append((f'<a href="downloads/{path.name}" download>'
                     f'{path.name}</a>',
                     'The module <code>d2l</code> for <code>pip install'
                     '</code>', f'{path.stat().st_size / 1e3:.0f} kB'))
    head = ('<p>Single sections are offered at the top of their pages: as '
            'notebook with outputs and without, for Colab, and as Markdown.'
            '</p>')
    return _page('Downloads', head + _table(
        ('File', 'What it is', 'Size', 'Built'), rows, numeric=(2,)))


def lost(app):
    """The page for addresses that don't exist."""
    body = ('<p>There is no page at this address; it may have moved, or be '
            'misspelt.</p>\n<p id="book-lost" class="book-lost" hidden>'
            '<button type="button">Search '
            'the book for “<em></em>”</button></p>\n'
            f'<p>Or begin at the <a href="{_prefix(app)}index.html">'
            'first page</a>.</p>')
    return _page('Page Not Found', body)


def _prefix(app):
    """The absolute path of the site on its host."""
    path = urlsplit(app.config.html_baseurl or '/').path or '/'
    return path if path.endswith('/') else f'{path}/'


def collect(app):
    """For Sphinx's event html-collect-pages."""
    if app.builder.name != 'html':
        return
    yield STATISTICS, statistics(app), TEMPLATE
    yield FIGURES, figures(app), TEMPLATE
    yield DOWNLOADS, downloads(app), TEMPLATE
    yield '404', lost(app), TEMPLATE


def absolute(app, pagename, templatename, context, doctree):
    """Scripts of the page for lost addresses find the site by this."""
    if pagename == '404' and app.builder.name == 'html':
        context['content_root'] = _prefix(app)


def root_addresses(app, error):
    """The page for lost addresses is served anywhere: it needs absolute
    addresses of all that belongs to the site."""
    path = Path(app.outdir) / '404.html'
    if error or app.builder.name != 'html' or not path.exists():
        return
    text = path.read_text(encoding='utf-8')
    path.write_text(re.sub(
        r'\b(href|src|action)="(?![/#"]|[a-z][\w+.-]*:)',
        rf'\g<0>{_prefix(app)}', text), encoding='utf-8')


def redirect(app, error):
    """chapter_preliminaries/ndarray.html → preliminaries/ndarray.html."""
    if error or app.builder.name != 'html':
        return
    out, base = Path(app.outdir), app.config.html_baseurl
    wanted = set()
    for name in app.env.found_docs:
        if '/' not in name:
            continue
        path = out / f'chapter_{name}.html'
        target = f'{"../" * name.count("/")}{name}.html'
        text = REDIRECT.format(
            title=escape(app.env.titles[name].astext()),
            target=escape(target), canonical=escape(
                f'{base.rstrip("/")}/{name}.html' if base else target))
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding='utf-8') != text:
            path.write_text(text, encoding='utf-8')
        wanted.add(path)
    for folder in out.glob('chapter_*'):
        for path in list(folder.glob('*.html')):
            if path not in wanted:
                path.unlink()
        if not any(folder.iterdir()):
            shutil.rmtree(folder)


def find_extra(app, config):
    """What `tools.downloads` made is copied into the site."""
    extra = Path(app.srcdir).parent / 'extra'
    if extra.is_dir() and not app.tags.has('epub'):
        config.html_extra_path = [str(extra)]


def page_role(name, rawtext, text, lineno, inliner, options=None,
              content=()):
    """A link from a page of the book to the page of downloads."""
    page = inliner.document.settings.env.docname
    node = nodes.reference(rawtext, text, internal=True, refuri=(
        '../' * page.count('/') + f'{DOWNLOADS}.html'))
    return [node], []


def setup(app):
    app.add_role('download-page', page_role)
    app.add_config_value('book_promised', [], 'html',
                         types=frozenset({list}))
    app.connect('config-inited', find_extra)
    app.connect('html-collect-pages', collect)
    app.connect('html-page-context', absolute, priority=100)
    app.connect('build-finished', redirect)
    app.connect('build-finished', root_addresses)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
