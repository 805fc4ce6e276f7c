"""Configuration of the book: ``[tool.book]`` in ``pyproject.toml``, typed.

Unknown keys and wrong types are errors; every path is absolute.
"""
import difflib
import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

from tools.errors import BookError, Problem


@dataclass(frozen=True)
class Profile:
    """Budget and limits of a profile, in seconds."""

    name: str
    budget: float = 60.0
    cell_limit: float = 300.0
    notebook_limit: float = 600.0


@dataclass(frozen=True)
class Book:
    """Where the parts of the book are and how it is built."""

    root: Path
    title: str = 'Book'
    subtitle: str = ''
    chapters: Path = Path('chapters')
    module: Path = Path('d2l/torch.py')
    build: Path = Path('_build')
    data: Path = Path('data')
    store: str = '_build/store'
    shared_store: str = ''
    write_shared_store: bool = False
    repository: str = ''
    branch: str = 'main'
    site: str = ''
    discussions: str = ''
    colab: str = ''
    preload: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    profiles: dict[str, Profile] = field(default_factory=dict)

    def profile(self, name):
        """The profile called `name`, or an error that lists the known."""
        if name not in self.profiles:
            raise BookError(Problem(
                f'unknown profile {name!r}',
                self.root / 'pyproject.toml',
                hint='known profiles: ' + ', '.join(self.profiles)))
        return self.profiles[name]

    def out(self, profile):
        """The build folder of a profile."""
        return self.build / profile


def suggestion(key, known):
    """A hint for a misspelt `key`."""
    close = difflib.get_close_matches(key, list(known), 1)
    return (f'did you mean {close[0]!r}?' if close
            else 'known keys: ' + ', '.join(sorted(known)))


def _profile(name, table, path):
    known = {f.name for f in fields(Profile)} - {'name'}
    for key, value in table.items():
        if key not in known:
            raise BookError(Problem(
                f'unknown key {key!r} in [tool.book.profiles.{name}]', path,
                hint=suggestion(key, known)))
        if (isinstance(value, bool) or not isinstance(value, int | float)
                or value <= 0):
            raise BookError(Problem(
                f'{key} in [tool.book.profiles.{name}] must be a positive '
                f'number of seconds, not {value!r}', path))
    return Profile(name, **table)


def load(root):
    """Read the configuration of the book whose top folder is `root`."""
    root = Path(root).resolve()
    path = root / 'pyproject.toml'
    try:
        text = path.read_text(encoding='utf-8')
    except OSError as error:
        raise BookError(Problem(
            f'cannot read the configuration: {error.strerror}', path,
            hint='run the command in the top folder of the book')) from None
    try:
        table = tomllib.loads(text).get('tool', {}).get('book', {})
    except tomllib.TOMLDecodeError as error:
        raise BookError(Problem(f'not valid TOML: {error}', path)) from None
    known = {f.name: f for f in fields(Book)
             if f.name not in ('root', 'write_shared_store')}
    values = {}
    for key, value in table.items():
        if key not in known:
            raise BookError(Problem(f'unknown key {key!r} in [tool.book]',
                                    path, hint=suggestion(key, known)))
        if key == 'profiles':
            value = {name: _profile(name, sub, path)
                     for name, sub in value.items()}
        elif key in ('preload', 'environment'):
            if not (isinstance(value, list)
                    and all(isinstance(v, str) for v in value)):
                raise BookError(Problem(
                    f'{key} in [tool.book] must be a list of strings', path))
            value = tuple(value)
        elif not isinstance(value, str):
            raise BookError(Problem(
                f'{key} in [tool.book] must be a string, not {value!r}',
                path))
        values[key] = value
    for key in ('chapters', 'module', 'build', 'data'):
        values[key] = root / values.get(key, known[key].default)
    # The same places from the environment, for read-only checkouts and CI.
    if os.environ.get('BOOK_BUILD'):
        values['build'] = Path(os.environ['BOOK_BUILD']).resolve()
    if os.environ.get('D2L_DATA'):
        values['data'] = Path(os.environ['D2L_DATA']).resolve()
    store = (os.environ.get('BOOK_STORE')
             or values.get('store', known['store'].default))
    if '://' not in store:
        if not os.environ.get('BOOK_STORE') and store.startswith('_build/'):
            store = str(values['build'] / store.removeprefix('_build/'))
        else:
            store = str(root / store)
    values['store'] = store
    values['shared_store'] = (os.environ.get('BOOK_SHARED_STORE')
                              or values.get('shared_store', ''))
    if values['shared_store'] and '://' not in values['shared_store']:
        values['shared_store'] = str(root / values['shared_store'])
    # Only from the environment: who builds a pull request may not write.
    values['write_shared_store'] = os.environ.get(
        'BOOK_SHARED_STORE_WRITE', '0') not in ('', '0')
    values.setdefault('profiles', {})
    values['profiles'] = {'cpu': Profile('cpu')} | values['profiles']
    return Book(root=root, **values)
