"""Time executing notebooks: this book's pipeline and its peers, in one run.

    make bench                                  # the book's own sections
    make bench ARGS="--generated 200"           # a generated book of 200
    make bench ARGS="--generated 100 --short"   # its short half only
    make bench ARGS="--rounds 1 --with nbmake"

Every contender executes the same notebooks, cold (nothing stored, no warm
process, module caches of the file system warm for all), with the same
environment variables.  Contenders take turns, so that a drift of the
machine's speed meets all of them; ratios are formed round by round.  The
bound is what no executor can beat on so many processors: the time in cells
divided by the workers, or the longest notebook, as this book's pipeline
measured them in the same run.
"""
import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / 'benchmarks')]

import generated  # noqa: E402

from tools import build, config, execute, machine, notebooks  # noqa: E402

CONF = '''\
extensions = ["myst_nb"]
nb_execution_timeout = 600
nb_execution_raise_on_error = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
suppress_warnings = ["*"]
'''
PAPERMILL = '''\
import sys
from pathlib import Path
import papermill
for path in sorted(Path("n").rglob("*.ipynb")):
    papermill.execute_notebook(path, path, progress_bar=False)
'''


def write_notebooks(book, profile, folder, only):
    """The book's notebooks without outputs, as any executor takes them."""
    import nbformat
    contents, *_ = build.load(book)
    paths = []
    for section in build.select(contents, only, book):
        if section.has_code and not section.meta.skip:
            path = folder / f'{section.name}.ipynb'
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebooks.to_notebook(section, profile), path)
            paths.append(path)
    return paths


class Memory:
    """The largest memory of a process and all that it has started.

    Pages that processes share are counted once (proportional set size).
    """

    def __init__(self, pid, runtime='', every=0.5):
        # The template of warm kernels leaves its family; its socket is in
        # the `runtime` folder of the run.
        self.pid, self.runtime = pid, runtime
        self.every, self.peak = every, 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self):
        import psutil
        while not self.done.wait(self.every):
            total = 0
            try:
                top = psutil.Process(self.pid)
                everyone = [top, *top.children(recursive=True)]
                everyone += [p for p in psutil.process_iter(['cmdline'])
                             if self.runtime and p not in everyone
                             and self.runtime in ' '.join(
                                 p.info['cmdline'] or ())]
            except psutil.Error:
                continue
            for process in everyone:
                try:
                    total += process.memory_full_info().pss
                except (psutil.Error, AttributeError):
                    continue
            self.peak = max(self.peak, total)

    def stop(self):
        self.done.set()
        self.thread.join()
        return self.peak


def run(command, env, cwd, log):
    """(seconds, peak memory) of a command; ends the benchmark if it fails."""
    started = time.monotonic()
    with open(log, 'w') as sink:
        process = subprocess.Popen(command, env=env, cwd=cwd, stdout=sink,
                                   stderr=subprocess.STDOUT)
        memory = Memory(process.pid, env.get('XDG_RUNTIME_DIR', ''))
        code = process.wait()
    seconds = time.monotonic() - started
    if code:
        sys.exit(f'failed ({code}): {" ".join(map(str, command))}\n'
                 + Path(log).read_text()[-3000:])
    return seconds, memory.stop()


class Contenders:
    """Each method executes all notebooks once: (seconds, peak memory)."""

    def __init__(self, folder, book, profile, workers, only):
        self.folder, self.book, self.profile = folder, book, profile
        self.workers, self.only = workers, only
        self.source = folder / 'notebooks'
        if book.root != ROOT:       # a generated book: it needs its module
            from tools import library
            library.make(book)
        self.paths = write_notebooks(book, profile, self.source, only)
        self.env = os.environ | execute.build_environment(
            book.root, folder / 'shared', 1, book.data)
        self.log = folder / 'log'
        self.ours = {}

    def _fresh(self, name, keep=False):
        folder = self.folder / name
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        return folder

    def _tools(self, env):
        return run([sys.executable, '-m', 'tools', 'notebooks', '--profile',
                    self.profile.name, '--jobs', str(self.workers),
                    *self.only], env, ROOT, self.log)

    def this_book(self):
        folder = self._fresh('ours')
        # A runtime folder of its own: the first kernel pays for the
        # template process, as on a machine that has just been started.
        self.ours = os.environ | {
            'BOOK_ROOT': str(self.book.root),
            'BOOK_BUILD': str(folder / 'build'),
            'D2L_DATA': str(self.book.data),
            'XDG_RUNTIME_DIR': tempfile.mkdtemp(dir='/tmp')}
        self.ours.pop('BOOK_STORE', None)
        return self._tools(self.ours)

    def this_book_again(self):
        """Nothing has changed since the last build."""
        return self._tools(self.ours)

    def bound(self):
        """(seconds in cells, bound) of the last run of this book."""
        report = json.loads((self.folder / 'ours/build' / self.profile.name
                             / 'status.json').read_text())
        seconds = [s['seconds'] for s in report['sections'].values()
                   if s.get('cell_seconds')]
        return sum(seconds), max(sum(seconds) / self.workers, max(seconds))

    def nbmake(self):
        folder = self._fresh('nbmake')
        shutil.copytree(self.source, folder / 'n')
        return run([sys.executable, '-m', 'pytest', '-q', '--nbmake',
                    '--nbmake-timeout=600', '-n', str(self.workers),
                    '-p', 'no:cacheprovider', '-c', os.devnull,
                    '--rootdir', str(folder), 'n'],
                   self.env, folder, self.log)

    def papermill(self):
        """One notebook after the other, in one process."""
        folder = self._fresh('papermill')
        shutil.copytree(self.source, folder / 'n')
        return run([sys.executable, '-c', PAPERMILL], self.env, folder,
                   self.log)

    def jupyter_cache(self):
        """``jcache execute`` with its parallel executor."""
        folder = self._fresh('jcache')
        shutil.copytree(self.source, folder / 'n')
        env = self.env | {'JUPYTERCACHE': str(folder / 'cache')}
        files = sorted(map(str, (folder / 'n').rglob('*.ipynb')))
        jcache = str(Path(sys.executable).with_name('jcache'))
        # It asks whether it may make its folder.
        subprocess.run([jcache, 'notebook', 'add', *files], env=env,
                       cwd=folder, capture_output=True, input='y\n',
                       text=True, check=True)
        return run([jcache, 'project', 'execute', '--executor',
                    'local-parallel', '--timeout', '600'], env, folder,
                   self.log)

    def _sphinx(self, mode, *options, keep=False):
        folder = self._fresh(f'mystnb-{mode}', keep)
        if not keep:
            shutil.copytree(self.source, folder / 's')
            names = sorted(
                p.relative_to(self.source).with_suffix('').as_posix()
                for p in self.paths)
            (folder / 's/index.md').write_text(
                '# Index\n\n```{toctree}\n' + '\n'.join(names) + '\n```\n')
            (folder / 's/conf.py').write_text(CONF)
        return run([sys.executable, '-m', 'sphinx', '-q', '-b', 'dummy',
                    '-D', f'nb_execution_mode={mode}', *options, 's', 'o'],
                   self.env, folder, self.log)

    def myst_nb(self):
        """As it comes: one notebook after the other."""
        return self._sphinx('force')

    def myst_nb_j(self):
        """With Sphinx reading in parallel (``-j``)."""
        return self._sphinx('force', '-j', str(self.workers))

    def myst_nb_cache(self):
        return self._sphinx('cache')

    def myst_nb_cache_again(self):
        return self._sphinx('cache', '-E', keep=True)

    def myst_nb_off(self):
        """The part of MyST-NB's time that is not executing."""
        return self._sphinx('off')


ALL = ('this_book', 'this_book_again', 'nbmake', 'jupyter_cache', 'myst_nb_j',
       'myst_nb', 'myst_nb_cache', 'myst_nb_cache_again', 'papermill',
       'myst_nb_off')


def ratio_to_ours(times, name):
    """How many times longer than ours, formed round by round."""
    return statistics.median(v / o for v, o in zip(
        times[name], times['this_book'], strict=True))


def table(times, memory, names):
    """Lines of the results."""
    yield (f'{"":20} {"median":>9} {"min":>9} {"max":>9} {"times ours":>11}'
           f' {"peak":>9}')
    for name in names:
        values, ratio = times[name], ratio_to_ours(times, name)
        yield (f'{name:20} {statistics.median(values):8.1f}s '
               f'{min(values):8.1f}s {max(values):8.1f}s {ratio:11.2f} '
               f'{max(memory[name]) / 1e9:6.2f} GB')


def processor():
    """What the processor calls itself."""
    try:
        lines = Path('/proc/cpuinfo').read_text().splitlines()
        return next(line.split(':')[1].strip() for line in lines
                    if line.startswith('model name'))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def title(args):
    """What is executed, in words."""
    if not args.generated:
        return 'The book itself'
    kind = 'short notebooks' if args.short else 'notebooks, short and long'
    scale = f', work scaled by {args.scale:g}' if args.scale != 1 else ''
    return f'A generated book of {args.generated} {kind}{scale}'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--profile', default='cpu')
    parser.add_argument('--only', action='append', default=[],
                        help='sections of the book')
    parser.add_argument('--with', dest='names', action='append',
                        choices=ALL[1:], help='contenders (default: all)')
    parser.add_argument('--generated', type=int, metavar='N',
                        help='a generated book of N notebooks')
    parser.add_argument('--scale', type=float, default=1.0,
                        help='of the work in the generated notebooks')
    parser.add_argument('--short', action='store_true',
                        help='generate short notebooks only')
    parser.add_argument('--json', type=Path, help='write the results here')
    args = parser.parse_args()
    names = ('this_book', *(args.names or ALL[1:]))
    times = {name: [] for name in names}
    memory = {name: [] for name in names}
    overheads = []
    with tempfile.TemporaryDirectory(prefix='bench-') as folder:
        folder = Path(folder)
        root = ROOT
        if args.generated:
            root = folder / 'book'
            root.mkdir()
            generated.write(root, args.generated, args.scale, args.short)
        book = config.load(root)
        contenders = Contenders(folder, book, book.profile(args.profile),
                                args.workers, args.only)
        head = (f'{len(contenders.paths)} notebooks, profile {args.profile}, '
                f'{args.workers} workers of {machine.processors()} '
                f'processors ({processor()}), {platform.system()}, '
                f'Python {platform.python_version()}')
        print(head, flush=True)
        for number in range(args.rounds):
            for name in names:
                seconds, peak = getattr(contenders, name)()
                times[name].append(seconds)
                memory[name].append(peak)
                print(f'round {number + 1}  {name:20} {seconds:7.1f} s  '
                      f'{peak / 1e9:5.2f} GB', flush=True)
                if name == 'this_book':
                    cells, bound = contenders.bound()
                    overheads.append(seconds / bound - 1)
                    print(f'         cells {cells:.1f} s, bound '
                          f'{bound:.1f} s, overhead '
                          f'{100 * overheads[-1]:.1f} %', flush=True)
    print()
    for line in table(times, memory, names):
        print(line)
    print(f'overhead over the bound: '
          f'{100 * statistics.median(overheads):.1f} %')
    if args.json:
        args.json.write_text(json.dumps(
            {'title': title(args), 'head': head,
             'date': datetime.date.today().isoformat(), 'seconds': times,
             'memory': memory, 'overhead': overheads, 'cells': cells,
             'bound': bound}, indent=1))


if __name__ == '__main__':
    main()
