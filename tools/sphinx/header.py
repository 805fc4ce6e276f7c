"""The head of a page: where it is in the book, what can be taken away; and
the level of headings that have none."""
from pathlib import Path
from urllib.parse import quote

LAB = 'http://localhost:8888/lab/tree/{page}'


def _link(url, text, icon, tooltip):
    return {'type': 'link', 'url': url, 'text': text, 'icon': icon,
            'tooltip': tooltip}


def buttons(pagename, suffix, has_notebook, pathto, colab=''):
    """The entries of the download menu of a page."""
    found = []
    if has_notebook:
        at = f'{{}}/{quote(pagename)}.ipynb'
        for kind, text, tooltip in (
                ('executed', 'Notebook with outputs',
                 'The notebook as it was executed'),
                ('plain', 'Notebook without outputs',
                 'The notebook, ready to be run'),
                ('colab', 'Notebook for Colab',
                 'Its first cell installs d2l')):
            found.append(_link(
                pathto(at.format(f'notebooks/{kind}'), 1), text,
                'fas fa-code', tooltip))
        if colab:
            found.append(_link(colab.replace('{page}', pagename),
                               'Open in Colab', 'fas fa-rocket',
                               'Open in Google Colab'))
        found.append(_link(
            LAB.format(page=quote(f'{pagename}{suffix}')),
            'Open in JupyterLab', 'fas fa-rocket',
            'In a JupyterLab on this computer, started by: '
            'jupyter lab chapters'))
    if suffix:
        found.append(_link(
            pathto(f'sources/{quote(pagename)}{suffix}', 1),
            'Markdown source' if suffix == '.md' else 'Source',
            'fas fa-file', 'The source of this page'))
    found.append({'type': 'javascript', 'javascript': 'window.print()',
                  'text': 'Print', 'icon': 'fas fa-file-pdf',
                  'tooltip': 'Print this page'})
    return found


def add_menu(app, pagename, templatename, context, doctree):
    if app.builder.name != 'html' or 'header_buttons' not in context:
        return
    if doctree is None or pagename == app.config.root_doc:
        return
    suffix = context.get('page_source_suffix', '')
    if not (Path(app.config.book_chapters) / f'{pagename}{suffix}').exists():
        suffix = ''
    context['header_buttons'].insert(0, {
        'type': 'group', 'tooltip': 'Take this page away',
        'icon': 'fas fa-download', 'label': 'download-buttons',
        'buttons': buttons(pagename, suffix, pagename in app.book_runs,
                           context['pathto'], app.config.book_colab)})


def number_title(app, pagename, templatename, context, doctree):
    """The breadcrumb of a page has its number, as its title has."""
    number = app.config.book_numbers.get(pagename)
    if number and 'parents' in context:
        context['book_number'] = number


def level_captions(app, pagename, templatename, context, doctree):
    """Captions of a page's contents are headings, which have a level."""
    if doctree is not None and 'body' in context:
        context['body'] = context['body'].replace(
            'class="caption" role="heading"',
            'class="caption" role="heading" aria-level="2"')


def setup(app):
    app.add_config_value('book_colab', '', 'html', types=frozenset({str}))
    # After the theme has made its list of buttons.
    app.connect('html-page-context', add_menu, priority=600)
    app.connect('html-page-context', number_title)
    app.connect('html-page-context', level_captions)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
