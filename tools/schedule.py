"""Run many tasks in parallel: longest first, on whatever a pool offers.

A pool takes jobs and hands out futures: `LocalPool` the processors, memory
and GPUs of this machine, `cluster.DaskPool` the workers of a cluster.
"""
import concurrent.futures as futures
import contextlib
import multiprocessing
import signal
import sys
import threading
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from tools import execute
from tools.errors import BookError
from tools.sections import Needs

TRIES = 3       # of a section whose worker dies
PAUSE = 0.25    # seconds before the workers are replaced, more each time


@dataclass
class Job:
    """A task with what it needs and how long it is expected to take."""

    task: execute.Task
    needs: Needs
    expected: float


class WorkerLost(Exception):
    """The worker that ran a section is gone, which is not its fault."""


class TryAgain(Exception):
    """The section could not begin, and now it can."""


def impossible(needs, machine):
    """Why a section can never run on this machine; '' when it can."""
    if needs.gpus > len(machine.gpus):
        return (f'needs {needs.gpus} GPU{"s" * (needs.gpus > 1)}, '
                f'{machine.name} has {len(machine.gpus) or "none"}')
    if needs.memory > machine.memory:
        return (f'needs {needs.memory / 1e9:.1f} GB of memory, '
                f'{machine.memory / 1e9:.1f} GB are available')
    return ''


class Slots:
    """Processors, memory and GPUs still free."""

    def __init__(self, machine):
        self.machine = machine
        self.cpus, self.memory = machine.cpus, machine.memory
        self.gpus = list(machine.gpus)

    def take(self, needs):
        """GPUs for a section with these needs, or None if it doesn't fit.

        A section that wants more processors than there are gets them all.
        """
        cpus = min(needs.cpus, self.machine.cpus)
        if (cpus > self.cpus or needs.memory > self.memory
                or needs.gpus > len(self.gpus)):
            return None
        self.cpus -= cpus
        self.memory -= needs.memory
        taken, self.gpus = (self.gpus[:needs.gpus],
                            self.gpus[needs.gpus:])
        return taken

    def give_back(self, needs, gpus):
        self.cpus += min(needs.cpus, self.machine.cpus)
        self.memory += needs.memory
        self.gpus = sorted(self.gpus + gpus)


def new_executor(workers):
    """Worker processes that have imported what executing needs."""
    if sys.platform == 'win32':
        context = multiprocessing.get_context('spawn')
    else:
        context = multiprocessing.get_context('forkserver')
        context.set_forkserver_preload(
            ['tools.execute', 'tools.notebooks', 'nbclient',
             'jupyter_client.manager', 'nbformat', 'tools.kernels.ready'])
    return futures.ProcessPoolExecutor(
        workers, mp_context=context, initializer=execute.prepare_worker)


@contextlib.contextmanager
def interrupts():
    """A list to which Ctrl-C is added, instead of being raised anywhere.

    Raised in the midst of starting a worker or of taking the locks of
    futures, it would leave what nobody can end.  A second one is raised.
    """
    came = []

    def heard(*_):
        if came:
            raise KeyboardInterrupt
        came.append(True)

    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = signal.signal(signal.SIGINT, heard)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, before)


class LocalPool:
    """Worker processes on this machine, within its slots."""

    def __init__(self, machine, make=new_executor,
                 started=lambda name: None):
        self.machine, self.slots = machine, Slots(machine)
        self.make, self.executor, self.started = make, None, started
        self.taken = {}             # future -> (needs, GPUs)
        self.losses = 0             # in a row

    def submit(self, job, waiting=1):
        """A future of the job's result; None while it doesn't fit.

        `waiting` is how many jobs there are, this one included.
        """
        if self.slots.cpus <= 0:
            return None
        gpus = self.slots.take(job.needs)
        if gpus is None:
            return None
        if self.executor is None:
            self.executor = self.make(min(self.machine.cpus,
                                          max(1, waiting)))
        task = replace(job.task, env=job.task.env | {
            'CUDA_VISIBLE_DEVICES': ','.join(map(str, gpus))})
        try:
            future = self.executor.submit(execute.execute, task)
        # A worker was killed before, or while it started.
        except (BrokenProcessPool, EOFError, OSError) as error:
            future = futures.Future()
            future.set_exception(BrokenProcessPool(str(error)))
        self.taken[future] = job.needs, gpus
        self.started(job.task.name)
        return future

    def result(self, future):
        """The Result of a future that is done; `WorkerLost` without one."""
        self.slots.give_back(*self.taken.pop(future))
        try:
            result = future.result()
        except BrokenProcessPool as error:
            raise WorkerLost(str(error)) from None
        self.losses = 0
        return result

    def renew(self):
        """After the loss of a worker, which takes all others with it."""
        for future in list(self.taken):
            self.slots.give_back(*self.taken.pop(future))
        # The others may wait for a lock that died with it, and outlive the
        # SIGTERM that the executor sends them.
        stop(self.executor)
        self.executor = None
        # The server that forks the workers is started anew only when the
        # system calls it dead, and refuses connections a moment earlier:
        # on a loaded machine, three tries should not all fall into that.
        self.losses += 1
        time.sleep(PAUSE * self.losses)
        return True

    def check(self):
        """Nothing: this machine is here."""

    def close(self):
        """End at once; kernels go with their workers."""
        if self.executor is not None:
            stop(self.executor)


def _first_done(running, came):
    """Futures that have ended, within some seconds or until Ctrl-C."""
    for _ in range(10):
        done, _ = futures.wait(running, timeout=0.5,
                               return_when=futures.FIRST_COMPLETED)
        if done or came:
            break
    return done


def run(jobs, pool):
    """Yield a Result for each job as it ends; the pool is closed after it.

    A worker that is killed costs its own section another try, no more.
    Ctrl-C raises KeyboardInterrupt between two results.
    """
    with interrupts() as came:
        for result in _run(jobs, pool, came):
            yield result
            if came:
                break
    if came:
        raise KeyboardInterrupt


def _run(jobs, pool, came):
    """The Results, until there are no more or Ctrl-C has come."""
    waiting = sorted(jobs, key=lambda j: (-j.expected, j.task.name))
    running, tries = {}, {}
    try:
        while (waiting or running) and not came:
            for job in list(waiting):
                future = pool.submit(job, len(waiting))
                if future is not None:
                    waiting.remove(job)
                    running[future] = job
            done = _first_done(running, came)
            pool.check()
            broken = False
            for future in done:
                job = running.pop(future)
                name = job.task.name
                try:
                    yield pool.result(future)
                except TryAgain:
                    waiting.insert(0, job)
                except WorkerLost as error:
                    broken = True
                    tries[name] = tries.get(name, 0) + 1
                    if tries[name] < TRIES:
                        waiting.insert(0, job)
                    else:
                        yield execute.Result(
                            name, execute.KERNEL_DIED,
                            message='the worker that ran it died three '
                                    f'times: {error}')
                except BookError:       # nothing more can be executed
                    raise
                except Exception as error:
                    yield execute.Result(
                        name, execute.START_FAILED,
                        message=f'the executor failed: '
                                f'{type(error).__name__}: {error}')
            if broken and pool.renew():
                waiting[:0] = running.values()
                running.clear()
    finally:
        pool.close()


def stop(executor):
    """End a process pool at once."""
    processes = list((executor._processes or {}).values())
    # First of all: one that is just starting needs what shutdown removes.
    for process in processes:
        process.kill()      # nbclient would take its time over SIGTERM
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.join(5)
