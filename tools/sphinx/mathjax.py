"""MathJax served by the site itself, from the package sphinx-mathjax-offline.

The package's own extension does not say that it may run in parallel; all it
does is copy files at the end of the build.
"""
import importlib


def setup(app):
    importlib.import_module('sphinx-mathjax-offline').setup(app)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
