"""Run every chapter again and compare its outputs with the built ones.

nbval executes a copy of the notebooks of the last build on the warm kernel,
in the environment that the build gives its kernels.  Figures are compared
too: they are SVG with fixed identifiers.
"""
import json
import os
import re
import shutil
import subprocess
import sys

from tools import build, execute, machine, sections
from tools.errors import BookError, Problem
from tools.kernels import spec

IGNORE = 'nbval-ignore-output'

# A PDF says the same as the SVG beside it; file names of cells and the
# place of the checkout differ between machines.
SANITIZE = r'''[paths]
regex: /\S*/ipykernel_\d+/\d+\.py
replace: <cell>

[root]
regex: {root}/
replace:

'''


def prepare(book, profile):
    """Copy the built notebooks to compare.

    Returns the folder, the copies by the processors that their sections
    declare, and how many cells there are and how many are compared.
    """
    contents = sections.read_book(book)
    folder = book.out(profile.name) / 'nbval'
    shutil.rmtree(folder, ignore_errors=True)
    groups, cells, compared = {}, 0, 0
    for section in contents.sections:
        path = build.notebook_path(book, profile, section)
        if not section.has_code or section.meta.skip:
            continue
        if not path.exists():
            raise BookError(Problem(
                'has not been built', section.path,
                hint='run make notebooks first'))
        notebook = json.loads(path.read_text(encoding='utf-8'))
        run = notebook['metadata'].get('book_run', {})
        if 'not_run' in run:
            continue
        for cell in notebook['cells']:
            if cell['cell_type'] != 'code':
                continue
            cells += 1
            for output in cell['outputs']:
                output.get('data', {}).pop('application/pdf', None)
            compared += IGNORE not in cell['metadata'].get('tags', [])
        target = folder / f'{section.name}.ipynb'
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(notebook), encoding='utf-8')
        groups.setdefault(section.meta.needs.cpus, []).append(target)
    return folder, groups, (cells, compared)


def run(book, profile, args):
    """Build what is stale, then compare; returns pytest's exit code."""
    builder = build.Builder(book, profile, workers=args.jobs, quiet=True)
    report = builder.build()
    if not report.ok:
        raise BookError(*report.problems)
    folder, groups, (cells, compared) = prepare(book, profile)
    sanitize = folder / 'sanitize.cfg'
    sanitize.write_text(SANITIZE.format(root=re.escape(str(book.root))))
    code = 0
    # Threads are those of the build, or last digits would differ.
    for cpus, paths in sorted(groups.items()):
        code = _compare(book, profile, folder, paths, cpus, args) or code
    print(f'{sum(map(len, groups.values()))} sections, {cells} code cells, '
          f'outputs of {compared} compared')
    return code


def _compare(book, profile, folder, paths, cpus, args):
    """Run nbval on sections that declare `cpus` processors."""
    env = os.environ | execute.build_environment(
        book.root, book.build, cpus, book.data)
    env |= {'D2L_FIGURE_FORMATS': 'svg', 'PYTHONWARNINGS': 'ignore',
            'IPYTHONDIR': str(execute.ipython_folder(book.build, 'svg'))}
    workers = max(1, (args.jobs or machine.processors()) // cpus)
    return subprocess.call(
        [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider',
         '--nbval', '--nbval-kernel-name', spec.available(book.preload),
         '--nbval-sanitize-with', str(folder / 'sanitize.cfg'),
         '--nbval-cell-timeout', str(int(profile.cell_limit)),
         '-n', str(workers), '--dist', 'loadscope', '--rootdir', str(folder),
         '-c', os.devnull, *map(str, paths), *getattr(args, 'pytest', ())],
        env=env, cwd=folder)
