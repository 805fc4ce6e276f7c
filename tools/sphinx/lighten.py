"""Take out of the theme's files what no page of the book uses.

The theme brings the names of two thousand icons, a fifth of its style sheet;
``icons.css`` draws the few that are shown.
"""
import re
from pathlib import Path

# Whole rules only: `.nav .fa-bars {…}` is about something else.
_ICON = re.compile(r'(?<=[{}])(?:\.fa-[\w-]+(?:::?before|::?after)?,?)+'
                   r'\{[^{}]*\}')
_UNUSED = ('scripts/fontawesome.js', 'scripts/fontawesome.js.map',
           'scripts/bootstrap.js.map', 'scripts/pydata-sphinx-theme.js.map',
           'styles/pydata-sphinx-theme.css.map',
           'styles/sphinx-book-theme.css.map',
           'scripts/sphinx-book-theme.js.map')


def without_icons(style):
    """The style sheet without the rules that name one icon each."""
    return _ICON.sub('', style)


def lighten(app, error):
    if error or app.builder.name != 'html':
        return
    static = Path(app.outdir) / '_static'
    path = static / 'styles' / 'pydata-sphinx-theme.css'
    if path.exists():
        style = path.read_text(encoding='utf-8')
        lighter = without_icons(style)
        if lighter != style:
            path.write_text(lighter, encoding='utf-8')
    for name in _UNUSED:
        (static / name).unlink(missing_ok=True)


def setup(app):
    app.connect('build-finished', lighten)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
