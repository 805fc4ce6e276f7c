"""Content-addressed store of results: one file per fingerprint.

The location is a folder or any fsspec URL (``s3://…``, ``memory://…``).  A
file is a line with the checksum of the rest, then JSON; it is written
atomically, and one that is damaged counts as missing.
"""
import contextlib
import hashlib
import json
import os
import uuid
from pathlib import Path

from tools.errors import BookError, Problem


class StoreWarning(UserWarning):
    """A result could not be kept, or one in the store was damaged."""


def _pack(record):
    body = json.dumps(record, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(body).hexdigest().encode() + b'\n' + body


def _unpack(blob):
    """The record of a stored file; ValueError where it is damaged."""
    head, _, body = blob.partition(b'\n')
    if hashlib.sha256(body).hexdigest().encode() != head:
        raise ValueError('its checksum does not match')
    return json.loads(body)


class _Folder:
    """A folder of the local file system."""

    def __init__(self, root):
        self.root = Path(root)

    def read(self, key):
        return (self.root / key).read_bytes()

    def write(self, key, blob):
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f'.{path.name}.{uuid.uuid4().hex}.part')
        try:
            with open(part, 'wb') as file:
                file.write(blob)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def remove(self, key):
        (self.root / key).unlink(missing_ok=True)

    def names(self):
        return sorted(p.relative_to(self.root).as_posix()
                      for p in self.root.glob('??/*.json'))


class _Remote:
    """Any file system that fsspec knows."""

    def __init__(self, url):
        import fsspec
        self.fs, self.root = fsspec.core.url_to_fs(url)
        self.root = self.root.rstrip('/')

    def read(self, key):
        return self.fs.cat_file(f'{self.root}/{key}')

    def write(self, key, blob):
        path = f'{self.root}/{key}'
        part = f'{path}.{uuid.uuid4().hex}.part'
        self.fs.makedirs(path.rsplit('/', 1)[0], exist_ok=True)
        self.fs.pipe_file(part, blob)
        self.fs.mv(part, path)

    def remove(self, key):
        self.fs.rm_file(f'{self.root}/{key}')

    def names(self):
        return sorted(p.removeprefix(f'{self.root}/')
                      for p in self.fs.glob(f'{self.root}/??/*.json'))


class Store:
    """Results by fingerprint; never fails a build by being unreachable."""

    def __init__(self, location, say=print):
        self.location = location
        self.say = say
        remote = '://' in location and not location.startswith('file://')
        try:
            self._files = (_Remote(location) if remote
                           else _Folder(location.removeprefix('file://')))
        except (ImportError, ValueError, OSError) as error:
            raise BookError(Problem(
                f'cannot open the store {location}: {error}',
                hint='check [tool.book] store or BOOK_STORE; some locations '
                     'need a package such as s3fs')) from None

    @staticmethod
    def key(fingerprint):
        return f'{fingerprint[:2]}/{fingerprint}.json'

    def get(self, fingerprint):
        """The record kept under `fingerprint`, or None."""
        key = self.key(fingerprint)
        try:
            return _unpack(self._files.read(key))
        except FileNotFoundError:
            return None
        except ValueError as error:
            self.say(f'warning: a stored result is damaged and will be made '
                     f'anew: {self.location}/{key} ({error})')
            with contextlib.suppress(Exception):
                self._files.remove(key)
            return None
        except Exception as error:      # a network file system may do anything
            self.say(f'warning: cannot read the store {self.location}: '
                     f'{error}')
            return None

    def put(self, fingerprint, record):
        """Keep `record`; returns False, after a warning, if it can't be."""
        try:
            self._files.write(self.key(fingerprint), _pack(record))
            return True
        except Exception as error:
            reason = getattr(error, 'strerror', None) or error
            self.say(f'warning: the result could not be kept in '
                     f'{self.location}: {reason}')
            return False

    def keys(self):
        """Fingerprints of all results kept."""
        return [k.rsplit('/', 1)[1].removesuffix('.json')
                for k in self._files.names()]
