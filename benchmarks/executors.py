"""Time executing the book's notebooks: ours, nbmake and MyST-NB, in one run.

    make bench                     # all sections, 2 workers, 3 rounds
    make bench ARGS="--rounds 1 --only preliminaries"

Every contender executes the same notebooks, cold (nothing stored, no warm
process, module caches of the file system warm for all), with the same
environment variables.  Contenders take turns, so that a drift of the
machine's speed meets all of them; ratios are formed round by round.
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import build, config, execute, machine, notebooks  # noqa: E402

CONF = '''\
extensions = ["myst_nb"]
nb_execution_mode = "force"
nb_execution_timeout = 600
nb_execution_raise_on_error = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
suppress_warnings = ["*"]
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


def run(command, env, cwd, log):
    """Seconds of a command; its output goes to `log`; ends on failure."""
    started = time.monotonic()
    with open(log, 'w') as sink:
        code = subprocess.call(command, env=env, cwd=cwd, stdout=sink,
                               stderr=subprocess.STDOUT)
    seconds = time.monotonic() - started
    if code:
        sys.exit(f'failed ({code}): {" ".join(map(str, command))}\n'
                 + Path(log).read_text()[-3000:])
    return seconds


class Contenders:
    """Each method executes all notebooks once and returns the seconds."""

    def __init__(self, folder, book, profile, workers, only):
        self.folder, self.book, self.profile = folder, book, profile
        self.workers, self.only = workers, only
        self.source = folder / 'notebooks'
        self.paths = write_notebooks(book, profile, self.source, only)
        self.env = os.environ | execute.build_environment(
            book.root, folder / 'shared', 1, book.data)
        self.log = folder / 'log'

    def _fresh(self, name):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def this_book(self):
        folder = self._fresh('ours')
        # A runtime folder of its own: the first kernel pays for the
        # template process, as on a machine that has just been started.
        env = os.environ | {'BOOK_BUILD': str(folder / 'build'),
                            'D2L_DATA': str(self.book.data),
                            'XDG_RUNTIME_DIR': tempfile.mkdtemp(dir='/tmp')}
        env.pop('BOOK_STORE', None)
        return run([sys.executable, '-m', 'tools', 'notebooks', '--profile',
                    self.profile.name, '--jobs', str(self.workers),
                    *self.only], env, self.book.root, self.log)

    def nbmake(self):
        folder = self._fresh('nbmake')
        shutil.copytree(self.source, folder / 'n')
        return run([sys.executable, '-m', 'pytest', '-q', '--nbmake',
                    '--nbmake-timeout=600', '-n', str(self.workers),
                    '-p', 'no:cacheprovider', '-c', os.devnull,
                    '--rootdir', str(folder), 'n'],
                   self.env, folder, self.log)

    def _sphinx(self, *options):
        folder = self._fresh('mystnb')
        shutil.copytree(self.source, folder / 's')
        names = sorted(p.relative_to(self.source).with_suffix('').as_posix()
                       for p in self.paths)
        (folder / 's/index.md').write_text(
            '# Index\n\n```{toctree}\n' + '\n'.join(names) + '\n```\n')
        (folder / 's/conf.py').write_text(CONF)
        return run([sys.executable, '-m', 'sphinx', '-q', '-b', 'dummy',
                    *options, 's', 'o'],
                   self.env, folder, self.log)

    def myst_nb(self):
        """As it comes: one notebook after the other."""
        return self._sphinx()

    def myst_nb_j(self):
        """With Sphinx reading in parallel (``-j``)."""
        return self._sphinx('-j', str(self.workers))

    def myst_nb_off(self):
        """The part of MyST-NB's time that is not executing."""
        return self._sphinx('-D', 'nb_execution_mode=off')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--profile', default='cpu')
    parser.add_argument('--only', action='append', default=[])
    parser.add_argument('--json', type=Path, help='write the times here')
    args = parser.parse_args()
    book = config.load(ROOT)
    names = ('this_book', 'nbmake', 'myst_nb', 'myst_nb_j',
             'myst_nb_off')
    times = {name: [] for name in names}
    with tempfile.TemporaryDirectory(prefix='bench-') as folder:
        contenders = Contenders(Path(folder), book,
                                book.profile(args.profile), args.workers,
                                args.only)
        print(f'{len(contenders.paths)} notebooks, profile {args.profile}, '
              f'{args.workers} workers of {machine.processors()} processors, '
              f'{platform.system()} {platform.machine()}, Python '
              f'{platform.python_version()}', flush=True)
        for number in range(args.rounds):
            for name in names:
                seconds = getattr(contenders, name)()
                times[name].append(seconds)
                print(f'round {number + 1}  {name:12} {seconds:7.1f} s',
                      flush=True)
    ours = times['this_book']
    print(f'\n{"":12} {"median":>8} {"min":>8} {"max":>8}  times ours')
    for name in names:
        values = times[name]
        ratio = statistics.median(v / o for v, o in zip(values, ours,
                                                         strict=True))
        print(f'{name:12} {statistics.median(values):7.1f}s '
              f'{min(values):7.1f}s {max(values):7.1f}s  {ratio:.2f}')
    if args.json:
        args.json.write_text(json.dumps(times, indent=1))


if __name__ == '__main__':
    main()
