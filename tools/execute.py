"""Execute one notebook, within limits, and say exactly how it ended."""
import asyncio
import contextlib
import datetime
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tools import lean  # noqa: F401 (for its effect)

OK = 'ok'
CELL_ERROR = 'error'
CELL_TIMEOUT = 'cell over its limit'
NOTEBOOK_TIMEOUT = 'notebook over its limit'
KERNEL_DIED = 'kernel died'
OUT_OF_MEMORY = 'out of memory'
START_FAILED = 'kernel did not start'
FORMATS = 'svg,pdf'             # of plots: for the site and for print
# Not the section's fault: worth one more try.
RETRIED = frozenset({KERNEL_DIED, START_FAILED})


@dataclass
class Task:
    """Everything a worker needs to run a section; plain data."""

    name: str
    notebook: dict
    kernel: str
    folder: str                     # working directory, made anew
    env: dict
    cell_limit: float
    notebook_limit: float
    root: str = ''                  # replaced in outputs by nothing
    sockets: str = ''               # folder for the sockets of kernels
    about: dict = field(default_factory=dict)   # of its record in the store
    specs: str = ''                 # folder of kernelspecs, looked in first


@dataclass
class Result:
    """How the execution of a section ended."""

    name: str
    status: str = OK
    outputs: list = field(default_factory=list)
    seconds: float = 0.0            # in its cells
    cell_seconds: list[float] = field(default_factory=list)
    peak_memory: int = 0            # bytes, of the kernel
    cell: int = -1                  # index of the failing cell
    line: int = 0                   # in the failing cell, from 1
    message: str = ''
    traceback: str = ''

    @property
    def ok(self):
        return self.status == OK


def build_environment(root, build_folder, cpus, data):
    """Environment variables of a kernel that runs a section in a build.

    Thread counts are those that the section asks for, not those that happen
    to be free, so that results do not depend on the machine's load.
    """
    threads = str(cpus)
    return {
        'OMP_NUM_THREADS': threads, 'MKL_NUM_THREADS': threads,
        'OPENBLAS_NUM_THREADS': threads,
        # The module of this book, wherever another one is installed.
        'PYTHONPATH': str(root),
        'CUDA_VISIBLE_DEVICES': '',
        'CUBLAS_WORKSPACE_CONFIG': ':4096:8',
        'D2L_ANIMATE': '0', 'D2L_FIGURE_FORMATS': FORMATS,
        'D2L_DATA': str(data),
        'IPYTHONDIR': str(ipython_folder(build_folder)),
        'SOURCE_DATE_EPOCH': '0', 'PYTHONWARNINGS': 'default',
        'TERM': 'dumb', 'NO_COLOR': '1', 'COLUMNS': '80',
    }


_IPYTHON_CONFIG = '''\
"""Kernels of a build: vector figures, the same bytes on every run."""
c = get_config()
c.InlineBackend.figure_formats = {formats}
c.InlineBackend.rc = {{'svg.hashsalt': 'd2l', 'figure.max_open_warning': 0}}
c.HistoryManager.enabled = False
c.InteractiveShell.colors = 'nocolor'
c.IPKernelApp.log_level = 40
'''


def ipython_folder(build_folder, formats=FORMATS):
    """The IPYTHONDIR of a build's kernels, written when it differs."""
    folder = Path(build_folder) / 'ipython' / formats.replace(',', '-')
    path = folder / 'profile_default' / 'ipython_kernel_config.py'
    text = _IPYTHON_CONFIG.format(formats=sorted(formats.split(',')))
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f'.{os.getpid()}.part')
        part.write_text(text)
        part.replace(path)
    return folder


def oom_kills(path='/proc/vmstat'):
    """How often the system has killed a process for want of memory."""
    with contextlib.suppress(OSError):
        found = re.search(r'^oom_kill (\d+)$', Path(path).read_text(), re.M)
        if found:
            return int(found.group(1))
    return 0


def peak_memory(pid):
    """The largest resident size that process `pid` had so far, in bytes."""
    with contextlib.suppress(OSError):
        found = re.search(r'^VmHWM:\s+(\d+) kB$',
                          Path(f'/proc/{pid}/status').read_text(), re.M)
        if found:
            return int(found.group(1)) * 1024
    return 0


# Where packages are on this machine, in a traceback.
_PACKAGES = re.compile(r'(?:[A-Za-z]:)?[/\\][^\s\x1b]*?[/\\]'
                       r'(?=site-packages[/\\])')


def clean_outputs(notebook, root):
    """Take out of outputs what belongs to this machine or run only."""
    prefixes = [p for p in {root, os.path.realpath(root)} if root]

    def clean(text):
        for prefix in prefixes:
            text = text.replace(f'{prefix}/', '')
        return re.sub(r'/\S*/ipykernel_\d+/\d+\.py', '<cell>', text)

    for cell in notebook.cells:
        if cell.cell_type != 'code':
            continue
        cell.metadata.pop('execution', None)
        for output in cell.outputs:
            if output.output_type == 'stream':
                output.text = clean(output.text)
            elif output.output_type == 'error':
                output.traceback = [_PACKAGES.sub('…/', clean(line))
                                    for line in output.traceback]


def _line_of_error(traceback):
    """The last line number of the failing cell in IPython's traceback."""
    plain = re.sub(r'\x1b\[[0-9;]*m', '', traceback)
    found = re.findall(r'(?:Cell In\s?\[\d+\], line |<cell line: ?)(\d+)',
                       plain)
    return int(found[-1]) if found else 0


def _without_source(traceback):
    """nbclient puts the cell's source before the traceback, which has it."""
    return traceback.split('------------------\n')[-1].lstrip('\n-')


def _exit_reason(code, kills_before):
    """Name the end of a kernel whose exit code is `code`."""
    if code == -signal.SIGKILL:
        if oom_kills() > kills_before:
            return OUT_OF_MEMORY, ('the system killed it for want of memory '
                                   '(SIGKILL)')
        return KERNEL_DIED, 'it was killed (SIGKILL)'
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f'signal {-code}'
        return KERNEL_DIED, f'it ended by {name}'
    return KERNEL_DIED, (f'it exited with code {code}' if code is not None
                         else 'it no longer answers')


async def _run(task, notebook, result):
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import (
        CellControlSignal,
        CellExecutionError,
        CellTimeoutError,
        DeadKernelError,
    )

    from tools.kernels.ready import PromptClient

    # The path of a socket must be short: not below the working directory.
    sockets = Path(tempfile.mkdtemp(prefix='k', dir=task.sockets or None))
    specs = KernelSpecManager()
    if task.specs:
        specs.kernel_dirs = [task.specs, *specs.kernel_dirs]
    km = AsyncKernelManager(kernel_name=task.kernel,
                            kernel_spec_manager=specs,
                            client_factory=PromptClient)
    if os.name == 'posix':
        km.transport, km.ip = 'ipc', str(sockets / 'k')
    km.connection_file = str(sockets / 'connection.json')
    client = NotebookClient(
        notebook, km=km, timeout=task.cell_limit, startup_timeout=120,
        raise_on_iopub_timeout=True, iopub_timeout=30, coalesce_streams=True,
        record_timing=False, shutdown_kernel='immediate',
        store_widget_state=False,
        resources={'metadata': {'path': task.folder}})
    kills, process, index = oom_kills(), None, -1
    over = f'the notebook took longer than {task.notebook_limit:g} s'
    environment = {**os.environ, **task.env}
    started = time.monotonic()
    # What the kernel process says outside of cells: of interest only when
    # it fails.
    log = sockets / 'log'
    sink = open(log, 'wb')  # noqa: SIM115 (closed at the end of the try)
    try:
        # Its sockets and threads go with the kernel, though we made it.
        async with client.async_setup_kernel(cleanup_kc=True, env=environment,
                                             stdout=sink, stderr=sink):
            process = km.provisioner.process
            pid = getattr(process, 'pid', None)
            count = 0
            for index, cell in enumerate(notebook.cells):
                begun = time.monotonic()
                left = task.notebook_limit - (begun - started)
                if left <= 0:
                    raise TimeoutError
                count += cell.cell_type == 'code'
                try:
                    await asyncio.wait_for(client.async_execute_cell(
                        cell, index, execution_count=None), left)
                finally:
                    if cell.cell_type == 'code':
                        result.cell_seconds.append(
                            round(time.monotonic() - begun, 3))
            index = -1
            result.peak_memory = peak_memory(pid) if pid else 0
    except CellTimeoutError:
        result.status = CELL_TIMEOUT
        result.message = f'the cell took longer than {task.cell_limit:g} s'
    except TimeoutError:
        result.status = NOTEBOOK_TIMEOUT
        result.message = over
    except CellExecutionError as error:
        result.status = CELL_ERROR
        result.message = f'{error.ename}: {error.evalue}'.strip()
        result.traceback = _without_source(error.traceback)
        result.line = _line_of_error(error.traceback)
    except (DeadKernelError, CellControlSignal):
        # nbclient takes being cancelled at the limit for a dead kernel.
        if time.monotonic() - started >= task.notebook_limit:
            result.status = NOTEBOOK_TIMEOUT
            result.message = over
            return
        with contextlib.suppress(Exception):
            await asyncio.to_thread(process.wait, 2)
        result.status, result.message = _exit_reason(
            process and process.poll(), kills)
        result.message = f'the kernel died: {result.message}'
    except RuntimeError as error:
        if index >= 0:
            raise
        result.status = START_FAILED
        said = log.read_text(errors='replace').strip().split('\n')[-1]
        result.message = f'the kernel did not start: {said or error}'
    finally:
        sink.close()
        with contextlib.suppress(Exception):
            if await km.is_alive():
                await km.shutdown_kernel(now=True)
        shutil.rmtree(sockets, ignore_errors=True)
        result.cell = index if result.status != OK else -1


def execute(task):
    """Run a task to its end; never raises for what a section does."""
    import nbformat

    from tools.notebooks import outputs_of

    for attempt in (1, 2):
        notebook = nbformat.from_dict(json.loads(json.dumps(task.notebook)))
        result = Result(task.name)
        shutil.rmtree(task.folder, ignore_errors=True)
        try:
            Path(task.folder).mkdir(parents=True, exist_ok=True)
            asyncio.run(_run(task, notebook, result))
        except OSError as error:
            result.status = START_FAILED
            result.message = f'cannot run here: {error}'
        if result.status not in RETRIED or attempt == 2:
            break
    clean_outputs(notebook, task.root)
    result.outputs = json.loads(json.dumps(outputs_of(notebook)))
    # The cells' own time: the first sections of a build also wait for the
    # template process, which is no fault of theirs.
    result.seconds = round(sum(result.cell_seconds), 3)
    shutil.rmtree(task.folder, ignore_errors=True)
    return result


def record(about, result):
    """What is kept in the store of a section that was executed.

    `about` says which, as `Task.about`.
    """
    return about | {
        'outputs': result.outputs, 'seconds': result.seconds,
        'cell_seconds': result.cell_seconds,
        'peak_memory': result.peak_memory,
        'date': datetime.date.today().isoformat()}


def prepare_worker():
    """In a new worker: die with the build, leave Ctrl-C to it."""
    import multiprocessing
    import threading

    if hasattr(os, 'setsid'):
        # Ignoring SIGINT would not do: nbclient installs its own handler.
        with contextlib.suppress(OSError):
            os.setsid()
    parent = multiprocessing.parent_process()

    def watch():
        from multiprocessing.connection import wait
        wait([parent.sentinel])
        # Kernels go with their connections; nothing else is to be saved.
        os._exit(1)

    if parent is not None and sys.platform != 'win32':
        threading.Thread(target=watch, daemon=True).start()
