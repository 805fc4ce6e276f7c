"""Executing on the workers of a Dask cluster, each in a folder of its own."""
import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from conftest import Cli, own_runtime

from tools import config
from tools.cluster import bundle

pytest.importorskip('distributed')


class Cluster:
    """A scheduler and its workers, as processes."""

    def __init__(self, folder, host='127.0.0.1'):
        self.folder, self.workers, self.host = folder, {}, host
        folder.mkdir()
        self.file = folder / 'scheduler.json'
        self.start_scheduler()

    def _start(self, name, *args, cwd=None, within=(), **env):
        with open(self.folder / f'{name}.log', 'ab') as log:
            clean = {k: v for k, v in os.environ.items()
                     if not k.startswith(('BOOK_', 'D2L_', 'PYTEST_'))}
            return subprocess.Popen(
                [*within, sys.executable, '-m',
                 f'distributed.cli.dask_{args[0]}', *map(str, args[1:])],
                stdout=log, stderr=log, cwd=cwd or self.folder,
                env=clean | env, start_new_session=True)

    def start_scheduler(self):
        self.file.unlink(missing_ok=True)
        self.scheduler = self._start(
            'scheduler', 'scheduler', '--host', self.host, '--port', '0',
            '--dashboard-address', '127.0.0.1:0', '--scheduler-file',
            self.file)
        deadline = time.monotonic() + 60
        while not self.file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.2)
        self.address = json.loads(self.file.read_text())['address']

    def start_worker(self, name, network=None, **env):
        """A worker with a folder, and perhaps a `Network`, of its own."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        port = self.address.rpartition(':')[2]
        self.workers[name] = self._start(
            name, 'worker',
            f'tcp://{network.outside if network else "127.0.0.1"}:{port}',
            '--nthreads', '1', '--no-dashboard', '--name', name,
            '--local-directory', home,
            '--host', network.inside if network else '127.0.0.1',
            cwd=home, within=network.enter if network else (),
            D2L_DATA=str(home / 'data'), **env)

    def wait(self, address=None):
        """Until all workers are connected."""
        import distributed
        with distributed.Client(address or self.address, timeout=60,
                                set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=60)

    def kill_worker(self, name):
        """The nanny, its worker, and all that they have started."""
        process = self.workers.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self):
        for name in list(self.workers):
            self.kill_worker(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.scheduler.pid, signal.SIGKILL)
        self.scheduler.wait()


class Network:
    """A network namespace that reaches this machine and nothing else."""

    def __init__(self, number):
        self.name = f'd2l-{os.getpid()}-{number}'
        self.enter = ['ip', 'netns', 'exec', self.name]
        self.outside, self.inside = (f'10.213.{number}.{n}' for n in (1, 2))
        ends = f'd2l{number}o', f'd2l{number}i'
        try:
            self._ip('netns', 'add', self.name)
            self._ip('link', 'add', ends[0], 'type', 'veth', 'peer', 'name',
                     ends[1], 'netns', self.name)
            self._ip('addr', 'add', f'{self.outside}/24', 'dev', ends[0])
            self._ip('link', 'set', ends[0], 'up')
            for command in (
                    ['addr', 'add', f'{self.inside}/24', 'dev', ends[1]],
                    ['link', 'set', ends[1], 'up'], ['link', 'set', 'lo',
                                                     'up']):
                self._ip('-n', self.name, *command)
        except BaseException:
            self.remove()
            raise

    @staticmethod
    def _ip(*args):
        subprocess.run(['ip', *args], check=True, capture_output=True)

    def remove(self):
        # The pair of devices goes with it.
        subprocess.run(['ip', 'netns', 'del', self.name],
                       capture_output=True)


@pytest.fixture
def networks():
    """Two network namespaces, where making them is allowed."""
    with contextlib.ExitStack() as stack:
        made = []
        try:
            for number in (1, 2):
                made.append(Network(number))
                stack.callback(made[-1].remove)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f'network namespaces cannot be made here: {error}')
        yield made


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path / 'cluster')
    yield made
    made.close()


def outputs(folder, profile='ci'):
    """Outputs of all notebooks by name."""
    base = folder / '_build' / profile / 'notebooks'
    return {p.relative_to(base).as_posix(): [
        c.get('outputs') for c in json.loads(p.read_text())['cells']]
        for p in sorted(base.rglob('*.ipynb'))}


def test_bundle_holds_what_a_worker_needs_and_no_more(book):
    book.module.write_text('y = 1\n')
    blob, digest = bundle.make(book)
    assert bundle.make(book) == (blob, digest)
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        names = set(archive.namelist())
    assert {'d2l/torch.py', 'tools/execute.py', 'tools/cluster/host.py',
            'tools/kernels/template.py'} <= names
    assert not any('sphinx/' in n or 'theme/' in n or 'pycache' in n
                   for n in names)
    assert len(blob) < 1_000_000
    book.module.write_text('y = 2\n')
    assert bundle.make(book)[1] != digest


def test_same_outputs_as_on_this_machine(cluster, book_folder, tmp_path,
                                         add_section):
    add_section('where', 'import os\nprint(os.getcwd())',
                'from d2l import torch as d2l\nimport traceback\n'
                'print(d2l.__file__, os.environ["OMP_NUM_THREADS"])',
                front='book:\n  needs: {cpus: 2}\n')
    cluster.start_worker('a')
    cluster.start_worker('b')
    cluster.wait()
    import shutil
    local = tmp_path / 'local'
    shutil.copytree(book_folder, local)
    assert Cli(local)('notebooks', '--profile', 'ci')[0] == 0
    code, out, err = Cli(book_folder)(
        'notebooks', '--plain', '--profile', 'ci', '--scheduler',
        cluster.address)
    assert code == 0, out + err
    assert '2 workers, 2 processors' in out
    assert outputs(book_folder) == outputs(local)
    assert outputs(local)['second/where.ipynb'][0] != []
    used = [w for w in 'ab' if list((cluster.folder / w).rglob('host.py'))]
    assert used == ['a', 'b']
    # The next build is done here, from the store.
    code, out, _ = Cli(book_folder)('notebooks', '--profile', 'ci')
    assert ' executed' not in out


def slow(n):
    return (f'import time\nfor i in range({40 + n}):\n    time.sleep(0.1)',
            f'print({n})')


def wait_for(what, seconds=90):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, 'it did not happen in time'
        time.sleep(0.1)


def test_workers_in_networks_of_their_own(networks, book_folder, tmp_path):
    """Two machines, as far as one can be two: nothing is shared but disk."""
    import shutil
    local = tmp_path / 'local'
    shutil.copytree(book_folder, local)
    assert Cli(local)('notebooks', '--profile', 'ci')[0] == 0
    cluster = Cluster(tmp_path / 'cluster', host='0.0.0.0')
    with contextlib.ExitStack() as stack:
        stack.callback(cluster.close)
        for name, network in zip('ab', networks, strict=True):
            runtime = stack.enter_context(own_runtime())
            cluster.start_worker(name, network, XDG_RUNTIME_DIR=runtime)
        # Neither sees the other.
        lost = subprocess.run(
            [*networks[0].enter, sys.executable, '-c',
             'import socket; socket.create_connection('
             f'("{networks[1].inside}", 9), 5)'], capture_output=True,
            text=True)
        assert 'unreachable' in lost.stderr
        address = re.sub('//.*:', '//127.0.0.1:', cluster.address)
        cluster.wait(address)
        code, out, err = Cli(book_folder)(
            'notebooks', '--plain', '--profile', 'ci', '--scheduler', address)
        assert code == 0, out + err
    assert '2 workers, 2 processors' in out
    assert outputs(book_folder) == outputs(local)
    used = [w for w in 'ab' if list((cluster.folder / w).rglob('host.py'))]
    assert used == ['a', 'b']


def test_a_killed_worker_costs_nothing_else(cluster, book_folder,
                                            add_section):
    for n in range(4):
        add_section(f'slow{n}', *slow(n))
    cluster.start_worker('a')
    cluster.start_worker('b')
    cluster.wait()
    build = Cli(book_folder).start('notebooks', '--plain', '--profile', 'ci',
                                   '--scheduler', cluster.address)
    runs = cluster.folder / 'a'
    wait_for(lambda: list(runs.glob('**/run/second/slow*')))
    cluster.kill_worker('a')
    out, err = build.communicate(timeout=240)
    assert build.returncode == 0, out + err
    assert out.count('(never executed)') == 8
    assert 'FAILED' not in out


def test_a_lost_scheduler_ends_the_build_in_order(cluster, book_folder,
                                                  add_section):
    for n in range(4):
        add_section(f'slow{n}', *slow(n))
    cluster.start_worker('a')
    build = Cli(book_folder).start('notebooks', '--plain', '--profile', 'ci',
                                   '--scheduler', cluster.address)
    store = book_folder / '_build/store'
    wait_for(lambda: len(list(store.rglob('*.json'))) >= 2)
    os.killpg(cluster.scheduler.pid, signal.SIGKILL)
    out, err = build.communicate(timeout=240)
    assert build.returncode == 1
    assert 'connection to the scheduler' in err
    assert 'Traceback' not in err
    kept = len(list(store.rglob('*.json')))
    assert kept >= 2
    code, out, err = Cli(book_folder)('notebooks', '--profile', 'ci')
    assert code == 0, out + err
    assert f'{8 - kept} executed' in out


def test_sections_in_progress_stop_with_the_build(cluster, book_folder,
                                                  add_section):
    add_section('long', 'import time\ntime.sleep(60)')
    cluster.start_worker('a')
    build = Cli(book_folder).start('notebooks', '--plain', '--profile', 'ci',
                                   '--scheduler', cluster.address)
    run = '**/run/second/long'
    wait_for(lambda: list((cluster.folder / 'a').glob(run)))
    os.killpg(build.pid, signal.SIGKILL)
    build.communicate()

    def kernels():
        found = subprocess.run(['pgrep', '-f', 'tools.cluster.host'],
                               capture_output=True, text=True).stdout.split()
        return [p for p in found if str(cluster.folder) in Path(
            f'/proc/{p}/cmdline').read_text()]
    wait_for(lambda: not kernels())


def test_workers_with_other_packages_are_not_used(cluster, book_folder,
                                                  tmp_path):
    project = book_folder / 'pyproject.toml'
    project.write_text(re.sub(r'environment = \[', 'environment = ["odd", ',
                              project.read_text(), count=1))
    assert '"odd"' in project.read_text()
    other = tmp_path / 'site' / 'odd-1.0.dist-info'
    other.mkdir(parents=True)
    (other / 'METADATA').write_text('Metadata-Version: 2.1\nName: odd\n'
                                    'Version: 1.0\n')
    cluster.start_worker('a', PYTHONPATH=str(other.parent))
    cluster.start_worker('b')
    cluster.wait()
    code, out, err = Cli(book_folder)(
        'notebooks', '--plain', '--profile', 'ci', '--scheduler',
        cluster.address)
    assert code == 0, out + err
    assert 'odd 1.0 instead of not installed' in out
    assert '1 workers, 1 processors' in out
    assert not list((cluster.folder / 'a').glob('**/run/*'))


def test_data_come_with_the_build(cluster, book_folder, add_section, root):
    from d2l import data
    book = config.load(root)
    if data.status('ames', book.data) != 'there':
        pytest.skip('the data set has not been fetched')
    add_section('houses', 'from d2l import data\n'
                'print(len(open(data.path("ames", "ames.csv")).readlines()))',
                front='book:\n  needs: {data: [ames]}\n')
    cluster.start_worker('a')
    code, out, err = Cli(book_folder)(
        'notebooks', '--plain', '--profile', 'ci', '--scheduler',
        cluster.address, 'second/houses', D2L_DATA=str(book.data))
    assert code == 0, out + err
    assert data.status('ames', cluster.folder / 'a/data') == 'there'
    assert '2931' in json.dumps(outputs(book_folder)['second/houses.ipynb'])


def test_no_scheduler(cli):
    code, _, err = cli('notebooks', '--profile', 'ci', '--scheduler',
                       'tcp://127.0.0.1:9')
    assert code == 1
    assert 'no scheduler of Dask at tcp://127.0.0.1:9' in err


def test_data_set_cannot_be_unpacked_elsewhere(tmp_path):
    from tools.cluster import worker
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode='w') as archive:
        archive.addfile(tarfile.TarInfo('../escaped'), io.BytesIO())
    with pytest.raises(ValueError, match='escaped'):
        worker.receive('x', packed.getvalue(), tmp_path / 'cache')
    assert not (tmp_path / 'escaped').exists()
    assert list((tmp_path / 'cache').iterdir()) == []
