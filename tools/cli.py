"""The command line: ``python -m tools COMMAND``.

Exit codes: 0 all is well; 1 something in the book is wrong (it was said
what and where, the rest was built); 2 the command line itself is wrong;
130 interrupted.
"""
import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools import (
    config,
    lean,  # noqa: F401 (for its effect)
)
from tools.errors import BookError, Problem

ROOT = Path(__file__).resolve().parent.parent
OK, WRONG, USAGE, INTERRUPTED = 0, 1, 2, 130


def _problems(problems):
    for problem in problems:
        print(f'{problem.kind}: {problem}', file=sys.stderr)


def _make_notebooks(book, profile, args, sections=()):
    from tools import build, report
    builder = build.Builder(book, profile, workers=args.jobs,
                            force=args.force, quiet=args.plain,
                            scheduler=args.scheduler)
    made = builder.build(sections)
    if not sections:
        report.write(book, profile, made, builder.status.sections)
    if made.count(build.EXECUTED) + made.count(build.FAILED):
        print(*report.timing_table(made, profile.budget), sep='\n')
    for outcome in made.outcomes:
        if outcome.state == build.NOT_RUN:
            print(f'not run: {outcome.name}: {outcome.reason}')
    for line in report.failures(made):
        print(line)
    print(report.summary(made), flush=True)
    _problems(made.problems)
    return made


def lib(book, args):
    """make d2l/torch.py from the marked cells of the book"""
    from tools import library
    if args.check:
        if library.is_current(book):
            print(f'{book.module.relative_to(book.root)} is up to date')
            return OK
        raise BookError(Problem('differs from the code saved in the book',
                                book.module, hint='run make lib'))
    made, changed = library.make(book)
    print(f'{book.module.relative_to(book.root)}: '
          f'{len(made.definitions)} definitions, '
          f'{"written" if changed else "unchanged"}')
    return OK


def notebooks(book, args):
    """execute what has to be executed, restore the rest"""
    made = _make_notebooks(book, book.profile(args.profile), args,
                           args.sections)
    return OK if made.ok else WRONG


def figures(book, args):
    """draw the figures that changed"""
    from tools import figures as module
    drawn, errors = module.draw_all(book.chapters, book.build / 'figures')
    print(f'{drawn} figures drawn')
    return WRONG if errors else OK


def _render(book, args, make):
    from tools import render, sections
    from tools.stage import locator, stage
    profile = book.profile(args.profile)
    started = time.monotonic()
    made = _make_notebooks(book, profile, args)
    contents = sections.read_book(book)
    source, errors = stage(book, profile, contents)
    code = make(render, profile, source, locator(book, profile, contents))
    print(f'done in {time.monotonic() - started:.1f} s')
    return OK if made.ok and not errors and code == 0 else WRONG


def html(book, args):
    """build the website"""
    def make(render, profile, source, locate):
        out = book.out(profile.name) / 'html'
        code = render.build_html(source, out, jobs=args.jobs or 2,
                                 locate=locate)
        if code == 0:
            print(f'open {(out / "index.html").as_uri()}')
        return code
    return _render(book, args, make)


def site(book, args):
    """build everything: the site with all downloads, PDF and EPUB"""
    from tools import files, package, render
    profile = book.profile(args.profile)
    codes = [zip_(book, args), epub(book, args)]
    made = {'book.epub': book.out(profile.name) / 'epub/book.epub'}
    missing = render.missing_latex()
    if missing:
        print('no PDF, since LaTeX is not installed (make pdf says more)')
    else:
        codes.append(pdf(book, args))
        made['book.pdf'] = book.out(profile.name) / 'pdf/book.pdf'
    downloads = book.out(profile.name) / 'extra/downloads'
    for name, path in made.items():
        if path.exists():
            files.copy(path, downloads / name)
    os.environ['BOOK_PROMISED'] = package.SITE_ZIP
    codes.append(html(book, args))
    folder = book.out(profile.name) / 'html'
    if folder.is_dir():
        path = package.pack_site(folder)
        print(f'{path} ({path.stat().st_size / 1e6:.1f} MB)')
    return max(codes)


def stage(book, args):
    """execute and lay out for Sphinx, without rendering"""
    from tools.stage import stage as lay_out
    profile = book.profile(args.profile)
    _make_notebooks(book, profile, args)
    lay_out(book, profile)
    # The page of a failed section shows how it failed: go on to render it.
    return OK


def pdf(book, args):
    """build the PDF (needs LaTeX)"""
    def make(render, profile, source, locate):
        return render.build_pdf(source, book.out(profile.name) / 'pdf',
                                locate=locate)
    return _render(book, args, make)


def epub(book, args):
    """build the EPUB"""
    def make(render, profile, source, locate):
        return render.build_epub(
            source, book.out(profile.name) / 'epub', locate=locate)
    return _render(book, args, make)


def zip_(book, args):
    """pack the notebooks, plain and ready for Colab"""
    from tools import package
    profile = book.profile(args.profile)
    made = _make_notebooks(book, profile, args)
    path = package.pack(book, profile)
    print(f'{path} ({path.stat().st_size / 1e6:.1f} MB)')
    return OK if made.ok else WRONG


def serve(book, args):
    """build the site, and again whenever a section is saved"""
    from tools import serve as module
    return module.serve(book, book.profile(args.profile), args)


def check(book, args):
    """look for mistakes in the chapters without executing them"""
    from tools import check as module
    problems = module.check(book, args.sections)
    _problems(problems)
    print(f'{len(problems)} problems' if problems else 'no problems found')
    return WRONG if problems else OK


def data(book, args):
    """fetch the data sets that the sections of a profile need"""
    from tools import sections
    contents = sections.read_book(book)
    wanted = sorted({d for s in contents.sections
                     for d in s.meta.needs.data} | set(args.names))
    if not wanted:
        print('no section needs data beyond what it makes itself')
        return OK
    return subprocess.call([sys.executable, '-m', 'd2l.data', *wanted],
                           cwd=book.root,
                           env=os.environ | {'D2L_DATA': str(book.data)})


def why(book, args):
    """say what a section depends on and why it would be executed"""
    from tools import explain
    for text in args.sections:
        print(*explain.explain(book, book.profile(args.profile), text),
              sep='\n')
    return OK


def diff(book, args):
    """show how outputs differ from those of another build"""
    from tools import compare
    count = differ = 0
    for name, lines, different in compare.compare(
            book, book.profile(args.profile), args.sections, args.against):
        count += 1
        differ += different
        if lines:
            print(name, *(f'    {line}' for line in lines), '', sep='\n')
    print(f'{differ} of {count} sections have other outputs')
    return OK


def kernel(book, args):
    """install the warm kernel for JupyterLab and others"""
    from tools.kernels import spec
    print(f'kernel {spec.NAME!r} is in {spec.install(book.preload)}')
    if not spec.registered():
        raise BookError(Problem(
            'the kernel provisioner is not registered',
            hint='install the pipeline: pip install -e tools'))
    return OK


def store(book, args):
    """list, verify or prune the results kept, export or import them"""
    from tools import store as module
    kept = module.of_book(book)
    return STORE_ACTIONS[args.action](book, kept, args)


def _store_list(book, kept, args):
    for key in kept.fingerprints():
        record = kept.get(key) or {}
        print(f'{key[:12]}  {record.get("date", ""):10}  '
              f'{record.get("profile", ""):4}  {record.get("section", "")}')
    return OK


def _store_verify(book, kept, args):
    count, bad = kept.verify()
    print(f'{count} results, {len(bad)} damaged and removed')
    return WRONG if bad else OK


def _store_prune(book, kept, args):
    from tools import build
    removed, freed = kept.prune(build.needed_results(book), args.days)
    print(f'{removed} results removed, {freed / 1e6:.1f} MB freed')
    return OK


def _store_export(book, kept, args):
    print(f'{kept.write_archive(args.file)} results written to {args.file}')
    return OK


def _store_import(book, kept, args):
    taken, refused = kept.read_archive(args.file)
    for name, reason in refused.items():
        print(f'warning: {name!r} was refused: {reason}', file=sys.stderr)
    print(f'{taken} results taken, {len(refused)} refused')
    return WRONG if refused else OK


STORE_ACTIONS = {'list': _store_list, 'verify': _store_verify,
                 'prune': _store_prune, 'export': _store_export,
                 'import': _store_import}


def test(book, args):
    """compare every chapter's outputs with a fresh run (nbval)"""
    from tools import nbval
    return nbval.run(book, book.profile(args.profile), args)


def clean(book, args):
    """remove what was built (and with --store the results kept)"""
    keep = set() if args.store else {Path(book.store)}
    if book.build.exists():
        for path in book.build.iterdir():
            if path not in keep:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(f'removed the builds below {book.build}'
          + ('' if args.store else '; results stay in the store'))
    return OK


def parser():
    top = argparse.ArgumentParser(
        prog='python -m tools', description='Build the book.')
    sub = top.add_subparsers(dest='command', metavar='COMMAND',
                             required=True)

    def command(function, name=None, profile=True, executes=False):
        text = function.__doc__
        p = sub.add_parser(name or function.__name__, help=text,
                           description=text[0].upper() + text[1:] + '.')
        p.set_defaults(run=function)
        if profile:
            p.add_argument(
                '--profile', default=os.environ.get('BOOK_PROFILE', 'cpu'),
                help='ci (seconds), cpu (the default) or gpu (full size)')
        if executes:
            p.add_argument('--jobs', '-j', type=_positive,
                           help='parallel workers (default: processors)')
            p.add_argument(
                '--scheduler', metavar='ADDRESS',
                default=os.environ.get('BOOK_SCHEDULER', ''),
                help='execute on the cluster of this Dask scheduler '
                     '(tcp://…, or file:// of a scheduler file)')
            p.add_argument('--force', action='store_true',
                           help='execute even what has not changed')
            p.add_argument('--plain', action='store_true',
                           help='plain lines, no live bars')
        return p

    p = command(lib, profile=False)
    p.add_argument('--check', action='store_true',
                   help='only say whether it is up to date')
    p = command(notebooks, executes=True)
    p.add_argument('sections', nargs='*', help='files or names; all if none')
    command(figures, profile=False)
    command(html, executes=True)
    command(site, executes=True)
    command(stage, executes=True)
    command(pdf, executes=True)
    command(epub, executes=True)
    command(zip_, 'zip', executes=True)
    p = command(serve, executes=True)
    p.add_argument('--port', type=int, default=8000)
    p.add_argument('--no-browser', action='store_true')
    p = command(check, profile=False)
    p.add_argument('sections', nargs='*')
    p = command(data, profile=False)
    p.add_argument('names', nargs='*', help='further data sets')
    p = command(why)
    p.add_argument('sections', nargs='+')
    p = command(diff)
    p.add_argument('sections', nargs='*', help='files or names; all if none')
    p.add_argument('--against', type=Path, metavar='FOLDER',
                   help='executed notebooks of another build (default: the '
                        'results that the store had before)')
    command(kernel, profile=False)
    p = command(store, profile=False)
    p.add_argument('action', choices=list(STORE_ACTIONS))
    p.add_argument('file', nargs='?', type=Path,
                   help='of export and import, a .tar.gz')
    p.add_argument('--days', type=float, default=30,
                   help='prune keeps what was used within (default: 30)')
    p = command(test, 'nbval', executes=True)
    p.add_argument('pytest', nargs='*', help='arguments for pytest')
    p = command(clean, profile=False)
    p.add_argument('--store', action='store_true',
                   help='remove the stored results as well')
    return top


def _positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError('must be at least 1')
    return value


def main(argv=None, root=None):
    """Run a command; returns its exit code."""
    top = parser()
    args = top.parse_args(argv)
    if (getattr(args, 'action', '') in ('export', 'import')
            and args.file is None):
        top.error(f'store {args.action} needs the name of an archive')
    root = Path(root or os.environ.get('BOOK_ROOT') or ROOT)
    try:
        return args.run(config.load(root), args)
    except BookError as error:
        _problems(error.problems)
        return WRONG
    except KeyboardInterrupt:
        print('\ninterrupted; what was executed is kept', file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return WRONG
