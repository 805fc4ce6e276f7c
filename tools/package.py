"""Pack the notebooks for readers: with outputs, plain, and for Colab.

The zip holds three folders of notebooks whose text any notebook program
shows (``executed``, ``plain``, ``colab``), the figures, the module ``d2l``
with its wheel, and a page that says how to run them.
"""
import copy
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools import build, numbering, plain, results, sections
from tools.errors import BookError, Problem

FIXED_TIME = (1980, 1, 1, 0, 0, 0)      # the same zip from the same book
SITE_ZIP = 'd2l-site.zip'
README = '''\
{title}: notebooks

executed/   every section with its outputs, ready to read
plain/      the same without outputs, ready to run
colab/      ready to run on Google Colab: the first cell installs d2l
d2l-*.whl   the module that sections import

To run them here (Python 3.11 or newer):

    python3 -m venv .venv
    .venv/bin/pip install ./d2l-{version}-py3-none-any.whl jupyterlab
    .venv/bin/jupyter lab plain

Text: CC BY 4.0.  Code: Apache-2.0.
'''
SETUP = '''\
# Install the module of the book. In Colab, first upload {wheel}
# from the zip (folder icon on the left), or have it next to this notebook.
import glob
import importlib.util
import subprocess
import sys

if importlib.util.find_spec('d2l') is None:
    found = glob.glob('**/d2l-*.whl', recursive=True)
    source = found[0] if found else {repository!r}
    if not source:
        raise RuntimeError('upload {wheel} from the zip of the '
                           'notebooks, then run this cell again')
    subprocess.run([sys.executable, '-m', 'pip', 'install', '-q', source],
                   check=True)'''


def build_wheel(book, folder):
    """Build the wheel of the module into `folder`; returns its path."""
    done = subprocess.run(
        [sys.executable, '-m', 'pip', 'wheel', '-q', '--no-deps',
         '--no-build-isolation', '--wheel-dir', str(folder),
         str(book.root)], capture_output=True, text=True)
    wheels = sorted(Path(folder).glob('*.whl'))
    if done.returncode or not wheels:
        raise BookError(Problem(
            'the wheel could not be built: '
            + (done.stderr.strip().split('\n')[-1] or 'no reason given'),
            book.root / 'pyproject.toml'))
    return wheels[0]


def source_of_module(book, wheel):
    """What pip can install `d2l` from without the zip, or ''."""
    if book.site and wheel:
        return f'{book.site.rstrip("/")}/downloads/{wheel.name}'
    return f'd2l @ git+{book.repository}' if book.repository else ''


def variants(section, made, converter, wheel, repository):
    """The section's notebook as executed, plain and for Colab."""
    notebook = json.loads(made.read_text(encoding='utf-8'))
    notebook['metadata'].pop('jupytext', None)
    for cell in notebook['cells']:
        if cell['cell_type'] == 'markdown':
            cell['source'] = converter.convert(''.join(cell['source']))
        else:
            for output in cell.get('outputs', ()):
                output.get('data', {}).pop('application/pdf', None)
    empty = copy.deepcopy(notebook)
    empty['metadata'].pop('book_run', None)
    for cell in empty['cells']:
        if cell['cell_type'] == 'code':
            cell['outputs'], cell['execution_count'] = [], None
    colab = copy.deepcopy(empty)
    colab['metadata']['colab'] = {'provenance': [], 'toc_visible': True}
    setup = {'cell_type': 'code', 'id': 'setup', 'metadata': {},
             'execution_count': None, 'outputs': [],
             'source': SETUP.format(wheel=wheel, repository=repository)}
    if any('d2l' in ''.join(c['source']) for c in colab['cells']
           if c['cell_type'] == 'code'):
        colab['cells'].insert(1, setup)
    return {'executed': notebook, 'plain': empty, 'colab': colab}


def pack(book, profile):
    """Write ``d2l-notebooks.zip`` among the downloads; returns its path."""
    contents = sections.read_book(book)
    numbers = numbering.number(contents)
    bib = book.chapters / 'references.bib'
    known = (plain.citations(bib, bib.stat().st_mtime_ns)
             if bib.exists() else {})
    target = book.out(profile.name) / 'extra/downloads/d2l-notebooks.zip'
    entries = {}
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_wheel(book, folder)
        entries[wheel.name] = wheel.read_bytes()
        version = wheel.name.split('-')[1]
        entries['README.txt'] = README.format(
            title=book.title, version=version).encode()
        for name in ('LICENSE', 'LICENSE-TEXT'):
            path = book.root / name
            if path.exists():
                entries[name] = path.read_bytes()
        for section in contents.sections:
            made = build.notebook_path(book, profile, section)
            if not section.has_code or not made.exists():
                continue
            converter = plain.Plain(
                numbers, known, lambda s: s.removesuffix('.svg') + '.png',
                results.expander(book, profile, contents))
            for kind, notebook in variants(
                    section, made, converter, wheel.name,
                    source_of_module(book, wheel)).items():
                entries[f'{kind}/{section.name}.ipynb'] = (json.dumps(
                    notebook, ensure_ascii=False, indent=1, sort_keys=True)
                    + '\n').encode()
                for image in (book.build / 'figures' / section.name
                              ).parent.glob('figures/*.png'):
                    where = (Path(kind) / section.name).parent
                    entries[f'{where.as_posix()}/figures/{image.name}'] = (
                        image.read_bytes())
    write_zip(target, {f'd2l-notebooks/{n}': c for n, c in entries.items()})
    return target


def write_zip(target, entries):
    """Write {name: bytes} as a zip, the same bytes for the same content."""
    part = target.with_suffix('.part')
    part.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(part, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, entries[name])
    part.replace(target)


def pack_site(html):
    """Zip the site in the folder `html` for reading offline.

    It stands among the site's downloads and leaves these out itself.
    """
    target = html / 'downloads' / SITE_ZIP
    entries = {}
    for path in sorted(html.rglob('*')):
        where = path.relative_to(html)
        if path.is_file() and where.parts[0] not in ('downloads',
                                                     '.doctrees'):
            entries[f'd2l-site/{where.as_posix()}'] = path.read_bytes()
    write_zip(target, entries)
    return target
