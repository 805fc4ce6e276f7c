"""Archives, read so that nothing in them can lead out of a folder.

`open_member` reads one member by its name and writes nothing.  `unpack`
writes a whole archive, after it has looked at all members: only regular
files and folders with names inside the target are accepted, so neither ``..``
nor absolute paths nor links can make it write elsewhere.
"""
import contextlib
import gzip
import io
import lzma
import os
import shutil
import stat
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from d2l.data import frames
from d2l.data.catalogue import is_inside
from d2l.data.errors import DataError, SourceError

CHUNK = 1 << 20


class ArchiveError(DataError):
    """An archive that is damaged or that is refused."""


def _clean(name):
    return str(PurePosixPath(name))


def _tar_mode(name):
    name = name.lower()
    return name.endswith(('.tar', '.tar.gz', '.tgz', '.tar.bz2', '.tbz2',
                          '.tar.xz', '.txz', '.tbz'))


@contextlib.contextmanager
def open_member(archive, member):
    """A binary stream of the file `member` of an archive, wheels included."""
    archive = Path(archive)
    try:
        if archive.suffix in ('.zip', '.whl'):
            with (zipfile.ZipFile(archive) as opened,
                  opened.open(member) as stream):
                yield stream
        elif archive.suffix == '.deb':
            with _deb(archive) as opened:
                yield _tar_member(opened, member)
        else:
            with tarfile.open(archive) as opened:
                yield _tar_member(opened, member)
    except KeyError:
        raise SourceError(f'{archive.name} has no member {member}') from None
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, lzma.LZMAError,
            NotImplementedError, RuntimeError) as error:
        if isinstance(error, DataError):
            raise
        raise SourceError(f'{archive.name} is damaged ({error})') from None


def _tar_member(opened, name):
    """The member of a tar archive as a stream; links are not followed."""
    for info in opened:
        if _clean(info.name) == _clean(name):
            if not info.isreg():
                raise SourceError(f'{name} in the archive is not a file')
            return opened.extractfile(info)
    raise KeyError(name)


@contextlib.contextmanager
def _deb(path):
    """The tar archive with the files of a Debian package."""
    with contextlib.ExitStack() as stack:
        if shutil.which('dpkg-deb'):
            unpacked = stack.enter_context(tempfile.TemporaryFile())
            done = subprocess.run(
                ['dpkg-deb', '--fsys-tarfile', str(path)], stdout=unpacked,
                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
            if done.returncode:
                reason = done.stderr.decode(errors='replace').strip()
                raise SourceError(f'dpkg-deb: {reason[-200:]}')
            unpacked.seek(0)
        else:
            unpacked = _ar_member(stack.enter_context(open(path, 'rb')),
                                  'data.tar', path)
        yield stack.enter_context(tarfile.open(fileobj=unpacked))


def _ar_member(stream, start, path):
    """The member of an ``ar`` archive whose name begins with `start`."""
    if stream.read(8) != b'!<arch>\n':
        raise SourceError(f'{Path(path).name} is not a Debian package')
    while len(header := stream.read(60)) == 60:
        name = header[:16].decode('ascii', 'replace').strip().rstrip('/')
        size = int(header[48:58])
        if name.startswith(start):
            if name.endswith('.zst'):
                raise SourceError(f'{name} needs dpkg-deb to be unpacked')
            return io.BytesIO(stream.read(size))
        stream.seek(size + size % 2, os.SEEK_CUR)
    raise SourceError(f'{Path(path).name} has no member {start}')


def write_as(form, stream, target, limit=0):
    """Write what `stream` holds to the file `target`, without compression.

    More than `limit` bytes, if there is a limit, are an error.
    """
    try:
        if form == 'gzip':
            head = stream.read(2)
            rest = _Joined(head, stream)
            # A server may have undone the compression on the way.
            stream = gzip.GzipFile(fileobj=rest) if head == b'\x1f\x8b' else (
                rest)
        elif form in ('xz', 'xz-frame'):
            stream = lzma.LZMAFile(stream)  # noqa: SIM115
        if form == 'xz-frame':
            stream = io.BytesIO(frames.to_csv(stream.read()))
        done = 0
        with open(target, 'wb') as out:
            while chunk := stream.read(CHUNK):
                done += len(chunk)
                if limit and done > limit:
                    raise SourceError(f'delivers more than the {limit:,} '
                                      'bytes expected')
                out.write(chunk)
    except (gzip.BadGzipFile, EOFError, lzma.LZMAError,
            frames.pickle.UnpicklingError) as error:
        raise SourceError(f'delivers damaged data ({error})') from None


class _Joined(io.RawIOBase):
    """A stream of which the first bytes were read already."""

    def __init__(self, head, rest):
        self.head, self.rest = head, rest

    def readable(self):
        return True

    def read(self, size=-1):
        if size < 0:
            return self.readall()
        head, self.head = self.head[:size], self.head[size:]
        return head or self.rest.read(size)

    def readall(self):
        return b''.join(iter(lambda: self.read(CHUNK), b''))

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)


def _zip_members(opened, archive):
    for info in opened.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ArchiveError(f'{archive} is refused: {info.filename!r} is '
                               'a link or a device, not a file')
        yield info.filename, info.is_dir(), info


def _tar_members(opened, archive):
    for info in opened:
        if not (info.isreg() or info.isdir()):
            raise ArchiveError(f'{archive} is refused: {info.name!r} is '
                               'a link or a device, not a file')
        yield info.name, info.isdir(), info


def names(archive):
    """The names of the members of a zip or tar archive."""
    try:
        if str(archive).lower().endswith('.zip'):
            with zipfile.ZipFile(archive) as opened:
                return opened.namelist()
        with tarfile.open(archive) as opened:
            return opened.getnames()
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, lzma.LZMAError,
            OSError) as error:
        raise ArchiveError(f'cannot read {archive}: {error}') from None


def unpack(archive, folder=None):
    """Unpack a zip or tar archive into `folder`, by default its own.

    Returns the folder.  An archive with a member that would land elsewhere,
    or with links, is refused as a whole, before anything is written.  Files
    that are there already are replaced.
    """
    archive = Path(archive)
    folder = Path(folder) if folder is not None else archive.parent
    lower = archive.name.lower()
    if not (lower.endswith('.zip') or _tar_mode(lower)):
        raise ArchiveError(f'{archive} is neither a zip nor a tar archive, '
                           'by its name')
    try:
        with contextlib.ExitStack() as stack:
            if lower.endswith('.zip'):
                opened = stack.enter_context(zipfile.ZipFile(archive))
                members, read = _zip_members, opened.open
            else:
                opened = stack.enter_context(tarfile.open(archive))
                members, read = _tar_members, opened.extractfile
            todo = list(members(opened, archive))
            base = folder.resolve()
            for name, _, _ in todo:
                if _clean(name) != '.' and not is_inside(name):
                    raise ArchiveError(f'{archive} is refused: {name!r} '
                                       'leads out of the folder')
                # A link that was in the folder before would lead out, too.
                if not (base / name).resolve().is_relative_to(base):
                    raise ArchiveError(f'{archive} is refused: {name!r} '
                                       'leads through a link')
            for name, is_folder, info in todo:
                target = base / name
                if is_folder:
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                part = target.with_name(f'.{target.name}.part-{os.getpid()}')
                try:
                    with read(info) as stream, open(part, 'wb') as out:
                        shutil.copyfileobj(stream, out, CHUNK)
                    os.replace(part, target)
                finally:
                    part.unlink(missing_ok=True)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, lzma.LZMAError,
            gzip.BadGzipFile, NotImplementedError) as error:
        raise ArchiveError(f'{archive} is damaged: {error}; delete it and '
                           'fetch it again') from None
    except FileNotFoundError as error:
        raise ArchiveError(f'{error.filename} does not exist') from None
    except OSError as error:
        raise ArchiveError(f'cannot unpack {archive} into {folder}: '
                           f'{error.strerror or error}') from None
    return folder
