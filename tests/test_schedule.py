"""Scheduling: longest first, within processors, memory and GPUs."""
import concurrent.futures as futures
import os
import signal
import time
from concurrent.futures.process import BrokenProcessPool

import pytest

from tools import execute, schedule
from tools.machine import Machine
from tools.sections import Needs

GB = 10**9


def job(name, expected=1.0, **needs):
    task = execute.Task(name, {}, 'k', 'f', {'A': 'b'}, 1, 1)
    return schedule.Job(task, Needs(**needs), expected)


class Recorder:
    """A pool of threads that notes what runs together."""

    def __init__(self, monkeypatch, seconds=0.02):
        self.order, self.envs, self.now, self.peak = [], {}, [], []
        self.seconds = seconds
        monkeypatch.setattr(execute, 'execute', self.execute)

    def execute(self, task):
        self.order.append(task.name)
        self.envs[task.name] = task.env
        self.now.append(task.name)
        self.peak.append(sorted(self.now))
        time.sleep(self.seconds)
        self.now.remove(task.name)
        return execute.Result(task.name)

    @staticmethod
    def pool(workers):
        pool = futures.ThreadPoolExecutor(workers)
        pool._processes = {}
        return pool


def run(monkeypatch, jobs, machine):
    recorder = Recorder(monkeypatch)
    results = list(schedule.run(
        jobs, schedule.LocalPool(machine, recorder.pool)))
    assert sorted(r.name for r in results) == sorted(
        j.task.name for j in jobs)
    return recorder


def test_longest_first(monkeypatch):
    made = run(monkeypatch, [job('a', 1), job('b', 9), job('c', 5)],
               Machine(1, GB * 4))
    assert made.order == ['b', 'c', 'a']


def test_processors_are_not_oversubscribed(monkeypatch):
    jobs = [job(f'one{i}') for i in range(4)] + [job('two', cpus=2)]
    made = run(monkeypatch, jobs, Machine(2, GB * 9))
    assert all(len(p) <= 2 for p in made.peak)
    assert all(p == ['two'] for p in made.peak if 'two' in p)


def test_more_processors_than_there_are(monkeypatch):
    made = run(monkeypatch, [job('wide', cpus=64), job('x')],
               Machine(2, GB * 9))
    assert sorted(made.order) == ['wide', 'x']


def test_memory_is_respected(monkeypatch):
    jobs = [job(f'm{i}', memory=3 * GB) for i in range(3)]
    made = run(monkeypatch, jobs, Machine(4, 7 * GB))
    assert max(len(p) for p in made.peak) == 2


def test_gpus_are_given_out_one_by_one(monkeypatch):
    jobs = [job(f'g{i}', gpus=1) for i in range(4)] + [job('none')]
    made = run(monkeypatch, jobs, Machine(8, 99 * GB, (0, 3)))
    given = {n: e['CUDA_VISIBLE_DEVICES'] for n, e in made.envs.items()}
    assert given.pop('none') == ''
    assert set(given.values()) == {'0', '3'}
    assert all(len([n for n in p if n[0] == 'g']) <= 2 for p in made.peak)


@pytest.mark.parametrize(('needs', 'reason'), [
    (Needs(), ''), (Needs(gpus=2), 'needs 2 GPUs, this machine has 1'),
    (Needs(memory=5 * GB), 'needs 5.0 GB of memory'),
    (Needs(cpus=99), '')])
def test_impossible(needs, reason):
    found = schedule.impossible(needs, Machine(2, 4 * GB, (0,)))
    assert found.startswith(reason) and bool(found) == bool(reason)


def die_or_work(task):
    """Runs in a worker process: the first try of 'fatal' kills it."""
    if task.name == 'fatal' and not os.path.exists(task.folder):
        open(task.folder, 'w').close()
        os._exit(9)
    if task.name == 'hopeless':
        os._exit(9)
    time.sleep(0.05)
    return execute.Result(task.name)


@pytest.mark.parametrize('victim', ['fatal', 'hopeless'])
def test_killed_worker_costs_its_section_only(monkeypatch, tmp_path, victim):
    import multiprocessing
    monkeypatch.setattr(execute, 'execute', die_or_work)

    def pool(workers):
        return futures.ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context('fork'))

    jobs = [job(n) for n in ('a', 'b', 'c', victim)]
    for j in jobs:
        j.task.folder = str(tmp_path / 'mark')
    results = {r.name: r for r in
               schedule.run(jobs, schedule.LocalPool(
                   Machine(2, 9 * GB), pool))}
    assert sorted(results) == sorted(['a', 'b', 'c', victim])
    assert results[victim].ok == (victim == 'fatal')
    if victim == 'hopeless':
        assert 'died three times' in results[victim].message


def test_workers_that_cannot_start_for_a_moment(monkeypatch):
    """A killed process that makes workers seems to live a little longer."""
    monkeypatch.setattr(execute, 'execute',
                        lambda task: execute.Result(task.name))
    began = time.monotonic()

    class Late(futures.ThreadPoolExecutor):
        _processes = None

        def submit(self, *args):
            if time.monotonic() - began < 0.5:
                raise BrokenProcessPool('not yet')
            return super().submit(*args)

    results = list(schedule.run([job('a'), job('b')], schedule.LocalPool(
        Machine(2, 9 * GB), Late)))
    assert [r.ok for r in results] == [True, True]


def test_ctrl_c_comes_between_results(monkeypatch):
    """What has ended is handed out; the pool is closed; nothing follows."""
    made = Recorder(monkeypatch)
    pool = schedule.LocalPool(Machine(1, 4 * GB), made.pool)
    results = []
    with pytest.raises(KeyboardInterrupt):
        for result in schedule.run([job('a', 3), job('b', 2), job('c', 1)],
                                   pool):
            os.kill(os.getpid(), signal.SIGINT)
            results.append(result.name)
    assert results == ['a']
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_second_ctrl_c_is_not_put_off():
    with pytest.raises(KeyboardInterrupt), schedule.interrupts() as came:
        os.kill(os.getpid(), signal.SIGINT)
        assert came == [True]
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
