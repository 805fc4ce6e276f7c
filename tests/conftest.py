"""Fixtures: copies of the miniature book, and the command line on them."""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MINIBOOK = ROOT / 'tests' / 'minibook'
ODDITIES = ROOT / 'tests' / 'oddities'
# What makes the module of the miniature book one that pip can install.
PROJECT = '''
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "d2l"
version = "0.1"

[tool.setuptools]
packages = ["d2l"]
'''


@pytest.fixture(scope='session')
def root():
    """The top folder of this checkout."""
    return ROOT


@pytest.fixture
def book_folder(tmp_path):
    """A fresh copy of the miniature book."""
    folder = tmp_path / 'book'
    shutil.copytree(MINIBOOK, folder)
    return folder


@pytest.fixture
def book(book_folder):
    """The configuration of a fresh miniature book."""
    from tools import config
    return config.load(book_folder)


@pytest.fixture(scope='module')
def one_thread():
    """PyTorch with one thread: small layers are no work for several."""
    import torch
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@contextlib.contextmanager
def own_runtime():
    """A runtime folder, and so a template and sockets, that nobody shares."""
    # A path of some length would be too long for a socket.
    folder = tempfile.mkdtemp(dir='/tmp')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('XDG_RUNTIME_DIR', folder)
        yield folder
    subprocess.run(['pkill', '-f', folder])
    shutil.rmtree(folder, ignore_errors=True)


class Cli:
    """Runs ``python -m tools`` on a book, as a person would."""

    def __init__(self, folder):
        self.folder = folder

    def environment(self, **env):
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith(('BOOK_', 'D2L_'))}
        return clean | {'BOOK_ROOT': str(self.folder),
                        'D2L_DATA': str(self.folder / 'data')} | env

    def start(self, *args, **env):
        """A process of its own session, not waited for."""
        return subprocess.Popen(
            [sys.executable, '-m', 'tools', *map(str, args)], cwd=ROOT,
            env=self.environment(**env), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True)

    def __call__(self, *args, **env):
        """(exit code, standard output, standard error)."""
        done = subprocess.run(
            [sys.executable, '-m', 'tools', *map(str, args)], cwd=ROOT,
            env=self.environment(**env), capture_output=True, text=True,
            timeout=300)
        assert 'Traceback (most recent call last):\n  File "' not in (
            done.stderr), done.stderr
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def cli(book_folder):
    return Cli(book_folder)


def section_text(*cells, title='A Section', front=''):
    """The text of a section made of code cells."""
    head = ('---\njupytext:\n  text_representation:\n    extension: .md\n'
            '    format_name: myst\nkernelspec:\n  name: python3\n'
            '  display_name: Python 3\n  language: python\n'
            f'{front}---\n# {title}\n')
    return head + ''.join(
        f'\n```{{code-cell}} ipython3\n{cell}\n```\n' for cell in cells)


@pytest.fixture
def add_section(book_folder):
    """Add a section made of code cells to the second chapter."""
    def add(name, *cells, front='', listed=True, title=None):
        path = book_folder / 'chapters' / 'second' / f'{name}.md'
        path.write_text(section_text(*cells, front=front,
                                     title=title or name.title()))
        if listed:
            index = path.with_name('index.md')
            index.write_text(index.read_text().replace(
                'skipped\n', f'skipped\n{name}\n'))
        return path
    return add


OddBook = namedtuple('OddBook', 'book profile source report')


def make_odd_book(folder):
    """The miniature book and a chapter of oddities, one of which fails."""
    from tools import build, config, stage
    shutil.copytree(MINIBOOK, folder)
    shutil.copytree(ODDITIES, folder / 'chapters' / 'odd')
    index = folder / 'chapters/index.md'
    index.write_text(index.read_text().replace(
        'first/index\n', 'first/index\nodd/index\n').replace(
            ':numbered:', ':numbered:\n:caption: Parts'))
    project = folder / 'pyproject.toml'
    project.write_text(project.read_text() + PROJECT)
    book = config.load(folder)
    profile = book.profile('ci')
    report = build.Builder(book, profile, quiet=True).build()
    source, errors = stage.stage(book, profile)
    assert not errors
    return OddBook(book, profile, source, report)


@pytest.fixture(scope='session')
def odd_book(tmp_path_factory):
    """The miniature book in all its oddities, executed and staged."""
    folder = tmp_path_factory.mktemp('odd') / 'book'
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(('BOOK_', 'D2L_')):
                patch.delenv(name)
        patch.setenv('BOOK_ROOT', str(folder))
        return make_odd_book(folder)


@pytest.fixture(scope='session')
def odd_site(odd_book):
    """The folder of its site."""
    from tools import render
    said = []
    out = odd_book.book.out('ci') / 'html'
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('BOOK_ROOT', str(odd_book.book.root))
        assert render.build_html(odd_book.source, out,
                                 say=said.append) == 0, said
    return out
