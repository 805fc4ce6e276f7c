"""Warm kernels: forked, fresh, gone when they should be."""
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import own_runtime

from tools.kernels import client, spec

pytestmark = pytest.mark.skipif(not client.supported(),
                                reason='kernels cannot be forked here')
PRELOAD = ['numpy', 'matplotlib.pyplot', 'torch']


def execute(*cells, kernel=spec.NAME, folder=None):
    """Outputs of the cells, run by nbclient on a kernel."""
    import nbformat
    from nbclient import NotebookClient
    nb = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(nb, kernel_name=kernel, timeout=60,
                   resources={'metadata': {'path': str(folder or '.')}},
                   # As in builds; other kernels write to the user's.
                   extra_arguments=['--HistoryManager.enabled=False']
                   ).execute()
    return [[o.get('text') or list(o.get('data', {}))
             for o in c.outputs] for c in nb.cells]


@pytest.fixture(scope='module')
def installed(root):
    from tools import config
    assert spec.registered(), 'install the pipeline: pip install -e tools'
    spec.install(config.load(root).preload)


@pytest.fixture
def runtime():
    """A template of the test's own."""
    with own_runtime() as folder:
        yield folder


def test_warm_kernel_behaves_like_a_plain_one(installed, tmp_path):
    cells = ('import os, sys, threading\nprint(os.getcwd(), __name__)',
             'from matplotlib import pyplot as plt\nplt.plot([1, 2])\n'
             'plt.show()',
             'import torch\nprint(torch.ones(2).sum())',
             # What is chosen by the kind of terminal there is.
             'import pandas, numpy\n'
             'print(pandas.describe_option("display", _print_desc=False)'
             '.lower(), numpy.get_printoptions())',
             '!echo shell', 'print(sys.argv[0].endswith("py"), sys.path[0])')
    warm = execute(*cells, folder=tmp_path)
    plain = execute(*cells[:5], folder=tmp_path, kernel='python3')
    assert warm[:5] == plain
    assert warm[1] == [['text/plain', 'image/png']]


def test_builds_have_kernelspecs_of_their_own(tmp_path):
    """Another book in the environment may import something else."""
    name, folder = spec.of_build(['torch'], tmp_path / 'one')
    again, other = spec.of_build(['numpy'], tmp_path / 'two')
    assert name == again == spec.NAME
    for path, library in ((folder, 'torch'), (other, 'numpy')):
        text = (Path(path) / name / 'kernel.json').read_text()
        found = json.loads(text)['metadata']['kernel_provisioner']
        assert found['config']['preload'] == [library]


def test_kernels_are_forked_and_apart(installed):
    cell = 'import os, random\nprint(os.getppid(), random.random())\nx = 1'
    (first,), (second,) = execute(cell)[0], execute(cell)[0]
    a, b = first.split(), second.split()
    assert a[0] == b[0], 'both are children of the template'
    assert a[1] != b[1], 'each has a random state of its own'


def test_kernel_is_a_session_of_its_own(installed):
    out, = execute('import os\nprint(os.getsid(0) == os.getpid())')[0]
    assert out == 'True\n'


def test_template_is_clean(runtime):
    """One thread, no zmq context, no CUDA state: safe to fork."""
    kernel = client.ForkedKernel(['-f', '/nonexistent/x.json'], '/tmp',
                                 dict(os.environ), PRELOAD, idle=5)
    status = Path(f'/proc/{kernel.pid}/status').read_text()
    parent = int(next(line.split()[1] for line in status.split('\n')
                      if line.startswith('PPid')))
    assert len(os.listdir(f'/proc/{parent}/task')) == 1
    kernel.kill()
    assert kernel.wait(10) == -signal.SIGKILL


def test_exit_code_and_death_are_reported(runtime):
    kernel = client.ForkedKernel(['--version'], '/tmp', dict(os.environ),
                                 PRELOAD, idle=5)
    assert kernel.wait(20) == 0
    assert kernel.poll() == 0


def test_kernel_goes_with_its_client(runtime, tmp_path):
    script = tmp_path / 'client.py'
    script.write_text(
        'import os, sys, time\n'
        'from tools.kernels import client\n'
        'k = client.ForkedKernel(["-f", sys.argv[1]], "/tmp",'
        f'dict(os.environ), {PRELOAD!r}, idle=5)\n'
        'print(k.pid, flush=True)\ntime.sleep(60)\n')
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / 'c.json')],
        stdout=subprocess.PIPE, text=True)
    pid = int(process.stdout.readline())
    time.sleep(1)
    assert os.path.exists(f'/proc/{pid}')
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while os.path.exists(f'/proc/{pid}') and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f'/proc/{pid}')


def test_template_ends_when_unused(runtime):
    kernel = client.ForkedKernel(['--version'], '/tmp', dict(os.environ),
                                 ['numpy'], idle=1)
    kernel.wait(20)
    path = client.address(['numpy'])
    deadline = time.monotonic() + 15
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not path.exists()
    # And another one is started when a kernel is asked for again.
    kernel = client.ForkedKernel(['--version'], '/tmp', dict(os.environ),
                                 ['numpy'], idle=1)
    assert kernel.wait(20) == 0


def test_threads_follow_the_environment(installed, monkeypatch):
    cell = 'import torch\nprint(torch.get_num_threads())'
    monkeypatch.setenv('OMP_NUM_THREADS', '1')
    assert execute(cell)[0] == ['1\n']
    monkeypatch.delenv('OMP_NUM_THREADS')
    assert execute(cell)[0] == [f'{len(os.sched_getaffinity(0))}\n']


def test_plain_start_where_forking_is_not_wanted(installed, monkeypatch):
    monkeypatch.setenv('BOOK_WARM_KERNELS', '0')
    out, = execute('import os\nprint(os.getppid())')[0]
    assert int(out) == os.getpid()


def test_plain_start_when_the_template_fails(installed, monkeypatch):
    def refuse(*_, **__):
        raise client.TemplateError('no')
    monkeypatch.setattr(client, 'ForkedKernel', refuse)
    out, = execute('import os\nprint(os.getppid())')[0]
    assert int(out) == os.getpid()


def test_interrupt_reaches_the_kernel(installed):
    import nbformat
    from nbclient import NotebookClient
    nb = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell('import time\ntry:\n    time.sleep(30)\n'
                                  'except KeyboardInterrupt:\n'
                                  '    print("stopped")')])
    NotebookClient(nb, kernel_name=spec.NAME, timeout=1,
                   interrupt_on_timeout=True).execute()
    assert nb.cells[0].outputs[0].text == 'stopped\n'


def test_kernelspec(tmp_path):
    folder = spec.install(['torch'], tmp_path)
    made = json.loads((folder / 'kernel.json').read_text())
    provisioner = made['metadata']['kernel_provisioner']
    assert provisioner['provisioner_name'] == 'd2l-warm'
    assert '{connection_file}' in made['argv']


# What a notebook could leave behind, as one line of JSON.
STATE = '''\
import builtins, gc, json, locale, os, random, signal, sys, warnings
import matplotlib, numpy, torch
print(json.dumps({
    'environment': {k: v for k, v in sorted(os.environ.items())
                    if k != 'JPY_SESSION_NAME'},
    'folder': os.getcwd(), 'umask': os.umask(0o22), 'path': sys.path,
    'signals': str(signal.getsignal(signal.SIGUSR1)),
    'modules': [m for m in ('leaked', 'sqlite3.dump') if m in sys.modules],
    'filters': [f for f in warnings.filters if 'leaky' in str(f)],
    'rc': [str(matplotlib.rcParams[k]) for k in ('figure.figsize',
           'lines.linewidth', 'font.size')],
    'figures': matplotlib.pyplot.get_fignums(),
    'dtype': str(torch.get_default_dtype()),
    'grad': torch.is_grad_enabled(), 'options': numpy.get_printoptions(),
    'threads': torch.get_num_threads(),
    'deterministic': torch.are_deterministic_algorithms_enabled(),
    'names': [n for n in globals() if n.startswith('leak')]
             + [n for n in dir(builtins) if n.startswith('leak')],
    'locale': locale.setlocale(locale.LC_ALL),
    'files': sorted(link for fd in os.listdir('/proc/self/fd')
                    if os.path.exists(f'/proc/self/fd/{fd}')
                    and '/proc/' not in
                    (link := os.readlink(f'/proc/self/fd/{fd}'))
                    and link.startswith('/')),
    'limit': sys.getrecursionlimit(),
}, default=str, sort_keys=True))'''
POLLUTE = '''\
import builtins, os, random, signal, sys, types, warnings
import matplotlib, numpy, torch
from matplotlib import pyplot as plt
os.environ['LEAK'] = '1'
os.chdir('/tmp')
os.umask(0)
sys.path.insert(0, '/leak')
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
sys.modules['leaked'] = types.ModuleType('leaked')
warnings.filterwarnings('ignore', message='leaky')
matplotlib.rcParams.update({'figure.figsize': (1, 1), 'font.size': 99})
plt.figure()
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.set_num_threads(7)
torch.use_deterministic_algorithms(True)
numpy.set_printoptions(precision=1)
random.seed(0), numpy.random.seed(0), torch.manual_seed(0)
leak = builtins.leak = [open('/dev/null') for _ in range(9)]
sys.setrecursionlimit(12345)
torch.Tensor.leak = True
print(random.random(), numpy.random.rand(), torch.rand(1).item())'''


def test_no_state_leaks_to_the_next_notebook(installed, tmp_path):
    before = execute(STATE, folder=tmp_path)[0][0]
    seeded = execute(POLLUTE, folder=tmp_path)[0][0]
    after = execute(STATE, folder=tmp_path)[0][0]
    assert json.loads(after) == json.loads(before)
    fresh, = execute(
        'import random, numpy, torch\n'
        'print(random.random(), numpy.random.rand(), torch.rand(1).item(),'
        ' hasattr(torch.Tensor, "leak"))', folder=tmp_path)[0]
    assert not set(seeded.split()) & set(fresh.split())
    assert fresh.endswith('False\n')


def test_worker_keeps_nothing_of_a_notebook(installed, runtime, tmp_path):
    """Neither open files nor threads: it executes hundreds."""
    import threading

    import nbformat

    from tools.execute import Task
    from tools.execute import execute as run
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell('1 + 1')])
    task = Task('a', notebook, spec.NAME, str(tmp_path / 'run'), {}, 60, 60)

    def kept():
        assert run(task).ok
        return (len(os.listdir('/proc/self/fd')), threading.active_count())

    kept()                      # of the first, libraries keep something
    assert kept() == kept()


def test_template_does_not_grow(runtime):
    """Hundreds of kernels come and go; the template stays what it was."""
    import psutil
    turns = 25 * int(os.environ.get('BOOK_SOAK', '2'))
    env = dict(os.environ)

    def fork():
        kernel = client.ForkedKernel(['--version'], '/tmp', env, ['numpy'],
                                     idle=30)
        pid = kernel.pid
        assert kernel.wait(60) == 0
        return pid

    def template():
        """Of the socket's folder, which is the test's own."""
        return next(p for p in psutil.process_iter(['cmdline'])
                    if runtime in ' '.join(p.info['cmdline'] or ()))

    pids = {fork() for _ in range(5)}
    process = template()
    memory, files = process.memory_info().rss, process.num_fds()
    for _ in range(turns):
        pids.add(fork())
    assert template().pid == process.pid
    assert process.num_fds() == files
    assert process.num_threads() == 1
    assert process.children() == []
    assert process.memory_info().rss - memory < 2_000_000
    assert len(pids) == turns + 5


def own_memory(pids):
    """Bytes that processes of one family take, shared pages counted once.

    Files that are mapped (libraries) are shared with whoever else has them
    open; of them the largest share in the family counts whole.
    """
    anonymous, mapped = 0, 0
    for pid in pids:
        text = Path(f'/proc/{pid}/smaps_rollup').read_text()
        found = {k: int(v) * 1024 for k, v in
                 re.findall(r'^(\w+):\s+(\d+) kB$', text, re.M)}
        anonymous += found['Pss_Anon']
        mapped = max(mapped, found['Rss'] - found['Anonymous'])
    return anonymous + mapped


def test_two_warm_kernels_share_their_memory(installed, runtime, root):
    """Two kernels and their template need less than one and a half plain
    ones that have imported the same."""
    import psutil
    from jupyter_client.manager import start_new_kernel

    from tools import config
    cell = f'import {", ".join(config.load(root).preload)}'

    def started(name):
        manager, channel = start_new_kernel(kernel_name=name)
        channel.execute_interactive(cell, timeout=120)
        return manager, channel

    def pids(managers):
        return [m.provisioner.process.pid for m, _ in managers]

    plain, warm = [started('python3')], [started(spec.NAME)
                                         for _ in range(2)]
    try:
        one = own_memory(pids(plain))
        template = psutil.Process(pids(warm)[0]).ppid()
        two = own_memory([*pids(warm), template])
    finally:
        for manager, channel in plain + warm:
            channel.stop_channels()
            manager.shutdown_kernel(now=True)
    assert two < 1.5 * one, (two / one)
