"""Links to a page's source lead to the file that people edit.

Sphinx reads executed notebooks, ``x.ipynb``; in the repository the section
is ``x.md``.
"""
from pathlib import Path


def name_source(app, pagename, templatename, context, doctree):
    for suffix in ('.md', '.ipynb'):
        if (Path(app.config.book_chapters) / f'{pagename}{suffix}').exists():
            context['page_source_suffix'] = suffix
            return


def setup(app):
    app.add_config_value('book_chapters', '', 'html', types=frozenset({str}))
    # Before the theme makes its buttons.
    app.connect('html-page-context', name_source, priority=400)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
