"""MathJax served by the site itself, from the package sphinx-mathjax-offline.

Of the package's many variants the site gets the one that its pages load,
with its fonts and the parts that it may ask for later.
"""
import importlib.util
from pathlib import Path

from sphinx.util.fileutil import copy_asset

_PARTS = ('tex-chtml.js', 'output/chtml/fonts', 'input/tex/extensions',
          'a11y', 'sre')


def copy_mathjax(app, error):
    if error or app.builder.format != 'html':
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
    app.config.mathjax_path = 'mathjax/tex-chtml.js'
    app.connect('build-finished', copy_mathjax)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
