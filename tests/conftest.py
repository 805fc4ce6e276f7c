"""Fixtures: copies of the miniature book, and the command line on them."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MINIBOOK = ROOT / 'tests' / 'minibook'


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
