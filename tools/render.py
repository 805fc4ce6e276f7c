"""Render the staged tree: the site, and the PDF by LaTeX.

Sphinx and LaTeX run as programs of their own; what they say is read, so
that a warning, a missing character, an undefined reference or a line that
runs out of the page fails.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import epub
from tools.sphinx import pages

ROOT = Path(__file__).resolve().parent.parent
_PLACE = re.compile(r'(/\S+?\.(?:ipynb|md)):(\d+)')


def _nowhere(path, line):
    return None


def _sphinx(builder, source, out, *options, jobs=2):
    return [sys.executable, '-m', 'sphinx', '-c', str(ROOT), '-b', builder,
            '-n', '-W', '--keep-going', '-q', '-j', str(jobs), '-d',
            str(out.parent / 'doctrees' / builder), *options, str(source),
            str(out)]


def _environment():
    return os.environ | {'SOURCE_DATE_EPOCH': os.environ.get(
        'SOURCE_DATE_EPOCH', '0'), 'PYTHONWARNINGS': 'ignore'}


def _run_sphinx(command, locate, say):
    """Run Sphinx, with places of staged files said as places of sources.

    After a failure Sphinx starts afresh next time: it warns of a page only
    when it reads it, and a second run would pass without a word.
    """
    doctrees = Path(command[command.index('-d') + 1])
    process = subprocess.Popen(
        command, env=_environment(), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors='replace')
    for line in process.stdout:
        say(_PLACE.sub(lambda m: locate(m.group(1), int(m.group(2)))
                       or m.group(0), line.rstrip()))
    code = process.wait()
    if code:
        (doctrees / 'environment.pickle').unlink(missing_ok=True)
    return code


# Pages that are made without a source.
_GENERATED = frozenset({'genindex.html', 'search.html', 'py-modindex.html',
                        *(f'{name}.html' for name in pages.NAMES)})


def prune(source, out):
    """Remove pages of the site whose source is gone; returns their names."""
    gone = []
    for page in sorted(out.rglob('*.html')):
        name = page.relative_to(out)
        if (name.parts[0].startswith(('_', 'chapter_'))
                or name.parts[0] in ('pagefind', 'notebooks', 'sources')
                or name.as_posix() in _GENERATED):
            continue
        if not any((source / name).with_suffix(suffix).exists()
                   for suffix in ('.md', '.ipynb')):
            page.unlink()
            gone.append(name.as_posix())
    return gone


def build_html(source, out, *, jobs=2, say=print, locate=_nowhere):
    """Build the site in `out`; returns the exit code of Sphinx.

    `locate(staged file, line)` gives the place in the sources, or None.
    """
    source, out = Path(source), Path(out)
    code = _run_sphinx(_sphinx('html', source, out, jobs=jobs), locate, say)
    if out.is_dir():
        prune(source, out)
    if code:
        say('the site was built with warnings, which count as errors')
    return code


def build_epub(source, out, *, say=print, locate=_nowhere):
    """Build ``book.epub`` in `out`; returns the exit code of Sphinx."""
    source, out = Path(source), Path(out)
    folder = out / 'epub'
    code = _run_sphinx(_sphinx(
        'epub', source, folder, '-t', 'epub', '-D', 'html_theme=epub', '-D',
        'html_math_renderer=mathml'), locate, say)
    made = folder / 'book.epub'
    if not made.exists():
        say('error: Sphinx made no EPUB')
        return code or 1
    target = out / 'book.epub'
    shutil.copyfile(made, target)
    epub.finish(target)
    say(f'{target} ({target.stat().st_size / 1e6:.1f} MB)')
    return code


def missing_latex():
    """Programs needed for the PDF that are not installed."""
    return [p for p in ('latexmk', 'xelatex', 'makeindex')
            if shutil.which(p) is None]


def log_problems(log):
    """What a reader of the PDF would miss, from LaTeX's log."""
    # LaTeX breaks lines of its log at 79 characters.
    joined = re.sub(r'(?<=.{79})\n', '', log)
    patterns = (
        (r'^Missing character: (.*)$', 'a character has no glyph: {}'),
        (r"^LaTeX Warning: (Reference `.*?' .*undefined.*)$", '{}'),
        (r"^LaTeX Warning: (Hyper reference `.*?' .*undefined.*)$", '{}'),
        (r"^LaTeX Warning: (Citation `.*?' .*undefined.*)$", '{}'),
        (r"^! (.*)$", 'error: {}'),
        (r"File `(.*?)' not found", 'file not found: {}'),
    )
    found = []
    for pattern, text in patterns:
        for match in re.finditer(pattern, joined, re.M):
            found.append(text.format(match.group(1).strip()))
    return list(dict.fromkeys(found))


def overfull(log, limit=10.0):
    """Boxes that run out of the page by more than `limit` points:
    [(points, 'too wide' or 'too high', where)]."""
    return [(float(points), how, where) for points, how, where in re.findall(
        r'^Overfull \\[hv]box \(([\d.]+)pt (too \w+)\) (.*)$', log, re.M)
        if float(points) > limit]


def build_pdf(source, out, *, say=print, locate=_nowhere):
    """Build ``book.pdf`` in `out`; returns 0 when nothing is missing."""
    source, out = Path(source), Path(out)
    missing = missing_latex()
    if missing:
        packages = ' '.join(
            line for line in (ROOT / 'tools/latex-packages.txt').read_text(
                encoding='utf-8').split('\n')
            if line and not line.startswith('#'))
        say(f'error: LaTeX is needed for the PDF, and {", ".join(missing)} '
            'cannot be found\n    → on Debian or Ubuntu: sudo apt-get '
            f'install {packages}')
        return 1
    tex = out / 'latex'
    code = _run_sphinx(_sphinx('latex', source, tex), locate, say)
    if not (tex / 'book.tex').exists():
        say('error: Sphinx made no LaTeX')
        return code or 1
    run = subprocess.run(
        ['latexmk', '-xelatex', '-interaction=nonstopmode', '-quiet',
         'book.tex'], cwd=tex, env=_environment(), capture_output=True,
        text=True, errors='replace')
    log = (tex / 'book.log')
    text = log.read_text(encoding='utf-8', errors='replace') if (
        log.exists()) else run.stdout
    problems = log_problems(text)
    for problem in problems:
        say(f'error: {problem}')
    wide = overfull(text)
    for points, how, where in wide:
        say(f'error: {points:.0f} pt {how} {where} of book.tex')
    made = tex / 'book.pdf'
    if run.returncode and not problems:
        say(f'error: latexmk failed ({run.returncode}); see {log}')
    if not made.exists():
        return 1
    target = out / 'book.pdf'
    shutil.copyfile(made, target)
    pages = re.search(r'Output written on book\.(?:pdf|xdv) \((\d+) pages',
                      re.sub(r'\n', '', text))
    say(f'{target} ({pages.group(1) if pages else "?"} pages, '
        f'{target.stat().st_size / 1e6:.1f} MB)')
    return 1 if code or problems or wide or run.returncode else 0
