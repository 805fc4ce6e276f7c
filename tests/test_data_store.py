"""Looking data sets up: order, checksums, parallel callers, errors."""
import errno
import gzip
import hashlib
import http.server
import json
import lzma
import os
import stat
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from pathlib import Path

import pytest
from test_data_archives import make_deb, make_tar, make_zip

from d2l import data
from d2l.data import __main__ as command
from d2l.data import archives, catalogue, progress, sources, store

A, B = b'contents of a\n' * 50, b'b'
MIRROR = Path(os.environ.get('D2L_DATA_MIRROR') or 'no mirror')


def sha(text, algorithm='sha256'):
    return hashlib.new(algorithm, text).hexdigest()


@pytest.fixture(autouse=True)
def clean(tmp_path, monkeypatch):
    """No network, no other caches, and nothing remembered."""
    for name in ('D2L_DATA', 'D2L_DATA_MIRROR'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('D2L_DATA', str(tmp_path / 'cache'))
    monkeypatch.setenv('no_proxy', '127.0.0.1')
    sources.forget()
    store._verified.clear()
    sources._pip.cache_clear()
    yield
    sources._pip.cache_clear()
    sources.forget()


class Server(http.server.ThreadingHTTPServer):
    """Serves `files` from memory and counts what was asked for."""

    daemon_threads = True

    def __init__(self):
        self.files, self.asked, self.delay = {}, [], 0
        self.broken = set()
        super().__init__(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server_address[1]}'


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path[1:].split('?')[0]
        self.server.asked.append(name)
        time.sleep(self.server.delay)
        text = self.server.files.get(name)
        if text is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text[:len(text) // 2] if name in self.server.broken
                         else text)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,),
                         daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def toy(monkeypatch):
    """Make the data set "toy" with the files a.txt and sub/b.txt."""
    def make(*found, **options):
        files = (catalogue.File('a.txt', len(A), sha(A)),
                 catalogue.File('sub/b.txt', len(B), sha(B)))
        entry = catalogue.Entry(
            'toy', 'Toy set', 'two files', 'none', 'nobody',
            'https://example.org/toy', options.pop('files', files), found,
            **options)
        monkeypatch.setattr(catalogue, 'entries', lambda: {'toy': entry})
        return entry
    return make


def url_source(server, form='plain', pack=bytes):
    server.files |= {'a': pack(A), 'b': pack(B)}
    return catalogue.Source('url', {'a.txt': f'{server.url}/a',
                                    'sub/b.txt': f'{server.url}/b'},
                            form=form)


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes()
            for p in folder.rglob('*') if p.is_file()}


GOOD = {'a.txt': A, 'sub/b.txt': B}


def test_from_address_once(toy, server, tmp_path):
    toy(url_source(server, 'gzip', gzip.compress))
    folder = data.fetch('toy')
    assert folder == tmp_path / 'cache' / 'toy' and contents(folder) == GOOD
    assert data.path('toy', 'a.txt').read_bytes() == A
    assert data.fetch('toy') == folder
    assert sorted(server.asked) == ['a', 'b']
    left = {p.name for p in (tmp_path / 'cache').iterdir()}
    assert left == {'toy', '.locks'}        # nothing temporary stays


def test_only_what_is_missing(toy, server):
    toy(url_source(server))
    folder = data.fetch('toy')
    (folder / 'a.txt').unlink()
    data.fetch('toy')
    assert server.asked.count('b') == 1 and contents(folder) == GOOD


def test_folder_and_names(toy, server, tmp_path):
    toy(url_source(server), folder='Toy/raw')
    assert data.fetch('toy') == tmp_path / 'cache' / 'Toy' / 'raw'
    other = data.fetch('toy', cache=tmp_path / 'other')
    assert contents(other) == GOOD
    assert other == tmp_path / 'other' / 'Toy' / 'raw'
    with pytest.raises(data.DataError, match="no file 'c.txt', but a.txt"):
        data.path('toy', 'c.txt')


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / 'mirror' / 'toy'
    (folder / 'sub').mkdir(parents=True)
    (folder / 'a.txt').write_bytes(A)
    (folder / 'sub' / 'b.txt').write_bytes(B)
    return folder.parent


def test_mirror_folder_comes_first(toy, server, mirror, monkeypatch):
    toy(url_source(server))
    monkeypatch.setenv('D2L_DATA_MIRROR', str(mirror))
    assert contents(data.fetch('toy')) == GOOD
    assert server.asked == []


def test_mirror_address(toy, server, monkeypatch):
    toy()
    server.files = {'m/toy/a.txt': A, 'm/toy/sub/b.txt': B}
    monkeypatch.setenv('D2L_DATA_MIRROR', f'{server.url}/m/')
    assert contents(data.fetch('toy')) == GOOD


def test_mirror_as_file_address(toy, mirror, monkeypatch):
    toy()
    monkeypatch.setenv('D2L_DATA_MIRROR', mirror.as_uri())
    assert contents(data.fetch('toy')) == GOOD


def test_wrong_or_partial_mirror(toy, server, mirror, monkeypatch):
    toy(url_source(server))
    (mirror / 'toy' / 'a.txt').write_bytes(b'x' * len(A))
    monkeypatch.setenv('D2L_DATA_MIRROR', str(mirror))
    assert contents(data.fetch('toy')) == GOOD
    assert server.asked == ['a']            # b came from the mirror


def test_second_address(toy, server):
    good = url_source(server)
    bad = catalogue.Source('url', {
        'a.txt': f'{server.url}/page', 'sub/b.txt': f'{server.url}/gone'})
    server.files['page'] = b'<html>Please log in</html>'
    toy(bad, good)
    assert contents(data.fetch('toy')) == GOOD
    assert server.asked == ['page', 'gone', 'a', 'b']


def test_nothing_works(toy, server, mirror, monkeypatch):
    bad = catalogue.Source('url', {
        'a.txt': f'{server.url}/page', 'sub/b.txt': f'{server.url}/b'})
    url_source(server)
    server.files['page'] = b'x' * len(A)
    server.broken.add('b')
    monkeypatch.setenv('D2L_DATA_MIRROR', str(mirror / 'nowhere'))
    toy(bad)
    with pytest.raises(data.DataError) as caught:
        data.fetch('toy')
    message = str(caught.value)
    for part in ("data set 'toy' (Toy set)", 'mirror', 'No such file',
                 'a.txt has a wrong checksum', 'original address',
                 str(Path(os.environ['D2L_DATA']) / 'toy'), sha(A), sha(B),
                 'https://example.org/toy', 'D2L_DATA_MIRROR', '700 bytes'):
        assert part in message, part
    assert not (store.cache_folder() / 'toy').exists()


def test_no_network_is_remembered(toy, monkeypatch):
    import requests
    tries = []

    def get(url, **options):
        tries.append(url)
        assert options['timeout'][0] <= 5       # fails fast
        raise requests.ConnectTimeout('no route')

    monkeypatch.setattr(requests, 'get', get)
    toy(catalogue.Source('url', {'a.txt': 'http://far.example/a',
                                 'sub/b.txt': 'http://far.example/b'}))
    for _ in range(2):
        with pytest.raises(data.DataError, match='cannot connect to far'):
            data.fetch('toy')
    assert len(tries) == 1
    sources.forget()
    with pytest.raises(data.DataError):
        data.fetch('toy')
    assert len(tries) == 2


def test_slow_look_up_of_a_host(toy, monkeypatch):
    """Without a network the look-up alone can take very long."""
    monkeypatch.setattr(sources, 'CONNECT', 0.2)
    monkeypatch.setattr(sources.socket, 'getaddrinfo',
                        lambda *args: time.sleep(3))
    for name in ('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'):
        monkeypatch.delenv(name, raising=False)
    toy(catalogue.Source('url', {'a.txt': 'http://far.example/a'}))
    start = time.monotonic()
    with pytest.raises(data.DataError, match='cannot connect to far'):
        data.fetch('toy')
    assert time.monotonic() - start < 2


def test_connection_that_breaks(toy, server):
    """A transfer that breaks off says nothing about the next one."""
    source = url_source(server)
    toy(source)
    server.broken.add('a')
    with pytest.raises(data.DataError, match='original address: 127.0.0.1'):
        data.fetch('toy')
    server.broken.clear()
    assert contents(data.fetch('toy')) == GOOD


def test_damaged_cache(toy, server):
    toy(url_source(server))
    folder = data.fetch('toy')
    (folder / 'a.txt').write_bytes(A[:-1] + b'!')       # same size
    with pytest.warns(UserWarning, match='a.txt.wrong-checksum-1'):
        data.fetch('toy')
    assert contents(folder) == GOOD | {
        'a.txt.wrong-checksum-1': A[:-1] + b'!'}
    server.files.clear()
    (folder / 'a.txt').write_bytes(b'short')
    with (pytest.warns(UserWarning, match='wrong-checksum-2'),
          pytest.raises(data.DataError)):
        data.fetch('toy')
    assert not (folder / 'a.txt').exists()      # never used silently


def test_other_edition(toy, mirror, monkeypatch, server):
    old = b'an older edition'
    file = catalogue.File('a.txt', 0, sha1=sha(A, 'sha1'),
                          editions=(sha(old),))
    server.files['a'] = old
    toy(catalogue.Source('url', {'a.txt': f'{server.url}/a'}), files=(file,))
    with pytest.raises(data.DataError, match='wrong checksum'):
        data.fetch('toy')                       # not from the network
    (mirror / 'toy' / 'a.txt').write_bytes(old)
    monkeypatch.setenv('D2L_DATA_MIRROR', str(mirror))
    with pytest.warns(UserWarning, match='another edition'):
        assert data.path('toy', 'a.txt').read_bytes() == old


# Package registries, with clients that are small programs of our own.

def client(folder, name, code):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f'#!{sys.executable}\n' + textwrap.dedent(code))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def clients(tmp_path, monkeypatch):
    """Put npm and apt-get on the path that log calls and copy a file."""
    folder = tmp_path / 'clients'
    log = folder / 'log'
    body = f'''
        import json, os, shutil, sys
        with open({str(log)!r}, 'a') as out:
            out.write(json.dumps([os.path.basename(sys.argv[0]), os.getcwd(),
                                  *sys.argv[1:]]) + '\\n')
        source = {str(folder)!r} + '/served'
        if 'update' in sys.argv:
            sys.exit(1)         # an archive out of reach is no obstacle
        if not os.path.exists(source):
            print('npm error code E404\\nE: Unable to locate package')
            sys.exit(1)
        name = open(source + '.name').read()
        shutil.copy(source, os.path.join(os.getcwd(), name))
    '''
    client(folder, 'npm', body)
    client(folder, 'apt-get', body)
    pip = tmp_path / 'python' / 'pip'
    pip.mkdir(parents=True)
    (pip / '__init__.py').touch()
    (pip / '__main__.py').write_text(textwrap.dedent(body))
    monkeypatch.setenv('PATH', f'{folder}{os.pathsep}{os.environ["PATH"]}')
    monkeypatch.setenv('PYTHONPATH', str(tmp_path / 'python'))

    class Clients:
        def serve(self, path):
            (folder / 'served').write_bytes(path.read_bytes())
            (folder / 'served.name').write_text(path.name)

        @property
        def calls(self):
            return [json.loads(line) for line in log.read_text().splitlines()]

    return Clients()


MEMBERS = {'a.txt': 'p/a', 'sub/b.txt': 'p/b'}


def test_pypi(toy, clients, tmp_path):
    toy(catalogue.Source('pypi', MEMBERS, 'toy-set', '1.0'))
    clients.serve(make_zip(tmp_path / 'toy_set-1.0-py3-none-any.whl',
                           {'p/a': A, 'p/b': B}))
    assert contents(data.fetch('toy')) == GOOD
    (call,) = clients.calls
    assert call[2] == 'download' and call[-1] == 'toy-set==1.0'
    assert '--no-deps' in call
    assert call[call.index('--only-binary') + 1] == ':all:'


def test_sdist(toy, clients, tmp_path):
    toy(catalogue.Source('pypi', MEMBERS, 'toy-set', '1.0', archive='sdist',
                         form='xz'))
    clients.serve(make_tar(tmp_path / 'toy-set-1.0.tar.gz',
                           ('p/a', lzma.compress(A)),
                           ('p/b', lzma.compress(B))))
    assert contents(data.fetch('toy')) == GOOD
    assert '--no-binary' in clients.calls[0]


def test_npm(toy, clients, tmp_path):
    toy(catalogue.Source('npm', MEMBERS, '@scope/toy', '1.0'))
    clients.serve(make_tar(tmp_path / 'toy-1.0.tar.gz', ('p/a', A),
                           ('p/b', B)).rename(tmp_path / 'toy-1.0.tgz'))
    assert contents(data.fetch('toy')) == GOOD
    (call,) = clients.calls
    assert call[0] == 'npm' and call[2] == 'pack'
    assert call[-1] == '@scope/toy@1.0' and '--ignore-scripts' in call
    assert Path(call[1]).is_relative_to(store.cache_folder())


def test_debian(toy, clients, tmp_path):
    toy(catalogue.Source('debian', MEMBERS, 'toy-data', '1.0'))
    clients.serve(make_deb(tmp_path / 'toy.deb', make_tar(
        tmp_path / 'd.tar', ('./p/a', A), ('./p/b', B))))
    assert contents(data.fetch('toy')) == GOOD
    update, download = clients.calls
    assert update[-1] == 'update' and download[-2:] == ['download',
                                                        'toy-data']
    for call in update, download:           # no root, nobody else's state
        for key in ('Dir::State=', 'Dir::State::Lists=', 'Dir::Cache=',
                    'Dir::State::status='):
            (option,) = [o for o in call if o.startswith(key)]
            assert option[len(key):].startswith(str(store.cache_folder()))


def test_malicious_package(toy, clients, tmp_path):
    import tarfile
    secret = tmp_path / 'secret'
    secret.write_bytes(A)
    toy(catalogue.Source('npm', MEMBERS, 'toy', '1.0'))
    clients.serve(make_tar(
        tmp_path / 'toy.tar', ('p/a', tarfile.SYMTYPE, str(secret)),
        ('../../evil', b'evil')).rename(tmp_path / 'toy.tgz'))
    with pytest.raises(data.DataError, match='p/a in the archive is not a f'):
        data.fetch('toy')
    assert not list(tmp_path.rglob('evil'))


def test_registries_in_order_with_reasons(toy, clients, monkeypatch):
    toy(catalogue.Source('pypi', MEMBERS, 'one', '1'),
        catalogue.Source('npm', MEMBERS, 'two', '2'),
        catalogue.Source('debian', MEMBERS, 'three', '3'))
    with pytest.raises(data.DataError) as caught:
        data.fetch('toy')
    lines = [line for line in str(caught.value).splitlines()
             if 'package' in line and line.startswith('  - ')]
    assert [line.split(':')[0] for line in lines] == [
        '  - PyPI package one 1', '  - npm package two 2',
        '  - Debian package three 3']
    assert 'npm: npm error code E404' in lines[1]
    assert 'apt-get: E: Unable to locate package' in lines[2]
    monkeypatch.setattr(sources.shutil, 'which', lambda name: None)
    with pytest.raises(data.DataError, match='npm is not installed') as again:
        data.fetch('toy')
    assert 'apt-get is not installed' in str(again.value)


def test_parallel_callers(server, tmp_path):
    """Six processes at once: one download, and everyone gets the files."""
    server.delay = 0.3
    url_source(server)
    code = textwrap.dedent(f'''
        import hashlib, sys
        from d2l import data
        from d2l.data import catalogue
        files = (catalogue.File('a.txt', {len(A)}, {sha(A)!r}),)
        entry = catalogue.Entry('toy', 'Toy', 'x', 'x', 'x', 'x', files, (
            catalogue.Source('url', {{'a.txt': '{server.url}/a'}}),))
        catalogue.entries = lambda: {{'toy': entry}}
        text = data.path('toy', 'a.txt').read_bytes()
        assert hashlib.sha256(text).hexdigest() == {sha(A)!r}
        ''')
    some = [subprocess.Popen([sys.executable, '-c', code])
            for _ in range(6)]
    assert [process.wait(60) for process in some] == [0] * 6
    assert server.asked == ['a']


def test_parallel_threads(toy, server):
    server.delay = 0.1
    toy(url_source(server))
    found = []
    threads = [threading.Thread(target=lambda: found.append(
        contents(data.fetch('toy')))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [GOOD] * 4 and sorted(server.asked) == ['a', 'b']


def test_holder_that_was_killed(toy, server, tmp_path):
    """Its lock locks nothing any more, and its parts are swept up."""
    lock = tmp_path / 'cache' / '.locks' / 'toy.lock'
    code = ('import sys, time; from pathlib import Path; '
            'from d2l.data.store import lock\n'
            f'with lock(Path({str(lock)!r})):\n'
            '    print("held", flush=True); time.sleep(60)')
    holder = subprocess.Popen([sys.executable, '-c', code],
                              stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == 'held\n'
    (tmp_path / 'cache' / '.part-toy-old').mkdir()
    toy(url_source(server))
    got = []
    thread = threading.Thread(target=lambda: got.append(data.fetch('toy')))
    thread.start()
    thread.join(0.3)
    assert thread.is_alive() and not got        # it waits
    holder.kill()
    holder.wait()
    thread.join(10)
    assert got and lock.exists()
    assert not (tmp_path / 'cache' / '.part-toy-old').exists()


@pytest.mark.parametrize('number, reason', [
    (errno.ENOSPC, 'the disk is full'), (errno.EROFS, 'read-only'),
    (errno.EDQUOT, 'quota')])
def test_full_or_read_only_disk(toy, server, monkeypatch, number, reason):
    toy(url_source(server))

    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(archives, 'open', fail, raising=False)
    with pytest.raises(data.DataError, match=reason) as caught:
        data.fetch('toy')
    assert 'D2L_DATA' in str(caught.value)
    assert str(store.cache_folder()) in str(caught.value)
    monkeypatch.undo()


def test_cache_that_cannot_be_made(toy, tmp_path, monkeypatch):
    (tmp_path / 'file').touch()
    monkeypatch.setenv('D2L_DATA', str(tmp_path / 'file' / 'cache'))
    toy()
    with pytest.raises(data.DataError, match='cannot write to'):
        data.fetch('toy')


def test_read_only_cache_with_everything(toy, mirror, monkeypatch):
    toy()

    def fail(*args, **kwargs):
        raise OSError(errno.EROFS, 'read-only')

    monkeypatch.setattr(store, 'lock', fail)
    assert contents(data.fetch('toy', cache=mirror)) == GOOD


def test_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv('D2L_DATA', '~/somewhere')
    assert data.cache_folder() == Path.home() / 'somewhere'
    monkeypatch.delenv('D2L_DATA')
    top = Path(store.__file__).resolve().parents[2]
    assert data.cache_folder() == top / 'data'
    monkeypatch.setattr(store, '__file__',
                        str(tmp_path / 'site' / 'd2l' / 'data' / 'x.py'))
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.setattr(store.sys, 'platform', 'linux')
    assert data.cache_folder() == tmp_path / 'd2l'


class Screen:
    def __init__(self, terminal):
        self.terminal, self.text = terminal, ''

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_progress(monkeypatch):
    times = iter(i * 0.06 for i in range(1000))
    monkeypatch.setattr(progress.time, 'monotonic', lambda: next(times))
    for terminal in (True, False):
        screen = Screen(terminal)
        with progress.Progress('Toy', 2_000_000, screen) as line:
            for done in range(0, 2_000_001, 200_000):
                line.update(done)
        if terminal:
            assert '1.2 MB of 2.0 MB [############        ]  60%' in (
                screen.text)
            assert '\n' not in screen.text      # it is one line
            assert screen.text.endswith('\r')   # and it is gone at the end
            assert screen.text.count('Toy') < 11
        else:
            assert screen.text == ''


@pytest.mark.parametrize('size, text', [
    (0, '0 bytes'), (999, '999 bytes'), (1000, '1.0 kB'),
    (55_000_000, '55 MB'), (2_500_000_000, '2.5 GB'), (5e12, '5000 GB')])
def test_amount(size, text):
    assert progress.amount(size) == text


# Single files, as `d2l.download` wants them.

def test_download(server, tmp_path):
    server.files['x/file.txt'] = A
    url, folder = f'{server.url}/x/file.txt?y=1', tmp_path / 'new'
    path = data.download(url, folder, sha(A, 'sha1'))
    assert path == folder / 'file.txt' and path.read_bytes() == A
    data.download(url, folder, sha(A, 'sha1'))
    data.download(url, folder)
    assert len(server.asked) == 1
    assert os.listdir(folder) == ['file.txt']
    path.write_bytes(b'damaged')
    with pytest.warns(UserWarning, match='wrong checksum'):
        data.download(url, folder, sha(A, 'sha1'))
    assert path.read_bytes() == A and len(server.asked) == 2


def test_download_of_wrong_contents(server, tmp_path):
    server.files['file.txt'] = b'<html>'
    with pytest.raises(data.DataError, match='wrong checksum') as caught:
        data.download(f'{server.url}/file.txt', tmp_path, sha(A, 'sha1'))
    assert sha(A, 'sha1') in str(caught.value)
    assert not (tmp_path / 'file.txt').exists()
    with pytest.raises(data.DataError, match='does not end in a file name'):
        data.download(server.url, tmp_path)
    with pytest.raises(data.DataError, match='no data set'):
        data.download('file.txt', tmp_path)


def test_download_from_mirror(server, tmp_path, monkeypatch):
    (tmp_path / 'm').mkdir()
    (tmp_path / 'm' / 'file.txt').write_bytes(A)
    monkeypatch.setenv('D2L_DATA_MIRROR', str(tmp_path / 'm'))
    url = f'{server.url}/file.txt'
    assert data.download(url, tmp_path / 'd', sha(A, 'sha1')
                         ).read_bytes() == A
    with pytest.raises(data.DataError, match='404'):
        data.download(url, tmp_path / 'e')      # what should it be?
    assert server.asked == ['file.txt']


def test_download_through_the_catalogue(toy, server, mirror, tmp_path,
                                        monkeypatch):
    file = catalogue.File('a.txt', len(A), sha(A), sha(A, 'sha1'))
    url = f'{server.url}/a'
    toy(catalogue.Source('url', {'a.txt': url}), files=(file,))
    monkeypatch.setenv('D2L_DATA_MIRROR', str(mirror))
    for n, (name, digest) in enumerate([
            (url, None), (url, sha(A, 'sha1')), ('toy', None)]):
        path = data.download(name, tmp_path / str(n), digest)
        assert path == tmp_path / str(n) / 'a.txt'
        assert path.read_bytes() == A
    assert server.asked == []
    # Somebody wants another file from there: his checksum counts.
    server.files['a'] = B
    path = data.download(url, tmp_path / 'own', sha(B, 'sha1'))
    assert path.read_bytes() == B


def test_command(toy, server, capsys):
    toy(url_source(server))
    assert command.main(['--list']) == 0
    assert 'missing' in capsys.readouterr().out
    assert command.main(['toy', 'yot']) == 1
    out, err = capsys.readouterr()
    assert [line.split()[:2] for line in out.splitlines()] == [
        ['name', 'result'], ['toy', 'fetched'], ['yot', 'FAILED']]
    assert "there is no data set 'yot'" in err
    assert command.main(['toy']) == 0
    assert 'was there' in capsys.readouterr().out


@pytest.mark.skipif(
    not (MIRROR / 'timemachine' / 'timemachine.txt').is_file(),
    reason='D2L_DATA_MIRROR has no files of older notebooks')
def test_files_of_older_notebooks(monkeypatch, tmp_path):
    monkeypatch.setenv('D2L_DATA_MIRROR', str(MIRROR))
    from d2l import torch as d2l
    for name in ('time_machine', 'airfoil'):
        path = Path(d2l.download(name, tmp_path))
        assert sha(path.read_bytes(), 'sha1') == d2l.DATA_HUB[name][1]
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        assert d2l.download('fra-eng', tmp_path)
