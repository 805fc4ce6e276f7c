"""Run many tasks in parallel: longest first, within the machine's slots."""
import concurrent.futures as futures
import multiprocessing
import sys
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from tools import execute
from tools.sections import Needs


@dataclass
class Job:
    """A task with what it needs and how long it is expected to take."""

    task: execute.Task
    needs: Needs
    expected: float


def impossible(needs, machine):
    """Why a section can never run on this machine; '' when it can."""
    if needs.gpus > len(machine.gpus):
        return (f'needs {needs.gpus} GPU{"s" * (needs.gpus > 1)}, this '
                f'machine has {len(machine.gpus) or "none"}')
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


def new_pool(workers):
    """Worker processes that have imported what executing needs."""
    if sys.platform == 'win32':
        context = multiprocessing.get_context('spawn')
    else:
        context = multiprocessing.get_context('forkserver')
        context.set_forkserver_preload(
            ['tools.execute', 'tools.notebooks', 'nbclient',
             'jupyter_client.manager', 'nbformat'])
    return futures.ProcessPoolExecutor(
        workers, mp_context=context, initializer=execute.prepare_worker)


def run(jobs, machine, started=lambda name: None, make_pool=new_pool):
    """Yield a Result for each job as it ends.

    A worker that is killed costs its own section a second try, no more.
    """
    waiting = sorted(jobs, key=lambda j: (-j.expected, j.task.name))
    slots, running, tries = Slots(machine), {}, {}
    pool = make_pool(min(machine.cpus, max(1, len(waiting))))
    try:
        while waiting or running:
            for job in list(waiting):
                gpus = slots.take(job.needs)
                if gpus is None:
                    continue
                waiting.remove(job)
                env = job.task.env | {
                    'CUDA_VISIBLE_DEVICES': ','.join(map(str, gpus))}
                started(job.task.name)
                task = replace(job.task, env=env)
                running[pool.submit(execute.execute, task)] = job, gpus
                if slots.cpus <= 0:
                    break
            done, _ = futures.wait(running,
                                   return_when=futures.FIRST_COMPLETED)
            broken = False
            for future in done:
                job, gpus = running.pop(future)
                slots.give_back(job.needs, gpus)
                try:
                    yield future.result()
                except BrokenProcessPool:
                    broken = True
                    name = job.task.name
                    tries[name] = tries.get(name, 0) + 1
                    if tries[name] < 3:
                        waiting.insert(0, job)
                    else:
                        yield execute.Result(
                            name, execute.KERNEL_DIED,
                            message='the worker process that ran it died '
                                    'three times')
                except Exception as error:
                    yield execute.Result(
                        job.task.name, execute.START_FAILED,
                        message=f'the executor failed: '
                                f'{type(error).__name__}: {error}')
            if broken:
                # Every section that was running lost its worker.
                for future, (job, gpus) in list(running.items()):
                    running.pop(future)
                    slots.give_back(job.needs, gpus)
                    waiting.insert(0, job)
                pool.shutdown(wait=False, cancel_futures=True)
                pool = make_pool(machine.cpus)
    finally:
        stop(pool)


def stop(pool):
    """End the pool at once; kernels go with their workers."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()      # nbclient would take its time over SIGTERM
    for process in processes:
        process.join(5)
