"""What readers take from the site: notebooks, sources, the module's wheel.

Each section is offered as it was executed, without outputs, ready for Colab,
and as Markdown.  A notebook fetched alone has its drawn figures inside.
"""
import base64
import hashlib
import json
import re
import tomllib
from pathlib import Path

from tools import build, files, numbering, package, plain, results

# Below the profile's folder; Sphinx copies what is in there into the site.
FOLDER = 'extra'
_ATTACHED = re.compile(r'\(attachment:([\w.-]+)\)')


def _attach(notebook, pictures):
    """Put the drawn figures that the text shows into its cells."""
    for cell in notebook['cells']:
        if cell['cell_type'] != 'markdown':
            continue
        for name in _ATTACHED.findall(cell['source']):
            path = pictures / name
            if path.exists():
                cell.setdefault('attachments', {})[name] = {
                    'image/png': base64.b64encode(
                        path.read_bytes()).decode()}


def wheel(book):
    """The wheel of the module, built anew when its files change.

    None for a book whose module is not a distribution.
    """
    project = book.root / 'pyproject.toml'
    if not book.module.exists() or 'project' not in tomllib.loads(
            project.read_text(encoding='utf-8')):
        return None
    mark = hashlib.sha256()
    inputs = [p for p in sorted(book.module.parent.rglob('*'))
              if p.suffix in ('.py', '.toml')]
    for path in [book.root / 'pyproject.toml', *inputs]:
        mark.update(str(path.relative_to(book.root)).encode())
        mark.update(path.read_bytes())
    folder = book.build / 'wheel' / mark.hexdigest()[:16]
    found = sorted(folder.glob('*.whl'))
    return found[0] if found else package.build_wheel(book, folder)


def write(book, profile, contents):
    """Write everything below `FOLDER`; returns the folder."""
    target = book.out(profile.name) / FOLDER
    numbers = numbering.number(contents)
    bib = book.chapters / 'references.bib'
    known = (plain.citations(bib, bib.stat().st_mtime_ns)
             if bib.exists() else {})
    tables = results.expander(book, profile, contents)
    keep = set()

    def put(path, content):
        files.write(path, content)
        keep.add(path)

    built = wheel(book)
    if built:
        put(target / 'downloads' / built.name, built.read_bytes())
    for section in contents.sections:
        put(target / 'sources' / f'{section.name}{section.path.suffix}',
            section.path.read_bytes())
        made = build.notebook_path(book, profile, section)
        if not section.has_code or not made.exists():
            continue
        pictures = (book.build / 'figures' / section.name).parent / 'figures'
        converter = plain.Plain(
            numbers, known,
            lambda s: f'attachment:{Path(s).stem}.png', tables)
        for kind, notebook in package.variants(
                section, made, converter, built.name if built else '',
                package.source_of_module(book, built)).items():
            _attach(notebook, pictures)
            put(target / 'notebooks' / kind / f'{section.name}.ipynb',
                json.dumps(notebook, ensure_ascii=False, indent=1,
                           sort_keys=True) + '\n')
    for folder in ('notebooks', 'sources'):
        if (target / folder).is_dir():
            files.prune(target / folder, keep)
    return target
