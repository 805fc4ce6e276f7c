"""Builds that are killed at random moments lose nothing.

In its short form this is part of the tests; ``BOOK_SOAK=20 pytest -m soak``
does it at 20 random moments for each kind of death, others with another
``BOOK_SOAK_SEED``.
"""
import contextlib
import os
import random
import re
import signal
import time

import psutil
import pytest
from conftest import Cli, own_runtime, section_text
from test_cluster import Cluster

from tools.kernels import client

ROUNDS = int(os.environ.get('BOOK_SOAK', '2'))
SEED = os.environ.get('BOOK_SOAK_SEED', '')
SECTIONS = 5
pytestmark = [pytest.mark.soak, pytest.mark.skipif(
    not client.supported(), reason='kernels cannot be forked here')]


@pytest.fixture(autouse=True, scope='module')
def runtime():
    """Other tests kill builds, too: what they leave is not ours."""
    with own_runtime():
        yield


class Soak:
    """A book whose sections are all stale again in every round."""

    def __init__(self, folder, options=()):
        self.folder, self.cli = folder, Cli(folder)
        self.options = ['--plain', '--profile', 'ci', *options]
        self.chapter = folder / 'chapters' / 'second'
        index = self.chapter / 'index.md'
        names = '\n'.join(f'soak{n}' for n in range(SECTIONS))
        index.write_text(index.read_text().replace(
            'skipped\n', f'skipped\n{names}\n'))
        self.renew(0)
        assert self.cli('notebooks', *self.options)[0] == 0

    def renew(self, number):
        for n in range(SECTIONS):
            (self.chapter / f'soak{n}.md').write_text(section_text(
                f'import time\ntime.sleep({0.1 * n})\nvalue = {number}',
                f'time.sleep(0.2)\nprint("round", value, "section {n}")',
                title=f'Soak {n}'))

    def stored(self):
        return {p.name for p in (self.folder / '_build/store').rglob('*.json')
                if not p.name.startswith('.')}

    def processes(self):
        """Whatever works for this book, but for the template."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                where = process.cwd()
                command = ' '.join(process.cmdline())
                if (where.startswith(str(self.folder))
                        or str(self.folder) in command
                        or process.environ().get('BOOK_ROOT') == str(
                            self.folder)) and 'template.py' not in command:
                    found.append(process)
        return found

    def kernels(self):
        run = str(self.folder / '_build/ci/run')
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.cwd().startswith(run):
                    found.append(process)
        return found

    def leftovers(self):
        """Temporary files and processes that should not be there."""
        files = list(self.folder.rglob('*.part'))
        files += (self.folder / '_build/ci/run').glob('*/*')
        files += [p for p in client.runtime_folder().glob('build-*')
                  if not psutil.pid_exists(int(p.name.split('-')[1]))]
        deadline = time.monotonic() + 15
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return files, left

    def complete(self, before):
        """The next build completes, and repeats nothing that was kept."""
        kept = self.stored() - before
        code, out, err = self.cli('notebooks', *self.options)
        assert code == 0, out + err
        executed = len(re.findall(r'\] second/soak\d', out))
        assert executed <= SECTIONS - len(kept), out
        assert len(self.stored() - before) == SECTIONS
        assert self.leftovers() == ([], [])
        again = self.cli('notebooks', *self.options)[1]
        assert ' executed' not in again


def kill_build(soak, build):
    os.kill(build.pid, signal.SIGKILL)
    build.communicate(timeout=60)


def interrupt_build(soak, build):
    os.kill(build.pid, signal.SIGINT)
    out, err = build.communicate(timeout=60)
    if 'Traceback' in err:
        # Python itself, interrupted before anything of ours had begun.
        assert not out, out + err
        assert '/tools/' not in err, err
    else:
        assert build.returncode in (0, 130, -2), out + err


def _victims(soak, build, kind):
    if kind == 'kernel':
        return soak.kernels()
    with contextlib.suppress(psutil.Error):
        return [p for p in psutil.Process(build.pid).children(recursive=True)
                if 'forkserver' in ' '.join(p.cmdline())]
    return []


def _kill_one(kind):
    def kill(soak, build):
        victims = _victims(soak, build, kind)
        if victims:
            with contextlib.suppress(psutil.Error):
                random.choice(victims).kill()
        out, err = build.communicate(timeout=120)
        # multiprocessing itself prints one for a worker that is starting.
        assert 'Traceback (most recent call last):\n  File "' not in err, err
        assert build.returncode == 0, out + err
    return kill


DEATHS = {'build': kill_build, 'interrupt': interrupt_build,
          'kernel': _kill_one('kernel'), 'worker': _kill_one('worker')}


@pytest.mark.parametrize('death', DEATHS)
def test_nothing_is_lost_on_this_machine(book_folder, death):
    random.seed(SEED + death)
    soak = Soak(book_folder)
    for number in range(1, ROUNDS + 1):
        soak.renew(number)
        before = soak.stored()
        build = soak.cli.start('notebooks', *soak.options)
        time.sleep(random.uniform(0, 5))
        DEATHS[death](soak, build)
        soak.complete(before)


@pytest.mark.parametrize('death', ['build', 'worker', 'scheduler'])
def test_nothing_is_lost_on_a_cluster(book_folder, tmp_path, death):
    pytest.importorskip('distributed')
    random.seed(SEED + death)
    cluster = Cluster(tmp_path / 'cluster')
    try:
        cluster.start_worker('w0')
        soak = Soak(book_folder, ['--scheduler', f'file://{cluster.file}'])
        for number in range(1, ROUNDS + 1):
            cluster.start_worker(f'w{number}')
            soak.renew(number)
            before = soak.stored()
            build = soak.cli.start('notebooks', *soak.options)
            time.sleep(random.uniform(1, 8))
            if death == 'build':
                kill_build(soak, build)
            elif death == 'worker':
                cluster.kill_worker(f'w{number - 1}')
                out, err = build.communicate(timeout=240)
                assert build.returncode == 0, out + err
            else:
                cluster.close()
                out, err = build.communicate(timeout=240)
                assert 'Traceback' not in err, err
                cluster.start_scheduler()
                cluster.start_worker(f'w{number}')
            soak.complete(before)
    finally:
        cluster.close()
