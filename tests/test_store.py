"""The store of results: atomic, checked, on any file system, shared."""
import functools
import http.server
import io
import os
import subprocess
import sys
import tarfile
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import fingerprint, places
from tools.errors import BookError
from tools.store import DamagedResult, Store, _pack, _unpack


def record(n=0, text='é'):
    """A result with fingerprint `mark(n)`."""
    return {'parts': {'n': n}, 'seconds': 1.5, 'date': '2026-01-01',
            'outputs': [{'count': 1, 'outputs': [
                {'output_type': 'stream', 'name': 'stdout',
                 'text': text}]}]}


def mark(n=0):
    return fingerprint.of({'n': n})


MARK = mark()


@pytest.fixture(params=['folder', 'file', 'memory'])
def store(request, tmp_path):
    location = {'folder': str(tmp_path / 's'),
                'file': f'file://{tmp_path}/s',
                'memory': f'memory://{tmp_path.name}'}[request.param]
    said = []
    made = Store(location, said.append)
    made.said = said
    return made


def test_get_what_was_put(store):
    assert store.get(MARK) is None
    assert store.put(MARK, record())
    assert store.get(MARK) == record()
    assert store.fingerprints() == [MARK]
    assert not store.said


def test_putting_again_replaces(store):
    store.put(MARK, record(text='a'))
    store.put(MARK, record(text='b'))
    assert store.get(MARK) == record(text='b')


@given(st.binary(max_size=40), st.integers(0, 400))
def test_any_damage_is_seen(noise, position):
    blob = _pack(record(text='x' * 50))
    position %= len(blob)
    damaged = blob[:position] + noise + blob[position + len(noise) + 1:]
    if damaged != blob:
        with pytest.raises(DamagedResult):
            _unpack(damaged, MARK)


@pytest.mark.parametrize('wrong', [
    {'parts': {'n': 1}}, {'parts': None}, {'outputs': 'x'},
    {'outputs': ['x']}, {'outputs': [{'outputs': [{'text': 'no type'}]}]},
    {'seconds': '1'}, {'date': None}])
def test_what_is_no_result_of_that_name_is_refused(tmp_path, wrong):
    said = []
    store = Store(str(tmp_path), said.append)
    path = tmp_path / Store.key(MARK)
    path.parent.mkdir()
    path.write_bytes(_pack(record() | wrong))
    assert store.get(MARK) is None
    assert 'damaged' in said[0]
    assert not path.exists()


@pytest.mark.parametrize('damage', [
    lambda b: b[:-1], lambda b: b'', lambda b: b.replace(b'\n', b'', 1),
    lambda b: b'[]', lambda b: b + b' '])
def test_damaged_file_is_removed(tmp_path, damage):
    said = []
    store = Store(str(tmp_path), said.append)
    store.put(MARK, record())
    path = tmp_path / Store.key(MARK)
    path.write_bytes(damage(path.read_bytes()))
    assert store.get(MARK) is None
    assert 'damaged' in said[0]
    assert not path.exists()


def test_no_part_files_are_left(tmp_path):
    store = Store(str(tmp_path))
    threads = [threading.Thread(target=store.put,
                                args=(MARK, record(text=str(n))))
               for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    text = store.get(MARK)['outputs'][0]['outputs'][0]['text']
    assert text in map(str, range(20))
    assert [p.name for p in tmp_path.rglob('*') if p.is_file()] == [
        f'{MARK}.json']


def test_two_processes_write_the_same_store(tmp_path):
    """Both write the same results, over and over; all reads are whole."""
    script = ('import sys\n'
              'from tools import fingerprint\n'
              'from tools.store import Store\n'
              'store, who = Store(sys.argv[1]), sys.argv[2]\n'
              'for turn in range(30):\n'
              '    for n in range(5):\n'
              '        parts = {"n": n}\n'
              '        store.put(fingerprint.of(parts), {\n'
              '            "parts": parts, "seconds": 1, "date": "",\n'
              '            "outputs": [{"outputs": [\n'
              '                {"output_type": "stream",\n'
              '                 "text": who * 9999}]}]})\n')
    writers = [subprocess.Popen([sys.executable, '-c', script,
                                 str(tmp_path), who]) for who in 'ab']
    said, reads = [], 0
    store = Store(str(tmp_path), said.append)
    while any(w.poll() is None for w in writers):
        for n in range(5):
            found = store.get(mark(n))
            if found:
                reads += 1
                assert len(set(found['outputs'][0]['outputs'][0]['text'])) == 1
    assert [w.returncode for w in writers] == [0, 0]
    assert reads
    assert not said
    assert store.verify() == (5, [])
    assert not list(tmp_path.rglob('*.part'))


def test_location_that_cannot_be_opened():
    with pytest.raises(BookError, match='cannot open the store'):
        Store('nonsense://x')


def test_failing_store_warns_and_goes_on(tmp_path):
    said = []
    (tmp_path / 'file').write_text('')
    store = Store(str(tmp_path / 'file' / 's'), said.append)
    assert not store.put(MARK, record())
    assert 'could not be kept' in said[0]
    assert store.get(MARK) is None


def test_sweeping_takes_only_what_the_dead_have_left(tmp_path):
    store = Store(str(tmp_path))
    store.put(MARK, record())
    folder = (tmp_path / Store.key(MARK)).parent
    gone = subprocess.Popen(['true'])
    gone.wait()
    left = folder / f'.{MARK}.json.{places.HOST}.{gone.pid}.abc.part'
    mine = folder / f'.{MARK}.json.{places.HOST}.{os.getpid()}.abc.part'
    other = folder / f'.{MARK}.json.elsewhere.{gone.pid}.abc.part'
    for path in (left, mine, other):
        path.write_text('half')
    store.sweep()
    assert not left.exists()
    assert mine.exists() and other.exists()
    assert store.fingerprints() == [MARK]


# -- a store shared with others ---------------------------------------------

@pytest.fixture
def shared(tmp_path):
    """A shared folder with one result, and an address that serves it."""
    folder = tmp_path / 'shared'
    Store(str(folder)).put(mark(1), record(1))
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            asked.append(args)

    server = http.server.ThreadingHTTPServer(
        ('127.0.0.1', 0), functools.partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f'http://127.0.0.1:{server.server_port}', asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize('kind', ['folder', 'http'])
def test_what_others_have_made_is_taken_over(tmp_path, shared, kind):
    folder, address, _ = shared
    said = []
    where = str(folder) if kind == 'folder' else address
    store = Store(str(tmp_path / 'own'), said.append, where)
    assert store.get(mark(1)) == record(1)
    assert store.get(mark(2)) is None
    assert store.fingerprints() == [mark(1)], 'it is kept here now'
    assert not said


def test_prefetching_asks_once(tmp_path, shared):
    _, address, asked = shared
    store = Store(str(tmp_path / 'own'), print, address)
    store.prefetch([mark(n) for n in range(6)])
    before = len(asked)
    assert [n for n in range(6) if store.get(mark(n))] == [1]
    assert len(asked) == before


def test_only_those_who_may_write_share(tmp_path, shared):
    folder, address, _ = shared
    reader = Store(str(tmp_path / 'a'), print, str(folder))
    reader.put(mark(2), record(2))
    assert Store(str(folder)).fingerprints() == [mark(1)]
    writer = Store(str(tmp_path / 'a'), print, str(folder), True)
    writer.put(mark(2), record(2))
    assert set(Store(str(folder)).fingerprints()) == {mark(1), mark(2)}
    said = []
    over_http = Store(str(tmp_path / 'b'), said.append, address, True)
    assert over_http.put(mark(3), record(3))
    assert not over_http.write_shared
    assert not said


def test_reader_does_not_remove_damage_of_others(tmp_path, shared):
    folder, _, _ = shared
    path = folder / Store.key(mark(1))
    path.write_bytes(b'rubbish')
    said = []
    store = Store(str(tmp_path / 'own'), said.append, str(folder))
    assert store.get(mark(1)) is None
    assert 'damaged' in said[0]
    assert path.exists()
    assert store.fingerprints() == []


def test_unreachable_shared_store_is_left_alone(tmp_path):
    said = []
    store = Store(str(tmp_path), said.append, 'http://127.0.0.1:9')
    store.prefetch([mark(1), mark(2)])
    for n in range(20):
        assert store.get(mark(n)) is None
    assert len(said) == 1
    assert 'cannot read the store http://127.0.0.1:9' in said[0]
    assert store.put(mark(1), record(1))


def test_store_of_the_kind_of_s3(tmp_path):
    """With s3fs, against a server on this machine, where both are there."""
    pytest.importorskip('s3fs')
    moto = pytest.importorskip('moto.server')
    server = moto.ThreadedMotoServer('127.0.0.1', 0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        import s3fs
        options = {'key': 'x', 'secret': 'x',
                   'endpoint_url': f'http://{host}:{port}'}
        s3fs.S3FileSystem(**options).mkdir('book')
        import fsspec.config
        fsspec.config.conf['s3'] = options
        said = []
        store = Store(str(tmp_path), said.append, 's3://book/store', True)
        store.put(mark(1), record(1))
        other = Store(str(tmp_path / 'other'), said.append,
                      's3://book/store')
        other.prefetch([mark(1), mark(2)])
        assert other.get(mark(1)) == record(1)
        assert other.get(mark(2)) is None
        assert not said
        assert Store('s3://book/store').fingerprints() == [mark(1)]
    finally:
        server.stop()


# -- care -------------------------------------------------------------------

def test_prune_keeps_what_is_needed_or_new(tmp_path):
    store = Store(str(tmp_path))
    for n in range(3):
        store.put(mark(n), record(n))
    old = time.time() - 40 * 86400
    for n in (0, 1):
        os.utime(tmp_path / Store.key(mark(n)), (old, old))
    removed, freed = store.prune({mark(0)}, days=30)
    assert removed == 1 and freed > 100
    assert sorted(store.fingerprints()) == sorted([mark(0), mark(2)])


def test_use_makes_a_result_new(tmp_path):
    store = Store(str(tmp_path))
    store.put(MARK, record())
    old = time.time() - 40 * 86400
    os.utime(tmp_path / Store.key(MARK), (old, old))
    store.get(MARK)
    assert store.prune(set(), days=30)[0] == 0


def test_archive_goes_and_comes(tmp_path):
    store, other = Store(str(tmp_path / 'a')), Store(str(tmp_path / 'b'))
    for n in range(3):
        store.put(mark(n), record(n))
    assert store.write_archive(tmp_path / 'x.tar.gz') == 3
    assert other.read_archive(tmp_path / 'x.tar.gz') == (3, {})
    assert other.get(mark(2)) == record(2)


def archive(path, **members):
    with tarfile.open(path, 'w') as made:
        for name, blob in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(blob)
            made.addfile(info, io.BytesIO(blob))
    return path


def test_archive_cannot_write_elsewhere(tmp_path):
    good, key = _pack(record()), Store.key(MARK)
    path = archive(tmp_path / 'x.tar', **{
        f'../{key}': good, f'/tmp/{key}': good, f'{key}/../../y': good,
        Store.key(mark(1)): good, Store.key(mark(2)): good[:-3], key: good})
    with tarfile.open(path, 'a') as made:
        link = tarfile.TarInfo(Store.key(mark(3)))
        link.type, link.linkname = tarfile.SYMTYPE, '/etc/passwd'
        made.addfile(link)
    store = Store(str(tmp_path / 'deep' / 'er' / 'store'))
    taken, refused = store.read_archive(path)
    assert taken == 1 and len(refused) == 6
    assert 'something else' in refused[Store.key(mark(1))]
    assert store.fingerprints() == [MARK]
    files = [p for p in tmp_path.rglob('*') if p.is_file()]
    assert len(files) == 2, 'the archive and one result'


@pytest.mark.parametrize('keep', [10, 200])
def test_truncated_archive_is_an_error(tmp_path, keep):
    store = Store(str(tmp_path / 'a'))
    store.put(MARK, record(text=''.join(map(str, range(5000)))))
    path = tmp_path / 'x.tar.gz'
    store.write_archive(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(BookError, match='archive of results'):
        Store(str(tmp_path / 'b')).read_archive(path)


def test_commands(cli, tmp_path):
    assert cli('notebooks', '--profile', 'ci')[0] == 0
    code, out, _ = cli('store', 'list')
    assert code == 0 and 'first/saving' in out
    count = len(out.strip().split('\n'))
    file = tmp_path / 'results.tar.gz'
    assert f'{count} results written' in cli('store', 'export', file)[1]
    assert '0 results removed' in cli('store', 'prune', '--days', '0')[1]
    assert cli('store', 'verify')[1].startswith(f'{count} results, 0')
    assert cli('clean', '--store')[0] == 0
    assert f'{count} results taken' in cli('store', 'import', file)[1]
    code, out, _ = cli('notebooks', '--profile', 'ci')
    assert f'{count} restored' in out and ' executed' not in out
    assert cli('store', 'export')[0] == 2
