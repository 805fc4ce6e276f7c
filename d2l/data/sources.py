"""Getting files from addresses, mirrors and package registries.

Registries are asked through their ordinary clients, as processes of their
own, so that the user's configuration (mirrors, proxies, certificates) holds
and nothing here needs to know it.  Packages are downloaded and opened, never
installed; nothing of theirs runs.  (The one exception is pip, which runs the
build step of an *sdist* to learn its name; prefer wheels.)
"""
import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from d2l.data import archives
from d2l.data.errors import SourceError
from d2l.data.progress import Progress

CONNECT, READ = 4, 30       # seconds to wait for a connection, for data
PATIENCE = 1800             # seconds until a client is given up

_unreachable = {}           # host: reason, for the rest of this process


def forget():
    """Try again what could not be reached before in this process."""
    _unreachable.clear()


def _stop(message):
    raise SourceError(message)


def read_url(url, target, form='plain', label='', size=0, limit=0):
    """Write what the address `url` delivers to the file `target`.

    A host that could not be reached is not tried again in this process.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == 'file':
        path = Path(urllib.request.url2pathname(parts.path))
        return read_file(path, target, form, limit)
    if parts.scheme not in ('http', 'https'):
        raise SourceError(f'{url!r} is not an address that can be read')
    if parts.netloc in _unreachable:
        raise SourceError(f'{_unreachable[parts.netloc]} (tried before)')
    import requests  # late: it takes a while to import

    connected = False
    try:
        _resolve(url, parts.hostname)
        with requests.get(url, stream=True, timeout=(CONNECT, READ), headers={
                'Accept-Encoding': 'identity'}) as reply:
            connected = True
            if reply.status_code != 200:
                raise SourceError(f'{parts.netloc} answers {reply.status_code}'
                                  f' {reply.reason}')
            with Progress(label or url, size) as progress:
                progress.total = progress.total or int(
                    reply.headers.get('Content-Length', 0))
                archives.write_as(form, _Reply(reply, progress), target,
                                  limit)
    except requests.RequestException as error:
        if not connected and isinstance(error, requests.ConnectionError
                                        | requests.Timeout):
            reason = _unreachable[parts.netloc] = (
                f'cannot connect to {parts.netloc}')
        else:
            reason = f'{parts.netloc}: {str(error)[:200]}'
        raise SourceError(reason) from None


def _resolve(url, host):
    """Look up the address of a host, but don't wait long for it.

    Without a network that can take much longer than a connection may.
    """
    import requests
    proxies = requests.utils.get_environ_proxies(url)
    if requests.utils.select_proxy(url, proxies):
        return          # the proxy looks it up

    def look():
        with contextlib.suppress(OSError):      # reported by the request
            socket.getaddrinfo(host, None)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(CONNECT)
    if thread.is_alive():
        raise requests.ConnectTimeout(f'no address found for {host}')


class _Reply:
    """The body of a reply as a stream."""

    def __init__(self, reply, progress):
        self.chunks = reply.iter_content(1 << 16)
        self.rest, self.done, self.progress = b'', 0, progress

    def read(self, size=-1):
        while not self.rest or size < 0:
            chunk = next(self.chunks, b'')
            if not chunk:
                break
            self.done += len(chunk)
            self.progress.update(self.done)
            self.rest += chunk
        size = len(self.rest) if size < 0 else size
        found, self.rest = self.rest[:size], self.rest[size:]
        return found


def read_file(path, target, form='plain', limit=0):
    """Write what the local file `path` holds to the file `target`."""
    try:
        stream = open(path, 'rb')  # noqa: SIM115
    except OSError as error:
        raise SourceError(error.strerror) from None
    with stream:
        archives.write_as(form, stream, target, limit)


def read_mirror(mirror, place, target, label='', size=0):
    """Get the file `place`, as in a cache, from a folder or an address."""
    if '://' in mirror:
        url = f'{mirror.rstrip("/")}/{urllib.parse.quote(place)}'
        read_url(url, target, label=label, size=size)
    else:
        try:
            read_file(Path(mirror).expanduser() / place, target)
        except SourceError as error:
            raise SourceError(f'{place}: {error}') from None


def deliver(source, names, folder, entry):
    """Write files `names` of an entry to `folder`, from one source.

    Returns the reasons for those that could not be had, by name.
    """
    failed = {}
    with contextlib.ExitStack() as stack:
        if source.kind != 'url':
            try:
                work = Path(stack.enter_context(tempfile.TemporaryDirectory(
                    dir=folder)))
                archive = CLIENTS[source.kind](source, work, entry.title)
            except SourceError as error:
                return dict.fromkeys(names, str(error))
        for name in names:
            limit = entry.file(name).size
            try:
                member = source.members[name]
                if source.kind == 'url':
                    read_url(member, folder / name, source.form,
                             f'{entry.title}, {name}', limit=limit)
                else:
                    with archives.open_member(archive, member) as stream:
                        archives.write_as(source.form, stream,
                                          folder / name, limit)
            except SourceError as error:
                failed[name] = str(error)
                (folder / name).unlink(missing_ok=True)
    return failed


def _run(command, work, label):
    """Run a client in the folder `work`, with progress; returns its output."""
    environment = os.environ | {
        'LC_ALL': 'C', 'PIP_NO_INPUT': '1', 'NO_COLOR': '1',
        'PIP_DISABLE_PIP_VERSION_CHECK': '1',
        'npm_config_update_notifier': 'false'}
    with tempfile.TemporaryFile() as output, Progress(label) as progress:
        try:
            process = subprocess.Popen(
                command, cwd=work, env=environment, stdout=output,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        except OSError as error:
            raise SourceError(f'cannot run {command[0]}: '
                              f'{error.strerror}') from None
        end = time.monotonic() + PATIENCE
        try:
            while True:
                try:
                    code = process.wait(timeout=0.1)
                    break
                except subprocess.TimeoutExpired:
                    progress.update(_size(work) if progress.shown else 0)
                    if time.monotonic() > end:
                        raise SourceError(f'{Path(command[0]).name} took '
                                          'too long') from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        output.seek(0)
        return code, output.read().decode(errors='replace')


def _size(folder):
    total = 0
    for path in folder.rglob('*'):
        with contextlib.suppress(OSError):      # files come and go
            total += path.stat().st_size
    return total


def _reason(output, *marks):
    """The line of a client's output that tells what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for mark in marks:
        for line in lines:
            if line.startswith(mark):
                return line[:200]
    return (lines or ['no message'])[-1][:200]


def _newest(work, *patterns):
    found = [path for pattern in patterns for path in work.glob(pattern)]
    if not found:
        raise SourceError('the client delivered no archive')
    return max(found, key=lambda path: path.stat().st_size)


@functools.cache
def _pip():
    """How to call pip: of this Python, or else the one on the path."""
    import importlib.util
    if importlib.util.find_spec('pip'):
        return (sys.executable, '-m', 'pip')
    for name in ('pip3', 'pip'):
        if shutil.which(name):
            return (shutil.which(name),)
    return ()


def pypi(source, work, label):
    """The archive of a package of the Python index."""
    pip = _pip() or _stop('pip is not installed')
    kind = ('--only-binary' if source.archive == 'wheel' else '--no-binary')
    code, output = _run(
        [*pip, 'download', '--no-deps', kind, ':all:', '--dest', str(work),
         '--progress-bar', 'off', f'{source.package}=={source.version}'],
        work, f'{label} with pip')
    if code:
        raise SourceError('pip: ' + _reason(output, 'ERROR:', 'error:'))
    return _newest(work, '*.whl', '*.tar.gz', '*.zip')


def npm(source, work, label):
    """The archive of a package of the JavaScript registry."""
    client = shutil.which('npm') or _stop('npm is not installed')
    code, output = _run(
        [client, 'pack', '--ignore-scripts', '--silent',
         f'{source.package}@{source.version}'], work, f'{label} with npm')
    if code:
        raise SourceError('npm: ' + _reason(output, 'npm error', 'npm ERR!'))
    return _newest(work, '*.tgz')


def debian(source, work, label):
    """A package of Debian, without root: apt's state lies in `work`.

    An archive of Debian has one version of a package at a time, so that is
    taken, whichever it is; the checksums decide.
    """
    client = shutil.which('apt-get') or _stop('apt-get is not installed')
    for folder in ('lists/partial', 'cache/archives/partial', 'state'):
        (work / folder).mkdir(parents=True)
    (work / 'status').touch()
    options = [
        '-o', f'Dir::State={work}/state', '-o', f'Dir::State::Lists='
        f'{work}/lists', '-o', f'Dir::State::status={work}/status',
        '-o', f'Dir::Cache={work}/cache', '-o', 'APT::Sandbox::User=',
        '-o', 'Acquire::Retries=1', '-o', 'Acquire::Languages=none', '-q']
    # One of several archives may be out of reach: the download will tell.
    _, first = _run([client, *options, 'update'], work,
                    f'{label}, lists of Debian')
    code, output = _run([client, *options, 'download', source.package],
                        work, f'{label} with apt-get')
    if code:
        raise SourceError('apt-get: ' + _reason(first + output, 'E:', 'Err'))
    return _newest(work, '*.deb')


CLIENTS = {'pypi': pypi, 'npm': npm, 'debian': debian}
