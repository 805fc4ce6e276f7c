"""Lay out executed notebooks and pages as a source tree for Sphinx.

Files are written only when they change, so that Sphinx reads again only
what is new, and files of sections that are gone are removed.
"""
import json
import re
from pathlib import Path

from tools import (
    api,
    build,
    cover,
    downloads,
    figures,
    files,
    lineage,
    notebooks,
    results,
    saving,
    sections,
    trust,
)
from tools.errors import BookError

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

    tables = results.expander(book, profile, contents)
    runs = {}
    status = files.read_json(book.out(profile.name) / 'status.json', {})
    for section in contents.sections:
        if section.has_code:
            made = build.notebook_path(book, profile, section)
            if made.exists():
                text, runs[section.name] = _for_sphinx(
                    section, made, tables)
                put(target / f'{section.name}.ipynb', text)
                known = status.get('sections', {}).get(section.name, {})
                runs[section.name] |= {key: known[key] for key in (
                    'peak_memory', 'cell_seconds', 'queued', 'reason')
                    if key in known}
        else:
            text = api.expand(section.path.read_text(encoding='utf-8'),
                              lambda: _reference(book, contents))
            put(target / f'{section.name}{section.path.suffix}',
                _any_format(tables(text)))
    # What the pages say about how they were run.
    put(target / 'runs.json', json.dumps(runs, indent=1, sort_keys=True))
    for folder in (book.chapters, drawings):
        for path in sorted(Path(folder).rglob('*')):
            hidden = any(part.startswith(('.', '_'))
                         for part in path.relative_to(folder).parts)
            if (path.is_file() and path.suffix not in _NOT_COPIED
                    and not hidden):
                put(target / path.relative_to(folder), path.read_bytes())
    if target.is_dir():
        files.prune(target, keep)
    downloads.write(book, profile, contents)
    _offer_report(book, profile)
    cover.draw(book, book.build / 'cover')
    return target, errors


def _offer_report(book, profile):
    """The report for programs, which the page of statistics links to."""
    made = book.out(profile.name) / 'report.json'
    if made.exists():
        files.copy(made, book.out(profile.name) / downloads.FOLDER
                   / 'downloads' / 'report.json')


def _reference(book, contents):
    library, _ = saving.collect(contents.sections)
    return api.text(contents, library,
                    lineage.Lineage(library, book.module.parent))


def _any_format(text):
    """Let Sphinx choose between SVG, PDF and PNG of a drawn figure."""
    return re.sub(
        r'(\{(?:figure|image)\} [\w./-]*\bfigures/[\w.-]+)\.svg', r'\1.*',
        text)


def _for_sphinx(section, path, tables):
    """The notebook's text for Sphinx, and how it was run."""
    notebook = json.loads(path.read_text(encoding='utf-8'))
    for cell in notebook['cells']:
        if cell['cell_type'] == 'markdown':
            cell['source'] = tables(''.join(cell['source']))
    text = json.dumps(trust.clean_outputs(results.drop(notebook)),
                      ensure_ascii=False, indent=1, sort_keys=True)
    return _any_format(text), notebook['metadata'].get('book_run', {})


def locator(book, profile, contents):
    """A function from (staged file, Sphinx's line) to 'source:line'.

    For notebooks Sphinx counts 10,000 lines for each cell before the line.
    """
    folder = book.out(profile.name) / 'source'
    by_name = {s.name: s for s in contents.sections}

    def locate(path, line):
        try:
            name = Path(path).relative_to(folder).with_suffix('').as_posix()
        except ValueError:
            return None
        section = by_name.get(name)
        if section is None:
            return None
        if Path(path).suffix == '.md':
            return f'{section.path}:{line}'
        cell, offset = divmod(line, 10_000)
        try:
            notebook = notebooks.to_notebook(section, profile)
            source = notebooks.source_cell(section, notebook,
                                           max(cell - 1, 0))
        except (BookError, IndexError):
            return str(section.path)
        return f'{section.path}:{source.line + max(offset - 1, 0)}'
    return locate
