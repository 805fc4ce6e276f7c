"""Lay out executed notebooks and pages as a source tree for Sphinx.

Files are written only when they change, so that Sphinx reads again only
what is new, and files of sections that are gone are removed.
"""
import json
from pathlib import Path

from tools import build, figures, files, sections

# Sources of figures and of the book itself; everything else is copied.
_NOT_COPIED = frozenset({'.py', '.pyc', '.md', '.ipynb', '.sha256'})


def stage(book, profile, contents=None, say=print):
    """Make ``_build/<profile>/source``; returns (folder, problems)."""
    contents = contents or sections.read_book(book)
    target = book.out(profile.name) / 'source'
    drawings = book.build / 'figures'
    _, errors = figures.draw_all(book.chapters, drawings, say=say)
    keep = set()

    def put(path, content):
        files.write(path, content)
        keep.add(path)

    for section in contents.sections:
        if section.has_code:
            made = build.notebook_path(book, profile, section)
            if made.exists():
                put(target / f'{section.name}.ipynb',
                    _for_sphinx(section, made))
        else:
            put(target / f'{section.name}{section.path.suffix}',
                section.path.read_bytes())
    for folder in (book.chapters, drawings):
        for path in sorted(Path(folder).rglob('*')):
            hidden = any(part.startswith(('.', '_'))
                         for part in path.relative_to(folder).parts)
            if (path.is_file() and path.suffix not in _NOT_COPIED
                    and not hidden):
                put(target / path.relative_to(folder), path.read_bytes())
    if target.is_dir():
        files.prune(target, keep)
    return target, errors


def _for_sphinx(section, path):
    """The notebook's text with what the pages need to know of the section."""
    notebook = json.loads(path.read_text(encoding='utf-8'))
    number = section.meta.number
    if number is not None:
        notebook['metadata']['book'] = {'number': number}
    return json.dumps(notebook, ensure_ascii=False, indent=1,
                      sort_keys=True) + '\n'
