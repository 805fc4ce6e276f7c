"""Where the files of a store lie: a folder, or any file system of fsspec.

A place reads, writes, removes and lists files by their names, ``ab/ab….json``.
Writing is atomic: whoever reads sees a whole file or none.
"""
import contextlib
import os
import socket
import uuid
from pathlib import Path

# Where one request puts a whole file; elsewhere it is written beside its
# place first and moved.
_WHOLE = frozenset({'s3', 's3a', 'gs', 'gcs', 'az', 'abfs', 'adl', 'memory'})
READ_ONLY = frozenset({'http', 'https'})
HOST = socket.gethostname().split('.')[0] or 'host'


class ReadOnlyPlace(OSError):
    """A place that cannot be written to."""


def is_url(location):
    return '://' in location and not location.startswith('file://')


def open_place(location):
    """The place at a path, a ``file://`` address or a URL of fsspec's."""
    if is_url(location):
        return Remote(location)
    return Folder(location.removeprefix('file://'))


class Folder:
    """A folder of the local file system, which many may write at once."""

    writable = True

    def __init__(self, root):
        self.root = Path(root)

    def read(self, name):
        return (self.root / name).read_bytes()

    def read_many(self, names):
        """Contents by name, of the files that are there."""
        found = {}
        for name in names:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                found[name] = self.read(name)
        return found

    def write(self, name, blob):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(
            f'.{path.name}.{HOST}.{os.getpid()}.{uuid.uuid4().hex}.part')
        try:
            with open(part, 'wb') as file:
                file.write(blob)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def remove(self, name):
        (self.root / name).unlink(missing_ok=True)

    def touch(self, name):
        """Note that a file was of use."""
        with contextlib.suppress(OSError):
            os.utime(self.root / name)

    def last_used(self, name):
        """Seconds since the epoch, or None where that is not known."""
        try:
            return (self.root / name).stat().st_mtime
        except OSError:
            return None

    def names(self):
        return sorted(p.relative_to(self.root).as_posix()
                      for p in self.root.glob('??/*.json'))

    def sweep(self):
        """Remove what writers that were killed have left, and only that."""
        for part in self.root.glob('??/.*.part'):
            fields = part.name.split('.')
            if len(fields) < 4 or not fields[-3].isdigit():
                continue
            if fields[-4] == HOST and not _alive(int(fields[-3])):
                with contextlib.suppress(OSError):
                    part.unlink()


def _alive(pid):
    import psutil
    return psutil.pid_exists(pid)


class Remote:
    """Any file system that fsspec knows; HTTP can only be read."""

    def __init__(self, url):
        import fsspec
        protocol = url.split('://', 1)[0].rsplit('::', 1)[-1]
        self.writable = protocol not in READ_ONLY
        self.whole = protocol in _WHOLE
        options = {}
        if not self.writable:
            import aiohttp
            options['client_kwargs'] = {'timeout': aiohttp.ClientTimeout(
                total=300, connect=10)}
        self.fs, root = fsspec.core.url_to_fs(url, **options)
        # The root of a file system of addresses is the address itself.
        self.root = root.rstrip('/')

    def _path(self, name):
        return f'{self.root}/{name}'

    def read(self, name):
        return self.fs.cat_file(self._path(name))

    def read_many(self, names):
        names = list(names)
        if not names:
            return {}
        paths = {self._path(name): name for name in names}
        got = self.fs.cat(list(paths), on_error='return')
        if not isinstance(got, dict):       # one path, taken as a file
            got = {next(iter(paths)): got}
        found = {}
        for path, value in got.items():
            if isinstance(value, FileNotFoundError):
                continue
            if isinstance(value, Exception):
                raise value
            found[paths.get(path) or self._name(path)] = value
        return found

    def _name(self, path):
        return '/'.join(path.rsplit('/', 2)[-2:])

    def write(self, name, blob):
        if not self.writable:
            raise ReadOnlyPlace(30, 'it can only be read')
        path = self._path(name)
        if self.whole:
            self.fs.pipe_file(path, blob)
            return
        part = f'{path}.{uuid.uuid4().hex}.part'
        self.fs.makedirs(path.rsplit('/', 1)[0], exist_ok=True)
        try:
            self.fs.pipe_file(part, blob)
            self.fs.mv(part, path)
        except BaseException:
            with contextlib.suppress(Exception):
                self.fs.rm_file(part)
            raise

    def remove(self, name):
        if not self.writable:
            raise ReadOnlyPlace(30, 'it can only be read')
        with contextlib.suppress(FileNotFoundError):
            self.fs.rm_file(self._path(name))

    def touch(self, name):
        """Nothing: file systems of others keep their own times."""

    def last_used(self, name):
        with contextlib.suppress(Exception):
            return self.fs.modified(self._path(name)).timestamp()
        return None

    def names(self):
        return sorted(self._name(p)
                      for p in self.fs.glob(f'{self.root}/??/*.json'))

    def sweep(self):
        """Nothing: who writes there is not known here."""
