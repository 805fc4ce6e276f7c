"""Archives: what is unpacked, and what may not get out of the folder."""
import gzip
import io
import lzma
import os
import pickle
import shutil
import stat
import tarfile
import zipfile

import pytest

from d2l.data import archives, frames, unpack
from d2l.data.archives import ArchiveError
from d2l.data.errors import SourceError


def make_zip(path, members):
    with zipfile.ZipFile(path, 'w') as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def make_tar(path, *members):
    """Members are (name, contents) or (name, type of link, target)."""
    with tarfile.open(path, 'w:' + path.suffix[1:].replace('tar', '')) as tar:
        for name, *rest in members:
            info = tarfile.TarInfo(name)
            if len(rest) == 2:
                info.type, info.linkname = rest
                tar.addfile(info)
            else:
                info.size = len(rest[0])
                tar.addfile(info, io.BytesIO(rest[0]))
    return path


def make_deb(path, tar):
    """A Debian package with the files of a tar archive."""
    members = [(b'debian-binary', b'2.0\n'),
               (b'control.tar.gz', gzip.compress(b'\0' * 1024)),
               (b'data.tar.xz', lzma.compress(tar.read_bytes()))]
    with open(path, 'wb') as out:
        out.write(b'!<arch>\n')
        for name, text in members:
            out.write(b'%-16s%-12d%-6d%-6d%-8s%-10d`\n' % (
                name, 0, 0, 0, b'100644', len(text)))
            out.write(text + b'\n' * (len(text) % 2))
    return path


@pytest.fixture
def place(tmp_path):
    """The folder to unpack into; nothing else may change around it."""
    (tmp_path / 'in' / 'target').mkdir(parents=True)
    return tmp_path / 'in' / 'target'


def around(place):
    return sorted(str(p.relative_to(place.parent))
                  for p in place.parent.rglob('*'))


@pytest.mark.parametrize('name', ['x.zip', 'x.tar', 'x.tar.gz', 'x.tar.xz',
                                  'x.tar.bz2'])
def test_unpack(tmp_path, place, name):
    path = tmp_path / name
    if name.endswith('zip'):
        make_zip(path, {'a/b.txt': 'bee', 'c.txt': 'sea'})
    else:
        make_tar(path, ('a/b.txt', b'bee'), ('c.txt', b'sea'))
    (place / 'c.txt').write_text('old')
    assert unpack(path, place) == place
    assert (place / 'a' / 'b.txt').read_text() == 'bee'
    assert (place / 'c.txt').read_text() == 'sea'
    assert around(place) == ['target', 'target/a', 'target/a/b.txt',
                             'target/c.txt']


def test_unpack_beside(tmp_path):
    unpack(make_zip(tmp_path / 'x.zip', {'a.txt': 'a'}))
    assert (tmp_path / 'a.txt').read_text() == 'a'


EVIL = ['../evil', '/tmp/d2l-evil', 'a/../../evil', 'C:/evil', '..\\evil',
        '\\evil', '//server/evil']


@pytest.mark.parametrize('name', EVIL)
@pytest.mark.parametrize('kind', ['zip', 'tar'])
def test_traversal(tmp_path, place, kind, name):
    path = tmp_path / f'x.{kind}'
    if kind == 'zip':
        make_zip(path, {'good.txt': 'good', name: 'evil'})
    else:
        make_tar(path, ('good.txt', b'good'), (name, b'evil'))
    if kind == 'zip' and '\\' in name and os.sep == '\\':
        pytest.skip('zipfile turns backslashes into slashes here')
    before = around(place)
    with pytest.raises(ArchiveError, match='refused'):
        unpack(path, place)
    assert around(place) == before          # not even the good one
    assert not os.path.exists('/tmp/d2l-evil')


@pytest.mark.parametrize('kind, target', [
    (tarfile.SYMTYPE, '../outside'), (tarfile.SYMTYPE, '/etc'),
    (tarfile.SYMTYPE, 'good.txt'), (tarfile.LNKTYPE, '../outside'),
    (tarfile.CHRTYPE, ''), (tarfile.FIFOTYPE, '')])
def test_links_and_devices_in_tar(tmp_path, place, kind, target):
    outside = place.parent / 'outside'
    outside.mkdir()
    path = make_tar(tmp_path / 'x.tar', ('link', kind, target),
                    ('link/evil.txt', b'evil'))
    with pytest.raises(ArchiveError, match='link or a device'):
        unpack(path, place)
    assert not any(outside.iterdir()) and not any(place.iterdir())


def test_link_in_zip(tmp_path, place):
    path = tmp_path / 'x.zip'
    with zipfile.ZipFile(path, 'w') as archive:
        info = zipfile.ZipInfo('link')
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, '/etc')
        archive.writestr('link/passwd', 'evil')
    with pytest.raises(ArchiveError, match='link or a device'):
        unpack(path, place)
    assert not any(place.iterdir())


def test_link_that_was_there(tmp_path, place):
    outside = place.parent / 'outside'
    outside.mkdir()
    (place / 'sub').symlink_to(outside, target_is_directory=True)
    with pytest.raises(ArchiveError, match='through a link'):
        unpack(make_zip(tmp_path / 'x.zip', {'sub/evil.txt': 'e'}), place)
    assert not any(outside.iterdir())


def test_damaged(tmp_path, place):
    for name in ('x.zip', 'x.tar.gz', 'x.tar'):
        (tmp_path / name).write_bytes(b'<html>please log in</html>')
        with pytest.raises(ArchiveError, match=' is damaged: '):
            unpack(tmp_path / name, place)
    with pytest.raises(ArchiveError, match='neither a zip nor a tar'):
        unpack(tmp_path / 'x.rar', place)
    with pytest.raises(ArchiveError, match='does not exist'):
        unpack(tmp_path / 'nothing.zip', place)


def read(archive, member):
    with archives.open_member(archive, member) as stream:
        return stream.read()


def test_members(tmp_path):
    wheel = make_zip(tmp_path / 'x-1-py3-none-any.whl', {'x/a': 'wheel'})
    assert read(wheel, 'x/a') == b'wheel'
    tar = make_tar(tmp_path / 'x.tar.gz', ('./x/a', b'tar'),
                   ('l', tarfile.SYMTYPE, '/etc/passwd'))
    assert read(tar, 'x/a') == b'tar'
    with pytest.raises(SourceError, match='no member x/b'):
        read(tar, 'x/b')
    with pytest.raises(SourceError, match='no member x/b'):
        read(wheel, 'x/b')
    with pytest.raises(SourceError, match='not a file'):
        read(tar, 'l')
    (tmp_path / 'y.whl').write_text('?')
    with pytest.raises(SourceError, match='whl is damaged'):
        read(tmp_path / 'y.whl', 'a')


@pytest.mark.parametrize('dpkg', [True, False])
def test_deb(tmp_path, monkeypatch, dpkg):
    if dpkg and not shutil.which('dpkg-deb'):
        pytest.skip('needs dpkg-deb')
    if not dpkg:
        monkeypatch.setattr(archives.shutil, 'which', lambda name: None)
    tar = make_tar(tmp_path / 'd.tar', ('./usr/share/a', b'deb'),
                   ('./usr/share/l', tarfile.SYMTYPE, '/etc/passwd'))
    deb = make_deb(tmp_path / 'x.deb', tar)
    assert read(deb, 'usr/share/a') == b'deb'
    with pytest.raises(SourceError, match='not a file'):
        read(deb, 'usr/share/l')
    with pytest.raises(SourceError, match='no member'):
        read(deb, 'usr/share/b')
    (tmp_path / 'y.deb').write_text('nothing')
    with pytest.raises(SourceError):
        read(tmp_path / 'y.deb', 'a')


def test_forms(tmp_path):
    target = tmp_path / 'out'
    for form, pack in (('plain', bytes), ('gzip', gzip.compress),
                       ('xz', lzma.compress)):
        archives.write_as(form, io.BytesIO(pack(b'data' * 9)), target)
        assert target.read_bytes() == b'data' * 9
    # Decompressed by a server or a proxy on the way.
    archives.write_as('gzip', io.BytesIO(b'data'), target)
    assert target.read_bytes() == b'data'
    with pytest.raises(SourceError, match='more than the 3 bytes'):
        archives.write_as('plain', io.BytesIO(b'data'), target, limit=3)
    for form, text in (('gzip', gzip.compress(b'data' * 99)[:-9]),
                       ('xz', b'<html>')):
        with pytest.raises(SourceError, match='delivers damaged'):
            archives.write_as(form, io.BytesIO(text), target)


def test_frame_as_pandas_reads_it(tmp_path):
    pd = pytest.importorskip('pandas')
    frame = pd.DataFrame({
        'n': [1, 2, 3], 'x': [0.5, None, 2.0], 'yes': [True, False, True],
        't': pd.Series(['a', None, 'say "b", c'], dtype=object),
        'm': [7, 8, 9]})
    frame.columns = pd.Index(list(frame.columns), dtype=object)
    text = frames.to_csv(pickle.dumps(frame))
    assert text.decode().splitlines() == [
        'n,x,yes,t,m', '1,0.5,TRUE,a,7', '2,NA,FALSE,NA,8',
        '3,2,TRUE,"say ""b"", c",9']
    back = pd.read_csv(io.BytesIO(text))
    assert back['x'].equals(frame['x']) and back['yes'].equals(frame['yes'])


def test_pickles_do_not_run_code(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / 'evil'),)

    with pytest.raises(pickle.UnpicklingError, match='mkdir'):
        frames.to_csv(pickle.dumps(Evil()))
    assert not (tmp_path / 'evil').exists()
    with pytest.raises(pickle.UnpicklingError, match='no.* table'):
        frames.to_csv(pickle.dumps([1, 2]))
    with pytest.raises(SourceError, match='delivers damaged'):
        archives.write_as('xz-frame', io.BytesIO(lzma.compress(
            pickle.dumps(Evil()))), tmp_path / 'out')
