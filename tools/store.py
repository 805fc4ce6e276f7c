"""Content-addressed store of results: one file per fingerprint.

The location is a folder or any fsspec URL (``s3://…``, ``memory://…``); see
`places`.  A team shares a second store behind it: what is not found here is
looked for there, and what is made here is put there by those who may write.

A file is a line with the checksum of the rest, then JSON.  One that is
damaged, or that is not the result of the parts whose fingerprint it is named
after, counts as missing and is made anew.
"""
import contextlib
import hashlib
import io
import json
import re
import tarfile
import time

from tools import fingerprint as fingerprint_module
from tools import places
from tools.errors import BookError, Problem

_NAME = re.compile(r'([0-9a-f]{2})/(\1[0-9a-f]{62})\.json')
LIMIT = 1 << 30         # bytes of a single result, at most
PATIENCE = 3            # failures of a shared store before it is left alone


class DamagedResult(ValueError):
    """A stored file that is no result, or not the one it is named after."""


def _pack(record):
    body = json.dumps(record, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(body).hexdigest().encode() + b'\n' + body


def _unpack(blob, fingerprint):
    """The record of a stored file; DamagedResult where it is none."""
    head, _, body = blob.partition(b'\n')
    if hashlib.sha256(body).hexdigest().encode() != head:
        raise DamagedResult('its checksum does not match')
    try:
        record = json.loads(body)
    except ValueError as error:
        raise DamagedResult(f'it is not JSON: {error}') from None
    if not isinstance(record, dict):
        raise DamagedResult('it is no record')
    if fingerprint_module.of(record.get('parts')) != fingerprint:
        raise DamagedResult('it is the result of something else')
    if not (_are_outputs(record.get('outputs'))
            and isinstance(record.get('seconds'), (int, float))
            and isinstance(record.get('date'), str)):
        raise DamagedResult('its fields are not those of a result')
    return record


def _are_outputs(cells):
    """Whether `cells` is what `notebooks.outputs_of` makes."""
    return isinstance(cells, list) and all(
        isinstance(cell, dict) and isinstance(cell.get('outputs'), list)
        and all(isinstance(output, dict) and 'output_type' in output
                for output in cell['outputs'])
        for cell in cells)


class Store:
    """Results by fingerprint; never fails a build by being unreachable."""

    def __init__(self, location, say=print, shared='', write_shared=False):
        self.location, self.shared_location = location, shared
        self.say = say
        self._files = self._open(location)
        self._shared = self._open(shared) if shared else None
        self.write_shared = bool(self._shared and write_shared
                                 and self._shared.writable)
        self._failures = 0
        self._fetched = {}

    @staticmethod
    def _open(location):
        try:
            return places.open_place(location)
        except (ImportError, ValueError, OSError) as error:
            raise BookError(Problem(
                f'cannot open the store {location}: {error}',
                hint='check store and shared_store in [tool.book], BOOK_STORE '
                     'and BOOK_SHARED_STORE; some locations need a package '
                     'such as s3fs')) from None

    @staticmethod
    def key(fingerprint):
        return f'{fingerprint[:2]}/{fingerprint}.json'

    # -- reading ------------------------------------------------------------

    def get(self, fingerprint):
        """The record kept under `fingerprint`, or None."""
        record = self._read(self._files, self.location, fingerprint)
        if record is not None:
            self._files.touch(self.key(fingerprint))
        elif self._shared and self._failures < PATIENCE:
            blob = self._fetched.pop(fingerprint, None)
            record = self._read(self._shared, self.shared_location,
                                fingerprint, blob)
            if record is not None:
                self._keep(fingerprint, record)
        return record

    def prefetch(self, wanted):
        """Ask the shared store for many fingerprints at once."""
        if not self._shared or self._failures >= PATIENCE:
            return
        known = self._files
        missing = [f for f in wanted
                   if not (isinstance(known, places.Folder)
                           and (known.root / self.key(f)).exists())]
        try:
            found = self._shared.read_many(map(self.key, missing))
        except Exception as error:      # a network file system may do anything
            self._unreachable(self.shared_location, error)
            self._failures = PATIENCE
            return
        # What is not there need not be asked for one by one.
        self._fetched = {f: found.get(self.key(f)) or b'' for f in missing}

    def _read(self, place, location, fingerprint, blob=None):
        name = self.key(fingerprint)
        try:
            if blob == b'':
                return None
            return _unpack(place.read(name) if blob is None else blob,
                           fingerprint)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except DamagedResult as error:
            self.say(f'warning: a stored result is damaged and will be made '
                     f'anew: {location}/{name} ({error})')
            if place is self._files or self.write_shared:
                with contextlib.suppress(Exception):
                    place.remove(name)
            return None
        except Exception as error:      # a network file system may do anything
            self._unreachable(location, error)
            self._failures += place is self._shared
            return None

    def _unreachable(self, location, error):
        self.say(f'warning: cannot read the store {location}: '
                 f'{str(error) or type(error).__name__}')

    # -- writing ------------------------------------------------------------

    def put(self, fingerprint, record):
        """Keep `record`; returns False, after a warning, if it can't be."""
        kept = self._keep(fingerprint, record)
        if self.write_shared and self._failures < PATIENCE:
            try:
                self._shared.write(self.key(fingerprint), _pack(record))
            except Exception as error:
                self._failures += 1
                self.say(f'warning: the result could not be shared in '
                         f'{self.shared_location}: {_reason(error)}')
        return kept

    def _keep(self, fingerprint, record):
        try:
            self._files.write(self.key(fingerprint), _pack(record))
            return True
        except Exception as error:
            self.say(f'warning: the result could not be kept in '
                     f'{self.location}: {_reason(error)}')
            return False

    def sweep(self):
        """Remove what killed builds have left in writing."""
        with contextlib.suppress(OSError):
            self._files.sweep()

    # -- care ---------------------------------------------------------------

    def fingerprints(self):
        """Fingerprints of all results kept here."""
        try:
            found = map(_NAME.fullmatch, self._files.names())
            return [match.group(2) for match in found if match]
        except Exception as error:
            raise BookError(Problem(
                f'cannot list the store {self.location}: {_reason(error)}'
            )) from None

    def last_used(self, fingerprint):
        """Seconds since the epoch; None where that is not known."""
        return self._files.last_used(self.key(fingerprint))

    def verify(self):
        """(number of results, fingerprints that were damaged and removed)."""
        keys = self.fingerprints()
        return len(keys), [k for k in keys if self.get(k) is None]

    def prune(self, needed, days):
        """Remove what the book no longer needs and `days` have not used.

        Returns (number removed, bytes freed).
        """
        before = time.time() - days * 86400
        removed = freed = 0
        self.sweep()
        for key in self.fingerprints():
            name = self.key(key)
            used = self.last_used(key)
            if key in needed or (used is not None and used > before):
                continue
            with contextlib.suppress(OSError):
                freed += len(self._files.read(name))
                self._files.remove(name)
                removed += 1
        return removed, freed

    def write_archive(self, path):
        """Write all sound results into a tar archive; returns how many."""
        count = 0
        try:
            with tarfile.open(path, 'w:gz') as archive:
                for key in self.fingerprints():
                    record = self.get(key)
                    if record is None:
                        continue
                    blob = _pack(record)
                    member = tarfile.TarInfo(self.key(key))
                    member.size = len(blob)
                    archive.addfile(member, io.BytesIO(blob))
                    count += 1
        except OSError as error:
            raise BookError(Problem(f'cannot write: {_reason(error)}',
                                    path)) from None
        return count

    def read_archive(self, path):
        """Take over the results of an archive: (number taken, refused).

        Only members that are results under their own names are taken, and
        nothing is ever unpacked into the file system: `refused` maps the
        names of others to the reasons.
        """
        taken, refused = 0, {}
        try:
            with tarfile.open(path, 'r:*') as archive:
                for member in archive:
                    match = _NAME.fullmatch(member.name)
                    if not match or not member.isfile():
                        refused[member.name] = 'not the name of a result'
                        continue
                    if member.size > LIMIT:
                        refused[member.name] = 'too large'
                        continue
                    blob = archive.extractfile(member).read()
                    try:
                        record = _unpack(blob, match.group(2))
                    except DamagedResult as error:
                        refused[member.name] = str(error)
                        continue
                    taken += self._keep(match.group(2), record)
        except (OSError, EOFError, tarfile.TarError) as error:
            raise BookError(Problem(
                f'not an archive of results, or a damaged one: {error}', path,
                hint=f'{taken} results before the damage were taken'
            )) from None
        return taken, refused


def of_book(book, say=print):
    """The store that a book is configured to use."""
    return Store(book.store, say, book.shared_store,
                 book.write_shared_store)


def _reason(error):
    return getattr(error, 'strerror', None) or error or type(error).__name__
