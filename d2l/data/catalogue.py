"""The catalogue of data sets: typed, and strict about what it reads.

The catalogue itself is data, ``catalogue.toml``.  An entry says which files a
data set has and what their checksums are, under which licence it may be used,
whom to cite, and which sources deliver it, in the order in which they are
tried.  Where a file comes from makes no difference to what it contains: what
is pinned are the *unpacked* files.
"""
import difflib
import functools
import hashlib
import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path, PurePosixPath, PureWindowsPath

from d2l.data.errors import DataError

PATH = Path(__file__).with_name('catalogue.toml')
KINDS = ('url', 'pypi', 'npm', 'debian')
FORMS = ('plain', 'gzip', 'xz', 'xz-frame')


class CatalogueError(DataError):
    """A mistake in a catalogue."""


def is_inside(name):
    """Whether `name`, in an archive or catalogue, stays inside its folder."""
    windows = PureWindowsPath(name)
    return bool(name) and '\0' not in name and not (
        windows.drive or windows.root or '..' in windows.parts
        or not PurePosixPath(name).parts)


@dataclass(frozen=True)
class File:
    """One file of a data set, after unpacking."""

    name: str           # relative to the folder of the entry
    size: int = 0       # bytes; 0 where it is not known
    sha256: str = ''
    sha1: str = ''      # as pinned by older notebooks, if they do
    # Checksums (sha256) of other editions of the same file, accepted with a
    # warning from a mirror or the cache, where a person has put them.
    editions: tuple[str, ...] = ()

    def __post_init__(self):
        if not is_inside(self.name):
            raise ValueError(f'{self.name!r} is not a name inside a folder')
        if self.size < 0:
            raise ValueError(f'the size {self.size} is negative')
        if not (self.sha256 or self.sha1):
            raise ValueError(f'{self.name} needs a sha256, or else a sha1')
        for digest, length in ((self.sha256, 64), (self.sha1, 40),
                               *((e, 64) for e in self.editions)):
            if digest and not re.fullmatch(f'[0-9a-f]{{{length}}}', digest):
                raise ValueError(f'{digest!r} is no checksum of '
                                 f'{length} hexadecimal digits')

    @property
    def algorithm(self):
        return 'sha256' if self.sha256 else 'sha1'

    @property
    def digest(self):
        return self.sha256 or self.sha1


@dataclass(frozen=True)
class Source:
    """A place that delivers files: an address, or a package of a registry.

    `members` maps names of files to what delivers them: the address for kind
    ``url``, the member of the archive for packages.  `form` says how a member
    becomes the file: it is the file (``plain``), is compressed (``gzip``,
    ``xz``), or is a compressed, pickled data frame that is turned into CSV
    (``xz-frame``).
    """

    kind: str
    members: dict[str, str]
    package: str = ''
    version: str = ''
    archive: str = 'wheel'      # of pypi: wheel or sdist
    form: str = 'plain'

    def __post_init__(self):
        for value, allowed, what in (
                (self.kind, KINDS, 'kind'), (self.form, FORMS, 'form'),
                (self.archive, ('wheel', 'sdist'), 'archive')):
            if value not in allowed:
                raise ValueError(f'{what} {value!r} is not one of '
                                 + ', '.join(allowed))
        if self.kind != 'url' and not (self.package and self.version):
            raise ValueError(f'a source of kind {self.kind} needs a package '
                             'and a version')
        if not self.members:
            raise ValueError('a source needs members')
        for member in self.members.values():
            if self.kind == 'url':
                if not re.match(r'(https?|file)://', member):
                    raise ValueError(f'{member!r} is no address')
            elif not is_inside(member):
                raise ValueError(f'{member!r} leads out of the archive')

    def __str__(self):
        if self.kind == 'url':
            return 'original address'
        name = {'pypi': 'PyPI', 'npm': 'npm', 'debian': 'Debian'}[self.kind]
        return f'{name} package {self.package} {self.version}'


@dataclass(frozen=True)
class Entry:
    """A data set."""

    name: str
    title: str
    about: str          # what it holds, in one sentence
    licence: str
    cite: str           # the reference, in full
    homepage: str
    files: tuple[File, ...]
    sources: tuple[Source, ...]
    key: str = ''       # of the reference in the book's bibliography
    folder: str = ''    # below the cache; the name of the entry if empty

    def __post_init__(self):
        if not re.fullmatch(r'[a-z0-9]+([-_.][a-z0-9]+)*', self.name):
            raise ValueError('names of data sets are lower case letters, '
                             'digits and hyphens')
        if not self.folder:
            object.__setattr__(self, 'folder', self.name)
        if not is_inside(self.folder):
            raise ValueError(f'folder {self.folder!r} leads out of the cache')
        if not self.files:
            raise ValueError('a data set needs files')
        names = [file.name for file in self.files]
        if len(set(names)) < len(names):
            raise ValueError('two files have the same name')
        for source in self.sources:
            unknown = sorted(set(source.members) - set(names))
            if unknown:
                raise ValueError(f'{source} delivers {unknown[0]!r}, which '
                                 'is not a file of the data set')

    @property
    def size(self):
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def file(self, name):
        for file in self.files:
            if file.name == name:
                return file
        raise DataError(f'the data set {self.name!r} has no file {name!r}, '
                        'but ' + ', '.join(f.name for f in self.files))


def _check(value, kind, where):
    """`value` if it is of the simple type `kind`."""
    if kind is tuple:
        if not isinstance(value, list) or not all(
                isinstance(v, str) for v in value):
            raise CatalogueError(f'{where} must be a list of texts')
        return tuple(value)
    if kind is dict:
        if not isinstance(value, dict) or not all(
                isinstance(v, str) for v in value.values()):
            raise CatalogueError(f'{where} must be a table of texts')
        return dict(value)
    if type(value) is not kind:
        names = {str: 'a text', int: 'a whole number'}
        raise CatalogueError(f'{where} must be {names[kind]}, '
                             f'not {value!r}')
    return value


def _make(cls, table, where, **given):
    """An object of the data class `cls` from a table; unknown keys fail."""
    if not isinstance(table, dict):
        raise CatalogueError(f'{where} must be a table')
    known = {f.name: f for f in fields(cls) if f.name not in given}
    values = dict(given)
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            raise CatalogueError(f'{where}: unknown key {key!r}' + (
                f', did you mean {near[0]!r}?' if near else
                f'; known are {", ".join(known)}'))
        if key in ('files', 'sources'):
            part = File if key == 'files' else Source
            if not isinstance(value, list):
                raise CatalogueError(f'{where}.{key} must be tables, '
                                     f'[[{where}.{key}]]')
            values[key] = tuple(
                _make(part, item, f'{where}.{key}[{i}]')
                for i, item in enumerate(value))
        else:
            kind = {'size': int, 'members': dict, 'editions': tuple}.get(
                key, str)
            values[key] = _check(value, kind, f'{where}.{key}')
    missing = [n for n, f in known.items()
               if n not in values and f.default is MISSING]
    if missing:
        raise CatalogueError(f'{where}: missing key {missing[0]!r}')
    try:
        return cls(**values)
    except ValueError as error:
        raise CatalogueError(f'{where}: {error}') from None


def read(path=PATH):
    """The entries of the catalogue at `path`, by name."""
    try:
        with open(path, 'rb') as stream:
            tables = tomllib.load(stream)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f'{path}: {error}') from None
    found, folders = {}, {}
    for name, table in tables.items():
        try:
            entry = found[name] = _make(Entry, table, name, name=name)
        except CatalogueError as error:
            raise CatalogueError(f'{path}: {error}') from None
        for file in entry.files:
            place = f'{entry.folder}/{file.name}'
            if place in folders:
                raise CatalogueError(f'{path}: {name} and {folders[place]} '
                                     f'both have the file {place}')
            folders[place] = name
    return found


@functools.cache
def entries():
    """All data sets that the book knows, by name."""
    return read()


def entry(name):
    """The entry `name` of the catalogue."""
    try:
        return entries()[name]
    except KeyError:
        near = difflib.get_close_matches(str(name), entries(), 1)
        raise DataError(f'there is no data set {name!r}; ' + (
            f'did you mean {near[0]!r}?' if near else
            'there are ' + ', '.join(entries()))) from None


def checksum(name):
    """A digest of the contents of a data set, the same wherever it is from.

    It changes when, and only when, a file of the data set does.
    """
    lines = sorted(f'{f.name} {f.algorithm} {f.digest}'
                   for f in entry(name).files)
    return hashlib.sha256('\n'.join(lines).encode()).hexdigest()
