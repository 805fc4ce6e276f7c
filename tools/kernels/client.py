"""Find or start the template process and ask it for a kernel."""
import array
import contextlib
import hashlib
import json
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

TEMPLATE = Path(__file__).with_name('template.py')
START_TIMEOUT = 120.0
# What the template must not inherit: it decides about threads itself, and
# the devices a kernel may see are a matter of the kernel.
_THREADS = {'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1',
            'MKL_NUM_THREADS': '1', 'PYTHONSAFEPATH': '1'}


class TemplateError(Exception):
    """No kernel can be had from a template: start a plain one instead."""


def supported():
    """Whether kernels can be forked on this system."""
    return (hasattr(os, 'fork') and hasattr(socket, 'AF_UNIX')
            and sys.platform != 'darwin'
            and os.environ.get('BOOK_WARM_KERNELS', '1') != '0')


def runtime_folder():
    """A private folder for sockets, with a path short enough for them."""
    base = os.environ.get('XDG_RUNTIME_DIR') or tempfile.gettempdir()
    if len(base) > 60:      # a socket's path is limited to some 100 bytes
        base = '/tmp'
    folder = Path(base) / f'd2l-kernels-{os.getuid()}'
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if (status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode)
            or status.st_mode & 0o077):
        raise TemplateError(f'{folder} is not private to this user')
    return folder


def socket_folder():
    """A new folder for the sockets of a build's kernels.

    Folders of builds that were killed are removed on the way.
    """
    import psutil
    if not hasattr(os, 'getuid'):
        return Path(tempfile.mkdtemp(prefix='d2l-'))
    base = runtime_folder()
    for path in base.glob('build-*-*'):
        pid = path.name.split('-')[1]
        if not pid.isdigit() or not psutil.pid_exists(int(pid)):
            shutil.rmtree(path, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f'build-{os.getpid()}-', dir=base))


def address(preload):
    """The socket of the template for this environment.

    It depends on the interpreter and on what is installed: after an upgrade
    of a package, kernels come from a new template.
    """
    site = [Path(p) for p in sys.path if p.endswith('-packages')]
    installed = [(str(p), p.stat().st_mtime_ns) for p in site if p.is_dir()]
    key = json.dumps([sys.executable, sys.version, sorted(installed),
                      list(preload), TEMPLATE.read_text()])
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    return runtime_folder() / f'{name}.sock'


def _connect(path):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection


def _start(path, preload, idle):
    """Start a template; the caller holds the lock."""
    log = path.with_suffix('.log')
    environment = {k: v for k, v in os.environ.items()
                   if k not in ('CUDA_VISIBLE_DEVICES', 'PYTHONSTARTUP')}
    with open(log, 'wb') as sink:
        process = subprocess.Popen(
            [sys.executable, '-P', str(TEMPLATE), str(path), '--idle',
             str(idle), '--preload', ','.join(preload)],
            stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
            start_new_session=True, env=environment | _THREADS, cwd='/')
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        connection = _connect(path)
        if connection:
            return connection
        if process.poll() is not None:
            raise TemplateError('the template process ended: '
                                + log.read_text(errors='replace')[-400:])
        time.sleep(0.02)
    process.kill()
    raise TemplateError('the template process did not start in time')


def connect(preload, idle=300.0):
    """A connection to the template, which is started where needed."""
    import fcntl

    path = address(preload)
    connection = _connect(path)
    if connection:
        return connection
    with open(path.with_suffix('.lock'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _connect(path) or _start(path, preload, idle)


def prepare(preload, idle=300.0):
    """Start the template in the background, if it does not run yet."""
    def start():
        with contextlib.suppress(TemplateError, OSError):
            connect(preload, idle).close()
    if supported():
        threading.Thread(target=start, daemon=True).start()


class ForkedKernel:
    """A kernel forked by the template, with the interface of a Popen."""

    stdin = stdout = stderr = None

    def __init__(self, argv, cwd, env, preload, idle=300.0,
                 streams=(None, None)):
        request = {'argv': argv, 'cwd': str(cwd), 'env': env}
        for attempt in (1, 2):      # the template may just have gone idle
            self.connection = connect(preload, idle)
            try:
                self._send(request, streams)
                self.pid = self._read(timeout=START_TIMEOUT)['pid']
                break
            except (OSError, EOFError, KeyError) as error:
                self.connection.close()
                if attempt == 2:
                    raise TemplateError(
                        f'the template does not answer: {error}') from error
        self.returncode = None

    def _send(self, request, streams):
        fds = []
        ours = (sys.__stdout__, sys.__stderr__)
        for number, (stream, default) in enumerate(
                zip(streams, ours, strict=True), 1):
            try:
                fds.append((stream or default).fileno())
            except (AttributeError, OSError, ValueError):
                fds.append(number)
        payload = json.dumps(request).encode() + b'\n'
        sent = self.connection.sendmsg(
            [payload], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                         array.array('i', fds))])
        self.connection.sendall(payload[sent:])

    def _readable(self, timeout):
        """Whether the template says something within `timeout` seconds."""
        poll = select.poll()        # select() fails beyond 1,024 open files
        poll.register(self.connection, select.POLLIN)
        return bool(poll.poll(1000 * timeout))

    def _read(self, timeout):
        """One message of the template; EOFError when it has gone."""
        if not self._readable(timeout):
            raise OSError('no answer')
        data = b''
        while not data.endswith(b'\n'):
            # Byte by byte, so that a following message stays unread.
            chunk = self.connection.recv(1)
            if not chunk:
                raise EOFError('the template process has ended')
            data += chunk
        return json.loads(data)

    def poll(self):
        """The exit code, negative for a signal; None while it runs."""
        if self.returncode is None and self._readable(0):
            try:
                self.returncode = self._read(timeout=1)['exit']
            except (OSError, EOFError, KeyError, ValueError):
                self.returncode = -signal.SIGKILL
            self.connection.close()
        return self.returncode

    def wait(self, timeout=None):
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired('kernel', timeout)
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)
