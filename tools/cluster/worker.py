"""What runs on a worker, inside Dask's own process.

This module is sent to the workers by value, and imports nothing of ours:
notebooks are executed by hosts (see `host`), processes beside the worker that
run from the unpacked bundle.  So a worker outlives whatever a section does,
and always runs the pipeline that the build has.
"""
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from pathlib import Path, PurePosixPath

from distributed import WorkerPlugin, get_worker

CPUS, MEMORY, GPUS = 'd2l-cpus', 'd2l-memory', 'd2l-gpus'


class HostLost(Exception):
    """The process that executed the notebook ended."""


class Cancelled(Exception):
    """Nobody waits for the result any more."""


class Host:
    """A process that executes notebooks, in a folder of its own."""

    def __init__(self, folder, blob):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            archive.extractall(folder)
        environment = {
            k: v for k, v in os.environ.items()
            # Dask limits the threads of its workers; ours are a matter of
            # the sections.
            if k not in ('OMP_NUM_THREADS', 'MKL_NUM_THREADS',
                         'OPENBLAS_NUM_THREADS')}
        environment['PYTHONPATH'] = os.pathsep.join(filter(None, (
            str(folder), environment.get('PYTHONPATH'))))
        self.log = open(folder / 'log', 'wb')  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'tools.cluster.host', str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            env=environment, cwd=folder, text=True, start_new_session=True)

    def ask(self, request, wanted=lambda: True):
        """The answer to a request; `HostLost` without one."""
        answer = []

        def talk():
            with contextlib.suppress(OSError, ValueError):
                self.process.stdin.write(json.dumps(request) + '\n')
                self.process.stdin.flush()
                answer.append(self.process.stdout.readline())

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.5)
            if thread.is_alive() and not wanted():
                self.close()
                raise Cancelled
        if not answer or not answer[0]:
            self.close()
            said = (self.folder / 'log').read_text(errors='replace')
            raise HostLost(said.strip()[-400:] or 'it was killed')
        return json.loads(answer[0])

    def close(self):
        """End the process; its kernel goes with it."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Hosts:
    """The hosts of a worker: as many as notebooks run at a time."""

    def __init__(self, folder, blob):
        self.folder, self.blob = folder, blob
        self.lock = threading.Lock()
        self.idle, self.count, self.gpus = [], 0, []

    @contextlib.contextmanager
    def one(self, gpus=0):
        """(a host, GPUs of its own)."""
        with self.lock:
            host = self.idle.pop() if self.idle else None
            self.count += host is None
            number = self.count
            taken, self.gpus = self.gpus[:gpus], self.gpus[gpus:]
        try:
            host = host or Host(self.folder / str(number), self.blob)
            yield host, taken
        finally:
            with self.lock:
                self.gpus = sorted(self.gpus + taken)
                if host is not None and host.process.poll() is None:
                    self.idle.append(host)

    def close(self):
        for host in self.idle:
            host.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Setup(WorkerPlugin):
    """Makes a worker ready for the builds that have the same bundle."""

    def __init__(self, digest, blob, packages):
        self.name = f'd2l-{digest}'
        self.digest, self.blob, self.packages = digest, blob, packages

    async def setup(self, worker):
        import asyncio
        folder = (Path(worker.local_directory)
                  / f'd2l-{self.digest[:16]}-{os.getpid()}')
        hosts = Hosts(folder, self.blob)

        def describe():
            with hosts.one() as (host, _):
                return host.ask({'do': 'describe',
                                 'packages': self.packages})
        try:
            about = await asyncio.to_thread(describe)
        except HostLost as error:
            about = {'error': str(error)}
        hosts.gpus = list(about.get('gpus', ()))
        about['cpus'] = worker.state.nthreads
        limit = worker.memory_manager.memory_limit
        if limit and about.get('memory'):
            about['memory'] = min(about['memory'], limit)
        if not hasattr(worker, 'd2l'):
            worker.d2l = {}
        worker.d2l[self.digest] = hosts, about
        if 'error' not in about:
            await worker.set_resources(**{
                CPUS: about['cpus'], MEMORY: about['memory'],
                GPUS: len(about['gpus']),
                environment_resource(about['environment']): 1e6})

    def teardown(self, worker):
        hosts, _ = worker.d2l.pop(self.digest, (None, None))
        if hosts is not None:
            hosts.close()


def environment_resource(environment):
    """The name of what every worker with this environment has."""
    import hashlib
    text = json.dumps(environment, sort_keys=True)
    return f'd2l-environment-{hashlib.sha256(text.encode()).hexdigest()[:16]}'


def describe(digest, dask_worker):
    """What the worker said of itself; None before its plugin has run."""
    return getattr(dask_worker, 'd2l', {}).get(digest, (None, None))[1]


def receive(name, blob, cache):
    """Unpack a data set that the build has sent into the worker's cache."""
    target = Path(cache)
    part = target / f'.{name.replace("/", "-")}.{os.getpid()}.part'
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(blob)) as archive:
            files = [m for m in archive if not m.isdir()]
            for member in files:
                inside = PurePosixPath(member.name)
                if (not member.isfile() or inside.is_absolute()
                        or '..' in inside.parts):
                    raise ValueError(f'{member.name!r} is no file of a data '
                                     'set')
                place = part / inside
                place.parent.mkdir(parents=True, exist_ok=True)
                with open(place, 'wb') as file:
                    shutil.copyfileobj(archive.extractfile(member), file)
        for member in files:
            place = target / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            (part / member.name).replace(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def execute(digest, request, gpus):
    """Run a task on a host of this worker; the host's answer."""
    worker = get_worker()
    key = worker.get_current_task()
    worker.log_event('d2l', {'began': request['task']['name'],
                             'worker': worker.address})

    def wanted():
        task = worker.state.tasks.get(key)
        return task is not None and task.state in ('executing', 'long-running')

    try:
        with worker.d2l[digest][0].one(gpus) as (host, taken):
            answer = host.ask(request | {'gpus': ','.join(map(str, taken))},
                              wanted)
    # As data: classes that were sent by value are others over there.
    except (HostLost, Cancelled) as error:
        answer = {'lost': str(error) or 'it was cancelled'}
    return answer | {'worker': worker.address}
