"""The site in a browser, rebuilt and reloaded whenever a source is saved.

sphinx-autobuild watches the chapters; before each build the sections that
changed are executed and laid out.  A failing cell shows its error in its
page.
"""
import os
import shlex
import subprocess
import sys

from tools.errors import BookError, Problem
from tools.render import ROOT


def command(book, profile, args):
    """The command line of sphinx-autobuild."""
    out = book.out(profile.name)
    stage = [sys.executable, '-m', 'tools', 'stage', '--plain', '--profile',
             profile.name]
    if args.jobs:
        stage += ['--jobs', str(args.jobs)]
    watched = [book.chapters, ROOT / 'tools' / 'theme',
               ROOT / 'tools' / 'drawing.py', ROOT / 'd2l' / 'data']
    options = [f'--watch={path}' for path in watched if path.exists()]
    # What staging writes must not start another build.
    options += [f'--re-ignore={pattern}' for pattern in (
        r'/_build/', r'/\.', r'\.part$', r'__pycache__', r'~$')]
    if not args.no_browser:
        options.append('--open-browser')
    return [sys.executable, '-m', 'sphinx_autobuild', '-c', str(ROOT), '-q',
            '-b', 'html', '-d', str(out / 'doctrees' / 'html'), '--port',
            str(args.port), '--pre-build', shlex.join(stage), *options,
            str(out / 'source'), str(out / 'html')]


def serve(book, profile, args):
    """Serve until interrupted; returns an exit code."""
    (book.out(profile.name) / 'source').mkdir(parents=True, exist_ok=True)
    try:
        return subprocess.call(command(book, profile, args), cwd=book.root,
                               env=os.environ | {
                                   'BOOK_ROOT': str(book.root),
                                   'PYTHONPATH': str(ROOT)})
    except FileNotFoundError as error:
        raise BookError(Problem(
            f'sphinx-autobuild cannot be started: {error}',
            hint='pip install -r requirements.lock')) from None
