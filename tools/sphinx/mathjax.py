"""MathJax served by the site itself, from the package sphinx-mathjax-offline.

Pages load the parts that they need, TeX in and HTML out with MathML for
screen readers; the context menu comes when somebody asks for it (see
``book-math.js``), which saves half a megabyte.
"""
import importlib.util
from pathlib import Path

from sphinx.util.fileutil import copy_asset

_PARTS = ('startup.js', 'core.js', 'loader.js', 'input/tex.js', 'input/tex',
          'input/mml.js', 'input/mml', 'output/chtml.js', 'output/chtml/fonts',
          'output/svg.js', 'output/svg/fonts', 'a11y', 'sre', 'ui')
CONFIG = {
    'loader': {'load': ['input/tex', 'output/chtml', 'a11y/assistive-mml']},
    # Links and styles in formulas are of no use here, and formulas can come
    # from outputs: HTML in TeX stays off.
    'tex': {'autoload': {'html': []}},
}


def copy_mathjax(app, error):
    if error or app.builder.format != 'html' or app.builder.name == 'epub':
        return
    package = Path(importlib.util.find_spec('sphinx-mathjax-offline').origin)
    for part in _PARTS:
        source = package.parent / 'static' / 'mathjax' / part
        target = Path(app.outdir) / '_static' / 'mathjax' / part
        if source.is_file():
            target = target.parent
        target.mkdir(parents=True, exist_ok=True)
        copy_asset(source, target)


def setup(app):
    app.config.mathjax_path = 'mathjax/startup.js'
    app.config.mathjax3_config = CONFIG
    app.connect('build-finished', copy_mathjax)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
