"""Jobs for the workers of a Dask cluster, as futures.

Whatever deploys the cluster (``dask worker``, a batch system, Kubernetes,
SSH), only its scheduler's address is needed.  Workers take the sections they
have the processors, memory and GPUs for, and only workers whose packages are
those of this build: others would store results that are not what their
fingerprints say.
"""
import concurrent.futures as futures
import contextlib
import dataclasses
import io
import logging
import sys
import tarfile
import time

from tools import execute, schedule
from tools.cluster import bundle
from tools.errors import BookError, Problem
from tools.machine import Machine

PATIENCE = 60       # seconds to wait for the first worker
NOTICE = 15         # seconds without any worker before it is said


def _quiet():
    """Lost connections are told by us, once, and without tracebacks."""
    for name in list(logging.root.manager.loggerDict):
        if name.split('.')[0] in ('distributed', 'tornado'):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class _ByValue:
    """A function that unpickles where its module is not known."""

    def __init__(self, function):
        import cloudpickle
        self.blob, self.loads = cloudpickle.dumps(function), cloudpickle.loads

    def __reduce__(self):
        return self.loads, (self.blob,)

    def __call__(self, *args):
        return self.loads(self.blob)(*args)


class DaskPool:
    """The workers of the cluster whose scheduler is at `address`."""

    def __init__(self, book, profile, address, say=print, started=None,
                 patience=PATIENCE):
        try:
            import cloudpickle
            import distributed

            from tools.cluster import worker
        except ImportError as error:
            raise BookError(Problem(
                f'a cluster needs Dask: {error}',
                hint="pip install 'distributed>=2024.2'")) from None
        cloudpickle.register_pickle_by_value(worker)
        _quiet()
        self.worker, self.book, self.profile = worker, book, profile
        self.address, self.say = address, say
        self.started = started or (lambda name: None)
        self.blob, self.digest = bundle.make(book)
        self.sent, self.seen = set(), time.monotonic()
        self.warned = False
        options = ({'scheduler_file': address.removeprefix('file://')}
                   if address.startswith('file://') else
                   {'address': address})
        try:
            self.client = distributed.Client(
                **options, timeout=20, set_as_default=False, name='d2l-build')
        except (OSError, ValueError, TimeoutError) as error:
            raise BookError(Problem(
                f'no scheduler of Dask at {address}: {error}',
                hint='start one with `dask scheduler`, and workers with '
                     '`dask worker ADDRESS`')) from None
        try:
            with self._connected():
                self._settle(patience)
        except BaseException:
            self.client.close(timeout=1)
            raise

    @contextlib.contextmanager
    def _connected(self):
        """The loss of the scheduler is an error of the build, not ours."""
        try:
            yield
        except (futures.CancelledError, OSError) as error:
            raise BookError(Problem(
                f'the connection to the scheduler {self.address} is lost'
                + (f': {error}' if str(error) else ''),
                hint='what was executed is kept; build again when the '
                     'scheduler is back')) from None

    # -- the workers --------------------------------------------------------

    def _settle(self, patience):
        """Wait for workers, make them ready, see what they have."""
        deadline = time.monotonic() + patience
        self.client.register_plugin(self.worker.Setup(
            self.digest, self.blob, list(self.book.environment)))
        told = False
        while True:
            about = self.workers()
            usable = self._usable(about)
            if usable and len(about) == self._count():
                break
            if time.monotonic() > deadline:
                if usable:
                    break
                raise BookError(Problem(
                    f'no worker of {self.address} can be used',
                    hint=self._objections(about) or 'start some with `dask '
                    f'worker {self.address}`'))
            if not about and not told:
                self.say(f'waiting for workers of {self.address}')
                told = True
            time.sleep(0.2)
        for text in self._objections(about).split('\n'):
            if text:
                self.say(f'warning: {text}')
        executor = self.client.get_executor(pure=False)
        self._submit = executor.submit
        self._execute = _ByValue(self.worker.execute)
        self.client.subscribe_topic('d2l', self._heard)
        self.about = about
        self.say(f'{self.address}: {len(usable)} workers, '
                 f'{sum(a["cpus"] for a in usable.values())} processors')

    def _count(self):
        return len(self.client.scheduler_info(n_workers=-1)['workers'])

    def workers(self):
        """What each worker that is ready has, by address."""
        found = self.client.run(self.worker.describe, self.digest,
                                on_error='ignore')
        return {address: about for address, about in found.items()
                if isinstance(about, dict)}

    def environment(self):
        from tools import fingerprint
        return dict(fingerprint.versions(tuple(self.book.environment)))

    def _usable(self, about):
        ours = self.environment()
        return {address: a for address, a in about.items()
                if a.get('environment') == ours}

    def _objections(self, about):
        """Why workers are not used, a line for each."""
        ours, lines = self.environment(), []
        for address, a in sorted(about.items()):
            if 'error' in a:
                lines.append(f'worker {address} cannot run the pipeline: '
                             f'{a["error"]}')
            elif a['environment'] != ours:
                theirs = a['environment']
                differ = ', '.join(
                    f'{name} {theirs.get(name, "missing")} instead of '
                    f'{ours.get(name)}' for name in sorted({*ours, *theirs})
                    if theirs.get(name) != ours.get(name))
                lines.append(f'worker {address} is not used: it has '
                             f'{differ}')
        return '\n'.join(lines)

    @property
    def machine(self):
        """The most that a single worker has of everything."""
        usable = self._usable(self.about).values()
        most = max(usable, key=lambda a: len(a['gpus']))
        return Machine(max(a['cpus'] for a in usable),
                       max(a['memory'] for a in usable),
                       tuple(most['gpus']), 'the largest worker',
                       most['device'])

    def _heard(self, event):
        """A worker has begun a section."""
        message = event[1] if isinstance(event, tuple) else event
        with contextlib.suppress(Exception):
            self.started(message['began'])

    # -- what the scheduling asks for ---------------------------------------

    def submit(self, job, waiting=1):
        """A future of the answer of a worker, which may not be there yet."""
        needs, worker = job.needs, self.worker
        resources = {
            worker.CPUS: min(needs.cpus, self.machine.cpus),
            worker.environment_resource(self.environment()): 1}
        if needs.memory:
            resources[worker.MEMORY] = needs.memory
        if needs.gpus:
            resources[worker.GPUS] = needs.gpus
        task = dataclasses.asdict(job.task)
        for here in ('kernel', 'specs', 'folder', 'env', 'root', 'sockets'):
            task.pop(here)
        request = {
            'do': 'run', 'task': task, 'cpus': needs.cpus,
            'data': list(needs.data), 'profile': self.profile.name,
            'preload': list(self.book.preload), 'store': self._store()}
        with self._connected():
            return self._submit(
                self._execute, self.digest, request, needs.gpus,
                resources=resources, key=f'{job.task.name}-{time.time_ns()}')

    def _store(self):
        """The shared store, when workers can and may write it."""
        location = self.book.shared_store
        return (location if self.book.write_shared_store
                and '://' in location else '')

    def result(self, future):
        """The Result of a future that is done."""
        import distributed
        with self._connected():
            try:
                answer = future.result()
            except distributed.scheduler.KilledWorker as error:
                raise schedule.WorkerLost(str(error)) from None
        if 'lost' in answer:
            raise schedule.WorkerLost(answer['lost'])
        if answer.get('lacking'):
            for name in answer['lacking']:
                self._send(name, answer['worker'], answer['cache'])
            raise schedule.TryAgain
        if 'error' in answer:
            raise RuntimeError(answer['error'])
        return execute.Result(**answer['result'])

    def _send(self, name, address, cache):
        """Bring a data set to a worker that doesn't have it."""
        if (name, address) in self.sent:
            raise RuntimeError(f'the data set {name!r} did not arrive at '
                               f'{address}')
        from d2l import data
        folder = data.fetch(name, cache=self.book.data)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode='w') as archive:
            archive.add(folder, folder.relative_to(
                self.book.data).as_posix())
        with self._connected():
            self.client.run(self.worker.receive, name, packed.getvalue(),
                            cache, workers=[address])
        self.sent.add((name, address))

    def renew(self):
        """Nothing is lost with a worker but what ran there."""
        return False

    def check(self):
        """Say so when no worker is left."""
        if self.client.status != 'running':
            return
        with contextlib.suppress(Exception):
            if self._count():
                self.seen, self.warned = time.monotonic(), False
            elif not self.warned and time.monotonic() - self.seen > NOTICE:
                self.say(f'{self.address} has no workers now; waiting for '
                         'one (Ctrl-C keeps what was executed)')
                self.warned = True

    def close(self):
        """Leave the cluster; sections that still run there are stopped."""
        with contextlib.suppress(Exception):
            self.client.close(timeout=2)
        sys.stderr.flush()
