"""The cache of data sets: looking up, verifying, fetching once.

Lookup order: the cache, a mirror (``D2L_DATA_MIRROR``, a folder or an address
that is laid out like a cache), then the sources of the catalogue.  A file
gets its name in the cache only after its checksum was found right, by one
atomic step, so nobody ever sees a part of a file.
"""
import contextlib
import errno
import hashlib
import os
import shutil
import sys
import tempfile
import time
import urllib.parse
import warnings
from pathlib import Path

from d2l.data import catalogue, sources
from d2l.data.errors import DataError, SourceError
from d2l.data.progress import amount

_verified = {}      # path: (size, time) with which the checksum was right


def cache_folder():
    """Where data sets lie: ``D2L_DATA``, a checkout's data/, or a cache."""
    if os.environ.get('D2L_DATA'):
        return Path(os.environ['D2L_DATA']).expanduser().absolute()
    top = Path(__file__).resolve().parents[2]
    if (top / 'chapters').is_dir() and (top / 'pyproject.toml').is_file():
        return top / 'data'
    if sys.platform == 'win32':
        base = os.environ.get('LOCALAPPDATA') or '~/AppData/Local'
    elif sys.platform == 'darwin':
        base = '~/Library/Caches'
    else:
        base = os.environ.get('XDG_CACHE_HOME') or '~/.cache'
    return Path(base).expanduser() / 'd2l'


def digest(path, algorithm='sha256'):
    """The checksum of the file `path`, in hexadecimal digits."""
    with open(path, 'rb') as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def _is_right(path, file, edition=False):
    """Whether a file has the contents that the catalogue pins."""
    status = path.stat()
    mark = (status.st_size, status.st_mtime_ns, file.digest)
    if _verified.get(path) == mark:
        return True
    right = (not file.size or status.st_size == file.size) and (
        digest(path, file.algorithm) == file.digest)
    if not right and edition and file.editions:
        right = digest(path) in file.editions
        if right:
            warnings.warn(f'{file.name} is here in another edition than the '
                          'published one; results will differ', stacklevel=3)
    if right:
        _verified[path] = mark
    return right


def _missing(entry, folder):
    """The files of an entry that are not there; wrong ones, separately."""
    missing, wrong = [], []
    for file in entry.files:
        path = folder / file.name
        if not path.is_file():
            missing.append(file)
        elif not _is_right(path, file, edition=True):
            wrong.append(file)
    return missing, wrong


@contextlib.contextmanager
def _writing(folder):
    """Turn errors of writing to `folder` into ones that say what to do."""
    try:
        yield
    except OSError as error:
        reasons = {
            errno.ENOSPC: 'the disk is full', errno.EDQUOT: 'your quota is '
            'used up', errno.EROFS: 'the file system is read-only',
            errno.EACCES: 'you may not write there', errno.EPERM:
            'you may not write there'}
        reason = reasons.get(error.errno, error.strerror or str(error))
        raise DataError(
            f'cannot write to {folder}: {reason}.  Make room or give '
            'permission, or set the environment variable D2L_DATA to another '
            'folder') from error


@contextlib.contextmanager
def lock(path):
    """Hold the lock file `path`; others wait, also threads of this process.

    The operating system releases the lock when its holder dies, so a lock
    file that was left behind locks nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'a+b') as stream:
        _take(stream.fileno())
        try:
            yield
        finally:
            _release(stream.fileno())


if sys.platform == 'win32':     # pragma: no cover
    import msvcrt

    def _take(number):
        while True:
            try:
                os.lseek(number, 0, os.SEEK_SET)
                return msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(0.1)

    def _release(number):
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _take(number):
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
        except OSError as error:    # some network drives cannot lock;
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP,
                                   errno.EINVAL):
                raise           # there, two may do the same work

    def _release(number):
        with contextlib.suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_UN)


def fetch(name, cache=None):
    """Fetch a data set unless it is in the cache; returns its folder.

    `cache` is the folder of all data sets, by default `cache_folder()`.
    Raises `DataError`, which says what was tried and what to do by hand.
    """
    entry = catalogue.entry(name)
    cache = Path(cache) if cache is not None else cache_folder()
    folder = cache / entry.folder
    if not any(_missing(entry, folder)):
        return folder
    with _writing(cache), lock(cache / '.locks' / f'{entry.name}.lock'):
        # Somebody else may have fetched it while we waited for the lock.
        missing, wrong = _missing(entry, folder)
        for file in wrong:
            _set_aside(folder / file.name)
        if missing or wrong:
            _get(entry, missing + wrong, cache)
    return folder


def _set_aside(path):
    """Rename a file with wrong contents, so that nobody uses it."""
    number = 1
    while (aside := path.with_name(
            f'{path.name}.wrong-checksum-{number}')).exists():
        number += 1
    path.rename(aside)
    warnings.warn(f'{path} had a wrong checksum; it is now {aside.name}, and '
                  'the file is fetched anew', stacklevel=4)


def _get(entry, files, cache):
    """Get files of an entry, from the first place that delivers each."""
    start = f'.part-{entry.name}-'
    for left in cache.glob(f'{start}*'):    # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    tried, wanted = [], {file.name: file for file in files}
    with tempfile.TemporaryDirectory(prefix=start, dir=cache) as part:
        part = Path(part)
        for file in files:
            (part / file.name).parent.mkdir(parents=True, exist_ok=True)

        def accept(names, failed, where, edition=False):
            for name in names:
                if name not in failed:
                    if _is_right(part / name, wanted[name], edition):
                        path = cache / entry.folder / name
                        path.parent.mkdir(parents=True, exist_ok=True)
                        os.replace(part / name, path)
                        del wanted[name]
                        continue
                    (part / name).unlink()
                    failed[name] = f'{name} has a wrong checksum'
            for reason in dict.fromkeys(failed.values()):
                tried.append(f'{where}: {reason}')

        mirror = os.environ.get('D2L_DATA_MIRROR')
        if mirror:
            failed, names = {}, list(wanted)
            for name in names:
                try:
                    sources.read_mirror(
                        mirror, f'{entry.folder}/{name}', part / name,
                        f'{entry.title}, {name}', wanted[name].size)
                except SourceError as error:
                    failed[name] = str(error)
            accept(names, failed, f'mirror {mirror}', edition=True)
        for source in entry.sources:
            names = [name for name in wanted if name in source.members]
            if names:
                accept(names, sources.deliver(source, names, part, entry),
                       source)
    if wanted:
        raise DataError(_advice(entry, wanted.values(), tried, cache))


def _advice(entry, files, tried, cache):
    """What was tried in vain, and what a person can do about it."""
    folder = cache / entry.folder
    lines = [f'the data set {entry.name!r} ({entry.title}) could not be '
             'fetched.', 'Tried were:']
    lines += [f'  - {line}' for line in tried] or ['  (nothing to try)']
    lines += ['By hand: get '
              + ('this file, unpacked,' if len(files) == 1 else
                 'these files, unpacked,')
              + f' and put {"it" if len(files) == 1 else "them"} into '
              f'{folder}:']
    for file in files:
        size = f'{file.size:,} bytes, ' if file.size else ''
        lines.append(f'  - {file.name} ({size}{file.algorithm} '
                     f'{file.digest})')
    lines += [
        f'They are described at {entry.homepage}.' if len(files) > 1 else
        f'It is described at {entry.homepage}.',
        'Or set D2L_DATA_MIRROR to a folder or an address that has '
        f'{entry.folder}/{next(iter(files)).name}, for example the folder '
        'data of somebody who has the data set.']
    return '\n'.join(lines)


def path(name, file, cache=None):
    """The path of a file of a data set, which is fetched if need be."""
    catalogue.entry(name).file(file)        # say so before fetching
    return fetch(name, cache) / file


def _known(url, sha1):
    """The (entry, file) of the catalogue that `url` means, or None."""
    if '://' not in url:
        entry = catalogue.entry(url)
        if len(entry.files) > 1:
            raise DataError(f'{url!r} has several files; use '
                            f'd2l.data.fetch({url!r}) to get its folder')
        return entry, entry.files[0]
    for entry in catalogue.entries().values():
        for source in entry.sources:
            if source.kind == 'url' and source.form == 'plain':
                for name, member in source.members.items():
                    file = entry.file(name)
                    if member == url and sha1 in (None, file.sha1):
                        return entry, file
    return None


def download(url, folder, sha1=None):
    """Download the file at `url` into `folder`; returns its path.

    An address of the catalogue, or the name of a data set of one file, is
    served by the catalogue, from wherever it can be had.  Otherwise the
    address is read, or ``file name`` in the mirror if `sha1` tells what must
    be there.  A file that is in `folder` already is kept when its checksum is
    right, or when there is none to compare.
    """
    url, folder = str(url), Path(folder)
    known = _known(url, sha1)
    name = known[1].name if known else Path(urllib.parse.unquote(
        urllib.parse.urlsplit(url).path)).name
    if not name:
        raise DataError(f'the address {url!r} does not end in a file name')
    target = folder / name
    if target.is_file() and _is_kept(target, known, sha1):
        return target
    with _writing(folder), lock(_lock_of(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_file():
            if _is_kept(target, known, sha1):
                return target
            _set_aside(target)
        with tempfile.TemporaryDirectory(prefix='.part-', dir=folder) as part:
            part = Path(part) / target.name
            if known:
                shutil.copyfile(path(known[0].name, name), part)
            else:
                _download(url, part, name, sha1)
            os.replace(part, target)
    return target


def _lock_of(target):
    """A lock file for any file, not beside it, where it would be in the way.
    """
    text = hashlib.sha256(str(target.absolute()).encode()).hexdigest()
    user = getattr(os, 'getuid', lambda: 0)()
    return Path(tempfile.gettempdir(), f'd2l-locks-{user}', text[:32])


def _is_kept(target, known, sha1):
    if known:
        return _is_right(target, known[1], edition=True)
    return not sha1 or digest(target, 'sha1') == sha1


def _download(url, part, name, sha1):
    """Read an address that is not in the catalogue, or a mirror of it."""
    mirror, tried = os.environ.get('D2L_DATA_MIRROR'), []
    places = [('mirror', lambda: sources.read_mirror(mirror, name, part))] if (
        mirror and sha1) else []
    for where, read in [*places, (url, lambda: sources.read_url(
            url, part, label=name))]:
        try:
            read()
            if sha1 and digest(part, 'sha1') != sha1:
                raise SourceError('the file has a wrong checksum, '
                                  f'{digest(part, "sha1")}')
            return
        except SourceError as error:
            tried.append(f'  - {where}: {error}')
    raise DataError('\n'.join([
        f'{name} could not be downloaded.  Tried were:', *tried,
        f'By hand: put it into {part.parent.parent.resolve()}'
        + (f' (sha1 {sha1})' if sha1 else '')
        + (', or into the folder D2L_DATA_MIRROR' if sha1 else '')]))


def status(name, cache=None):
    """'there', 'missing' or 'damaged', without fetching anything."""
    entry = catalogue.entry(name)
    folder = (Path(cache) if cache is not None else cache_folder())
    missing, wrong = _missing(entry, folder / entry.folder)
    return 'damaged' if wrong else 'missing' if missing else 'there'


def describe(name):
    """One line about an entry."""
    entry = catalogue.entry(name)
    size = amount(entry.size) if entry.size else '?'
    return f'{entry.title}: {entry.about} ({size}; {entry.licence})'
