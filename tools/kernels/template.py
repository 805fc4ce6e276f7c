"""The template process: imports libraries once, forks kernels on request.

It is started as a fresh program (``python -P template.py SOCKET``), stays
single-threaded and holds no zmq, CUDA or OpenMP state, so that forking it is
safe.  Each connection to its Unix socket asks for one kernel; the connection
then is that kernel's lifeline: when it closes, the kernel is killed, and when
the kernel ends, its exit code is written to it.
"""
import argparse
import array
import atexit
import builtins
import contextlib
import gc
import importlib
import io
import json
import os
import random
import selectors
import signal
import socket
import sys
import time
import traceback
import warnings

# What a kernel imports as it starts.
KERNEL_MODULES = (
    'ipykernel.kernelapp', 'ipykernel.debugger', 'tornado.locks',
    'tornado.queues', 'IPython.core.completer', 'IPython.core.completerlib',
    'IPython.core.debugger', 'IPython.core.oinspect',
    'IPython.extensions.storemagic', 'encodings.idna')


def preload(names):
    """Import what can be imported; a missing library is no reason to stop."""
    # The inline backend must be chosen before pyplot is imported, or plots
    # of the forked kernels would produce no output.
    os.environ['MPLBACKEND'] = 'module://matplotlib_inline.backend_inline'
    with warnings.catch_warnings(), in_a_kernel():
        warnings.simplefilter('ignore')
        for name in (*KERNEL_MODULES, *names):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


@contextlib.contextmanager
def in_a_kernel():
    """Libraries that ask as they are imported hear that this is a kernel.

    pandas, for one, chooses there how wide its tables are.
    """
    class ZMQShell:             # pandas looks for "zmq" in the name
        kernel = None

    builtins.get_ipython = ZMQShell
    try:
        yield
    finally:
        del builtins.get_ipython


def draw_once():
    """Draw a figure, so that no kernel has to load fonts for its first.

    The figure does not touch pyplot, which belongs to the kernels.
    """
    if 'matplotlib' not in sys.modules:
        return
    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter('ignore')
        from matplotlib.figure import Figure
        axes = (figure := Figure()).add_subplot()
        axes.plot([0, 1], label='$x_1$')
        axes.set(xlabel='x', title=r'$\mathbf{w}$', yscale='log')
        axes.legend()
        for kind in ('svg', 'pdf'):
            figure.savefig(io.BytesIO(), format=kind, bbox_inches='tight')


def receive(connection):
    """One JSON request with up to two file descriptors (stdout, stderr)."""
    size = 1 << 16
    data, fds = b'', array.array('i')
    while not data.endswith(b'\n'):
        chunk, ancillary, _, _ = connection.recvmsg(
            size, socket.CMSG_SPACE(2 * fds.itemsize))
        if not chunk:
            return None, ()
        for level, kind, payload in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(payload[:len(payload)
                                      - len(payload) % fds.itemsize])
        data += chunk
    return json.loads(data), tuple(fds)


class Template:
    """Accepts connections, forks kernels, reports how they end."""

    def __init__(self, path, idle):
        self.path, self.idle = path, idle
        self.selector = selectors.DefaultSelector()
        self.kernels = {}               # connection -> pid, or None
        self.last_used = time.monotonic()
        part = f'{path}.{os.getpid()}'
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(part)
        os.chmod(part, 0o600)
        self.listener.listen(64)
        os.replace(part, path)          # visible only when it answers
        self.inode = os.stat(path).st_ino
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.wake, wake_end = socket.socketpair()
        self.wake.setblocking(False)
        wake_end.setblocking(False)
        self.wake_end = wake_end
        signal.set_wakeup_fd(wake_end.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.selector.register(self.wake, selectors.EVENT_READ)

    def serve(self):
        """Until nobody has used the template for `idle` seconds.

        Returns a function to run in a forked child, or None at the end.
        """
        while True:
            events = self.selector.select(timeout=min(self.idle, 5))
            for key, _ in events:
                if key.fileobj is self.listener:
                    connection, _ = self.listener.accept()
                    self.kernels[connection] = None
                    self.selector.register(connection, selectors.EVENT_READ)
                elif key.fileobj is self.wake:
                    with contextlib.suppress(BlockingIOError):
                        self.wake.recv(1024)
                else:
                    child = self.handle(key.fileobj)
                    if child:
                        return child
            self.reap()
            if self.kernels:
                self.last_used = time.monotonic()
            elif time.monotonic() - self.last_used > self.idle:
                self.unlink()
                return None
            elif self.replaced():
                return None

    def replaced(self):
        """Whether another template has taken the address, or it is gone."""
        try:
            return os.stat(self.path).st_ino != self.inode
        except OSError:
            return True

    def unlink(self):
        if not self.replaced():
            with contextlib.suppress(OSError):
                os.unlink(self.path)

    def handle(self, connection):
        """A request on a new connection, or the end of an old one."""
        if self.kernels[connection] is not None:
            with contextlib.suppress(OSError):
                if connection.recv(4096):
                    return None
            self.forget(connection)
            return None
        try:
            request, fds = receive(connection)
        except (OSError, ValueError):
            request, fds = None, ()
        if request is None:
            self.forget(connection)
            return None
        pid = os.fork()
        if pid == 0:
            return lambda: self.become_kernel(request, fds)
        for fd in fds:
            os.close(fd)
        self.kernels[connection] = pid
        with contextlib.suppress(OSError):
            connection.sendall(json.dumps({'pid': pid}).encode() + b'\n')
        return None

    def forget(self, connection):
        """The client is gone: its kernel and all its children go too."""
        pid = self.kernels.pop(connection)
        if pid:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.selector.unregister(connection)
        connection.close()

    def reap(self):
        """Tell clients about kernels that have ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            for connection, owned in list(self.kernels.items()):
                if owned == pid:
                    code = os.waitstatus_to_exitcode(status)
                    with contextlib.suppress(OSError):
                        connection.sendall(
                            json.dumps({'exit': code}).encode() + b'\n')
                    self.kernels.pop(connection)
                    self.selector.unregister(connection)
                    connection.close()

    def become_kernel(self, request, fds):
        """In the child: shed the template and run an IPython kernel."""
        template_pid = os.getppid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.selector.close()
        for fileobj in (self.listener, self.wake, self.wake_end,
                        *self.kernels):
            fileobj.close()
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        for target, fd in zip((1, 2), fds, strict=False):
            os.dup2(fd, target)
            os.close(fd)
        os.environ.clear()
        os.environ.update(request['env'])
        os.environ['MPLBACKEND'] = (
            'module://matplotlib_inline.backend_inline')
        os.chdir(request['cwd'])
        prepare_libraries()
        sys.argv = ['ipykernel_launcher', *request['argv']]
        # As `python -m ipykernel_launcher` has it: the folder of the
        # notebook first, then PYTHONPATH.
        extra = os.environ.get('PYTHONPATH', '').split(os.pathsep)
        sys.path[:0] = ['', *filter(None, extra)]
        from ipykernel.kernelapp import IPKernelApp
        IPKernelApp.launch_instance(argv=[
            *request['argv'], f'--IPKernelApp.parent_handle={template_pid}'])


def prepare_libraries():
    """Fresh random states, and the thread count the environment asks for."""
    random.seed()
    if 'numpy' in sys.modules:
        sys.modules['numpy'].random.seed()
    torch = sys.modules.get('torch')
    if torch is not None:
        torch.seed()
        wanted = os.environ.get('OMP_NUM_THREADS', '')
        threads = (int(wanted) if wanted.isdigit() and int(wanted)
                   else len(os.sched_getaffinity(0))
                   if hasattr(os, 'sched_getaffinity') else os.cpu_count())
        torch.set_num_threads(threads)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('socket')
    parser.add_argument('--idle', type=float, default=300)
    parser.add_argument('--preload', default='')
    args = parser.parse_args()
    preload([name for name in args.preload.split(',') if name])
    draw_once()
    # Collecting garbage would touch, and so copy, what kernels share.
    gc.collect()
    gc.freeze()
    template = Template(args.socket, args.idle)
    child = template.serve()
    if child is None:
        return
    code = 1
    try:
        child()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == '__main__':
    main()
