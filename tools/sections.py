"""Read the sections of the book: MyST Markdown or ``.ipynb`` into `Section`.

A section keeps the line of every cell, so that everything said about it
later (a failing cell, a duplicate label) can name file and line.
"""
import contextlib
import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tools.config import suggestion
from tools.errors import BookError, Problem

SUFFIXES = ('.md', '.ipynb')
# Tags that change what a cell does rather than how it is shown.
EXECUTION_TAGS = frozenset({'parameters', 'raises-exception',
                            'skip-execution'})
_MEMORY = re.compile(r'^\s*(\d+(?:\.\d+)?)\s*(MB|GB)\s*$', re.IGNORECASE)


@dataclass(frozen=True)
class Needs:
    """What a section asks of the machine that runs it."""

    data: tuple[str, ...] = ()
    gpus: int = 0
    cpus: int = 1
    memory: int = 1_000_000_000     # bytes


@dataclass(frozen=True)
class Meta:
    """The typed ``book:`` part of a section's front matter."""

    needs: Needs = Needs()
    profiles: dict = field(default_factory=dict)
    number: int | str | None = None
    skip: str = ''
    cell_limit: float | None = None
    notebook_limit: float | None = None


@dataclass(frozen=True)
class Cell:
    """A cell of a section; `line` is where it starts in the source file."""

    kind: str                       # 'code', 'markdown' or 'raw'
    source: str
    line: int
    tags: tuple[str, ...] = ()
    metadata: dict = field(default_factory=dict)
    number: int = 0                 # among the code cells, from 1


@dataclass
class Section:
    """A source file of the book: its cells and what it declares."""

    path: Path
    name: str                       # 'preliminaries/ndarray', without suffix
    cells: list[Cell]
    meta: Meta
    metadata: dict                  # the notebook's own metadata

    @property
    def code_cells(self):
        return [c for c in self.cells if c.kind == 'code']

    @property
    def has_code(self):
        return any(c.kind == 'code' and c.source.strip() for c in self.cells)

    @cached_property
    def title(self):
        """The first heading, or the name of the file."""
        for cell in self.cells:
            if cell.kind == 'markdown':
                found = re.search(r'^#\s+(.+?)\s*$', cell.source, re.M)
                if found:
                    return found.group(1)
        return self.name


def memory_size(text):
    """Bytes of '500 MB' or '2 GB'; None where it is not of that form."""
    found = _MEMORY.match(str(text))
    if not found:
        return None
    unit = {'mb': 10**6, 'gb': 10**9}[found.group(2).lower()]
    return int(float(found.group(1)) * unit)


def _number(value):
    return (isinstance(value, int | float) and not isinstance(value, bool)
            and value > 0)


def _needs(table, path, line):
    def wrong(message, hint=''):
        return BookError(Problem(message, path, line, hint=hint))

    if not isinstance(table, dict):
        raise wrong('book: needs must be a mapping')
    known = ('data', 'gpus', 'cpus', 'memory')
    for key in table:
        if key not in known:
            raise wrong(f'unknown key {key!r} in book: needs',
                        suggestion(str(key), known))
    data = table.get('data') or []
    if not (isinstance(data, list) and all(isinstance(d, str) for d in data)):
        raise wrong('book: needs: data must be a list of data set names')
    gpus, cpus = table.get('gpus', 0), table.get('cpus', 1)
    if type(gpus) is not int or gpus < 0:
        raise wrong(f'book: needs: gpus must be 0, 1, …, not {gpus!r}')
    if type(cpus) is not int or cpus < 1:
        raise wrong(f'book: needs: cpus must be 1, 2, …, not {cpus!r}')
    memory = memory_size(table.get('memory', '1 GB'))
    if memory is None:
        raise wrong(f"book: needs: memory must be like '2 GB', not "
                    f'{table["memory"]!r}')
    return Needs(tuple(data), gpus, cpus, memory)


def parse_meta(table, path, line=1, profiles=None):
    """Check the ``book:`` mapping of the front matter and type it.

    `profiles` are the known profile names (None: not checked).
    """
    def wrong(message, hint=''):
        return BookError(Problem(message, path, line, hint=hint))

    if table is None:
        return Meta()
    if not isinstance(table, dict):
        raise wrong('book: in the front matter must be a mapping')
    known = ('needs', 'profiles', 'number', 'skip', 'limits')
    for key in table:
        if key not in known:
            raise wrong(f'unknown front-matter key {key!r} under book:',
                        suggestion(str(key), known))
    values = table.get('profiles') or {}
    if not isinstance(values, dict) or not all(
            isinstance(v, dict) for v in values.values()):
        raise wrong('book: profiles must map a profile to its values')
    for name in values:
        if profiles is not None and name not in profiles:
            raise wrong(f'unknown profile {name!r} in book: profiles',
                        suggestion(str(name), profiles))
    limits = table.get('limits') or {}
    if not isinstance(limits, dict):
        raise wrong('book: limits must be a mapping')
    for key, value in limits.items():
        if key not in ('cell', 'notebook'):
            raise wrong(f'unknown key {key!r} in book: limits',
                        suggestion(str(key), ('cell', 'notebook')))
        if not _number(value):
            raise wrong(f'book: limits: {key} must be a number of seconds')
    number = table.get('number')
    if not (number is None or type(number) is int
            or isinstance(number, str) and re.fullmatch('[A-Z]', number)):
        raise wrong(f'book: number must be a number or a capital letter, '
                    f'not {number!r}')
    skip = table.get('skip', '')
    if not isinstance(skip, str) or 'skip' in table and not skip.strip():
        raise wrong('book: skip must be the reason why the section is '
                    'not run', 'for example skip: needs a paid account')
    return Meta(_needs(table.get('needs') or {}, path, line), values, number,
                skip, limits.get('cell'), limits.get('notebook'))


def _read_markdown(path, text):
    import yaml
    from jupytext.myst import myst_to_notebook

    head = re.match(r'---[ \t]*\n(.*?\n)---[ \t]*(?:\n|$)', text, re.S)
    if head:
        try:
            front = yaml.safe_load(head.group(1))
        except yaml.YAMLError as error:
            mark = getattr(error, 'problem_mark', None)
            raise BookError(Problem(
                'the front matter is not valid YAML: '
                f'{getattr(error, "problem", error)}', path,
                (mark.line + 2) if mark else 1)) from None
        if front is not None and not isinstance(front, dict):
            raise BookError(Problem('the front matter must be a mapping',
                                    path, 1))
        known = ('jupytext', 'kernelspec', 'book', 'orphan', 'mystnb',
                 'html_meta', 'language_info')
        for key in front or {}:
            if key not in known:
                raise BookError(Problem(
                    f'unknown front-matter key {key!r}', path,
                    1 + _line_of(head.group(0), key),
                    hint=suggestion(str(key), known)))
    elif text.startswith('---'):
        raise BookError(Problem(
            'the front matter does not end', path, 1,
            hint='close it with a line of three dashes'))
    try:
        return _plain(myst_to_notebook(
            text, code_directive='{code-cell}', raw_directive='{raw-cell}',
            add_source_map=True))
    except Exception as error:
        raise BookError(Problem(
            f'cannot be read as a MyST notebook: {error}', path)) from None


def _plain(nb):
    """A notebook as plain data: what is needed of it, and can be kept."""
    metadata = json.loads(json.dumps(nb.metadata))
    lines = metadata.pop('source_map', None)
    return {'metadata': metadata, 'lines': lines,
            'cells': [[c.cell_type, c.source,
                       json.loads(json.dumps(c.metadata))]
                      for c in nb.cells]}


def _line_of(text, key):
    """The number, from 0, of the line of `text` that starts with `key`."""
    for number, line in enumerate(text.split('\n')):
        if line.startswith(f'{key}:'):
            return number
    return 0


def _read_ipynb(path, text):
    import nbformat
    try:
        nb = nbformat.reads(text, as_version=4)
        nbformat.validate(nb)
    except Exception as error:
        reason = str(error).strip().split('\n')[0]
        raise BookError(Problem(
            f'is not a valid notebook: {reason}', path,
            hint='open and save it in Jupyter')) from None
    return _plain(nb)


class Cache:
    """Parsed sources by the hash of their text.

    Importing and running the readers takes longer than all the rest of a
    build that has nothing to do.
    """

    def __init__(self, path=None):
        self.path = path
        self.old = {}
        self.new = {}
        self.version = hashlib.sha256(
            Path(__file__).read_bytes()).hexdigest()[:16]
        if path is not None:
            with contextlib.suppress(OSError, ValueError):
                known = json.loads(Path(path).read_text(encoding='utf-8'))
                if known.get('version') == self.version:
                    self.old = known['parsed']

    def parse(self, path, text):
        reader = _read_markdown if path.suffix == '.md' else _read_ipynb
        key = hashlib.sha256(f'{path.suffix}{text}'.encode()).hexdigest()
        if key not in self.new:
            self.new[key] = self.old.get(key) or reader(path, text)
        return self.new[key]

    def write(self):
        """Keep what was parsed; that it can't be kept is no harm."""
        if self.path is None or self.new.keys() == self.old.keys():
            return
        with contextlib.suppress(OSError):
            path = Path(self.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f'.{path.name}.{os.getpid()}.part')
            part.write_text(json.dumps({'version': self.version,
                                        'parsed': self.new}),
                            encoding='utf-8')
            part.replace(path)


def read(path, chapters, profiles=None, cache=None):
    """Read the source file `path` below the folder `chapters`."""
    path = Path(path)
    try:
        text = path.read_text(encoding='utf-8')
    except UnicodeDecodeError as error:
        raise BookError(Problem(f'is not UTF-8 text: {error.reason}',
                                path)) from None
    except OSError as error:
        raise BookError(Problem(f'cannot be read: {error.strerror}',
                                path)) from None
    markdown = path.suffix == '.md'
    parsed = (cache or Cache()).parse(path, text)
    lines, split = parsed['lines'], text.split('\n')
    cells, number = [], 0
    for index, (kind, source, metadata) in enumerate(parsed['cells']):
        number += kind == 'code'
        line = lines[index] if lines and index < len(lines) else 0
        if markdown:
            line = _first_line(split, line, source, kind == 'code')
        cells.append(Cell(kind, source, line,
                          tuple(metadata.get('tags', ())), metadata,
                          number if kind == 'code' else 0))
    metadata = dict(parsed['metadata'])
    book = metadata.pop('book', None)
    line = 1
    if markdown and text.startswith('---'):
        line = 1 + _line_of(text, 'book')
    meta = parse_meta(book, path, line, profiles)
    name = path.relative_to(chapters).with_suffix('').as_posix()
    return Section(path, name, cells, meta, metadata)


def _first_line(lines, start, source, code):
    """Line (from 1) where a cell's source begins, at or after `start`.

    For code the fence and the option lines after it are stepped over.
    """
    first = source.split('\n', 1)[0]
    number = max(start - 1, 0)
    if code:
        while number < len(lines) and '{code-cell}' not in lines[number]:
            number += 1
        number += 1
    while number < len(lines):
        if lines[number] == first:
            return number + 1
        number += 1
    return start + 1


def source_files(chapters):
    """All source files of the book, sorted, without figures and others."""
    chapters = Path(chapters)
    return sorted(
        p for p in chapters.rglob('*')
        if p.suffix in SUFFIXES and p.is_file()
        and not any(part.startswith(('.', '_'))
                    for part in p.relative_to(chapters).parts))


def toctree(section):
    """Entries of the section's toctrees: [(name, line)], in order."""
    entries = []
    folder = Path(section.name).parent
    for cell in section.cells:
        if cell.kind != 'markdown':
            continue
        for found in re.finditer(
                r'^(`{3,}|:{3,})\{toctree\}[^\n]*\n(.*?)^\1[ \t]*$',
                cell.source, re.S | re.M):
            start = cell.line + cell.source.count('\n', 0, found.start(2))
            for offset, line in enumerate(found.group(2).split('\n')):
                line = line.strip()
                if not line or line.startswith((':', '#')):
                    continue
                titled = re.fullmatch(r'.*<(.+)>', line)
                entry = titled.group(1) if titled else line
                if '://' in entry or entry == 'self':
                    continue
                target = (Path(entry[1:]) if entry.startswith('/')
                          else folder / entry)
                entries.append((_normal(target), start + offset))
    return entries


def _normal(path):
    parts = []
    for part in Path(path).parts:
        if part == '..' and parts:
            parts.pop()
        elif part != '.':
            parts.append(part)
    name = '/'.join(parts)
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name


@dataclass
class Contents:
    """All sections in the order of the book, and what is wrong with it."""

    sections: list[Section]
    problems: list[Problem]

    def __getitem__(self, name):
        return next(s for s in self.sections if s.name == name)


def read_book(book):
    """Read every source file and order them by the toctrees.

    Files that cannot be read and mistakes in the table of contents are
    returned as problems; the other sections are there all the same.
    """
    found, problems, unreadable = {}, [], set()
    cache = Cache(book.build / 'sections.json')
    for path in source_files(book.chapters):
        name = path.relative_to(book.chapters).with_suffix('').as_posix()
        if name in found:
            problems.append(Problem(
                f'{name} exists twice: as {found[name].path.name} and as '
                f'{path.name}', path, hint='keep one of them'))
            continue
        try:
            found[name] = read(path, book.chapters, book.profiles, cache)
        except BookError as error:
            problems += error.problems
            unreadable.add(name)
    cache.write()
    order, listed = [], {}

    def walk(name):
        order.append(name)
        for entry, line in toctree(found[name]):
            path = found[name].path
            if entry in listed:
                first, number = listed[entry]
                problems.append(Problem(
                    f'{entry} is listed twice in the table of contents, '
                    f'first in {first}:{number}', path, line,
                    hint='remove one of the two entries'))
                continue
            listed[entry] = (path, line)
            if entry in found:
                walk(entry)
            elif entry not in unreadable:
                problems.append(Problem(
                    f'the table of contents lists {entry}, which does not '
                    'exist', path, line,
                    hint=f'create {entry}.md or remove the entry'))

    if 'index' in found:
        walk('index')
    elif 'index' not in unreadable:
        problems.append(Problem('the book has no index.md', book.chapters,
                                hint='create it with a toctree'))
    for name, section in found.items():
        if name not in order:
            if not section.metadata.get('orphan') and not unreadable:
                problems.append(Problem(
                    'is not in the table of contents', section.path,
                    hint='add it to the toctree of its chapter, '
                         f'{Path(name).parent.as_posix()}/index.md'))
            order.append(name)
    return Contents([found[n] for n in order], problems)
