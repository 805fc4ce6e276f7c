"""Find mistakes in the chapters without executing or rendering them.

Labels, references, citations, figures and their alternative text, width of
code, stray outputs, front matter, table of contents, saved code: each
problem comes with file, line and what to do.
"""
import ast
import re
from collections import defaultdict
from dataclasses import dataclass, field

from tools import build, myst, saving
from tools.errors import Problem
from tools.nbval import IGNORE

WIDTH = 79
PREFIXES = {'section': ('sec_', 'subsec_', 'chap_'), 'equation': ('eq_',),
            'figure': ('fig_',), 'table': ('tab_',), 'exercise': ('ex_',)}
_ROLE = re.compile(r'\{(?P<role>numref|ref|eq|cite:[a-z]+|prf:ref|doc)\}'
                   r'`(?P<target>[^`]+)`')


@dataclass
class Seen:
    """Labels and references met while going through the book."""

    labels: dict = field(default_factory=lambda: defaultdict(list))
    references: list = field(default_factory=list)


def _lines(cell, position):
    return cell.line + cell.source.count('\n', 0, position)


def _blank(match):
    return re.sub(r'[^\n]', ' ', match.group(0))


def _without_code(text):
    """Markdown with listings and code spans blanked, lines kept.

    The contents of directives stay, as they may hold labels and references;
    those of `code-block` and of plain fences go.
    """
    out, open_fences = [], []
    for line in text.split('\n'):
        found = re.match(r'^\s*(`{3,}|~{3,}|:{3,})\s*(.*)$', line)
        hidden = bool(open_fences) and not open_fences[-1][1]
        if found:
            fence, info = found.groups()
            if (open_fences and not info
                    and fence.startswith(open_fences[-1][0])):
                open_fences.pop()
            elif not hidden and (info or fence[0] != ':'):
                shown = (info.startswith('{')
                         and not info.startswith('{code'))
                open_fences.append((fence, shown))
        out.append(' ' * len(line) if hidden else line)
    # Roles keep their backquotes; they would else pair with code spans.
    return re.sub(r'(\{[\w:.-]+\}`[^`]+`)|(?<!`)(`{1,2})(?!`)(?:(?!\2).)+?\2',
                  lambda m: m.group(0) if m.group(1) else _blank(m),
                  '\n'.join(out))


def _prose(section, cell, seen, book, problems):
    text = _without_code(cell.source)

    def add(message, position, hint=''):
        problems.append(Problem(message, section.path,
                                _lines(cell, position), hint=hint))

    for found in myst.TARGET.finditer(text):
        seen.labels[found.group('label')].append(
            (section, _lines(cell, found.start()), 'section'))
    for found in myst.EQUATION.finditer(text):
        seen.labels[found.group('label')].append(
            (section, _lines(cell, found.start()), 'equation'))
    for found, offset in myst.directives(text):
        start = offset + found.start()
        options = myst.options(found.group('body'))
        kind = myst.KINDS.get(found.group('name'))
        label = (options.get('label') if kind in ('exercise', 'equation')
                 else options.get('name'))
        if kind and label:
            seen.labels[label].append((section, _lines(cell, start), kind))
        if kind == 'exercise' and not label:
            add('an exercise without a label', start,
                'add `:label: ex_…` below the directive')
        if found.group('name') in ('figure', 'image'):
            source = found.group('arg').strip()
            if not options.get('alt'):
                add(f'the figure {source} has no alternative text', start,
                    'add `:alt:` for readers who cannot see it')
            if found.group('name') == 'figure' and not label:
                add(f'the figure {source} has no label', start,
                    'add `:name: fig_…`')
            _figure_exists(section, source, add, start)
    for found in _ROLE.finditer(text):
        target = found.group('target')
        inner = re.fullmatch(r'.*<([^<>]+)>', target, re.S)
        for name in (inner.group(1) if inner else target).split(','):
            seen.references.append(
                (section, _lines(cell, found.start()), found.group('role'),
                 name.strip()))


def _figure_exists(section, source, add, position):
    if '://' in source:
        add(f'the figure {source} is not part of the book', position,
            'draw it, or put its file beside the section')
        return
    path = section.path.parent / source
    if path.exists() or path.with_suffix('.py').exists():
        return
    add(f'the figure {source} does not exist', position,
        f'write {path.with_suffix(".py").name} in '
        f'{path.parent.name}/ with a function draw()')


def _code(section, cell, seen, problems):
    for offset, line in enumerate(cell.source.split('\n')):
        if len(line) > WIDTH:
            problems.append(Problem(
                f'code of {len(line)} columns; at most {WIDTH} fit the page',
                section.path, cell.line + offset, cell.number))
    if cell.source.rstrip().endswith(';'):
        problems.append(Problem(
            'a semicolon at the end of the cell, which nbval does not '
            'understand', section.path,
            cell.line + cell.source.rstrip().count('\n'), cell.number,
            'assign the value to _ instead'))
    figure = (cell.metadata.get('mystnb') or {}).get('figure') or {}
    if figure.get('name'):
        seen.labels[figure['name']].append((section, cell.line, 'figure'))
    alt = ((cell.metadata.get('mystnb') or {}).get('image') or {}).get('alt')
    if figure and not alt:
        problems.append(Problem(
            'a plot without alternative text', section.path, cell.line,
            cell.number, 'add image: alt: to the mystnb options'))
    for text in (figure.get('caption', ''),):
        for found in _ROLE.finditer(text or ''):
            seen.references.append((section, cell.line, found.group('role'),
                                    found.group('target')))


def _stray_outputs(section, problems):
    if section.path.suffix != '.ipynb':
        return
    import nbformat
    nb = nbformat.read(section.path, as_version=4)
    number = 0
    for cell in nb.cells:
        if cell.cell_type != 'code':
            continue
        number += 1
        if cell.outputs or cell.execution_count:
            problems.append(Problem(
                'the source holds outputs', section.path, cell=number,
                hint='clear all outputs and save; the build makes them'))


def _labels(seen, problems):
    for label, places in seen.labels.items():
        first = places[0]
        for section, line, _ in places[1:]:
            problems.append(Problem(
                f'the label {label!r} is used twice, first in '
                f'{first[0].path}:{first[1]}', section.path, line,
                hint='labels are unique over the whole book'))
        section, line, kind = first
        if not label.startswith(PREFIXES[kind]):
            problems.append(Problem(
                f'the label {label!r} of a {kind} does not start with '
                f'{" or ".join(PREFIXES[kind])}', section.path, line))


def _references(seen, citations, problems):
    import difflib
    for section, line, role, name in seen.references:
        known = citations if role.startswith('cite') else seen.labels
        if role == 'doc' or name in known:
            continue
        if role.startswith('cite'):
            message = f'the reference {name!r} is not in references.bib'
        else:
            message = f'nothing has the label {name!r}'
        close = difflib.get_close_matches(name, list(known), 1)
        problems.append(Problem(
            message, section.path, line,
            hint=f'did you mean {close[0]!r}?' if close else ''))


def citation_keys(book):
    """Keys of the bibliography; and problems with it."""
    path = book.chapters / 'references.bib'
    if not path.exists():
        return set(), []
    keys, problems = set(), []
    for number, line in enumerate(path.read_text(
            encoding='utf-8').split('\n'), 1):
        found = re.match(r'@(\w+)\{([^,\s]+),', line)
        if found and found.group(1).lower() not in ('comment', 'string'):
            if found.group(2) in keys:
                problems.append(Problem(
                    f'the reference {found.group(2)!r} is listed twice',
                    path, number))
            keys.add(found.group(2))
    return keys, problems


def _saved(library, problems):
    for definition in library.definitions:
        if definition.kind not in ('def', 'class'):
            continue
        doc = ast.get_docstring(ast.parse(definition.source).body[0])
        if not doc or doc.startswith('Defined in'):
            problems.append(Problem(
                f'{definition.name} is saved without a docstring',
                definition.path, definition.line, definition.cell,
                'say what it does, with shapes, units, errors'))


def _ignored(section, problems):
    cells = section.code_cells
    ignored = [c for c in cells if IGNORE in c.tags]
    allowed = max(1, len(cells) // 10)
    if len(ignored) > allowed:
        problems.append(Problem(
            f'{len(ignored)} of {len(cells)} code cells are tagged {IGNORE}; '
            f'{allowed} may be', section.path, ignored[-1].line,
            ignored[-1].number, 'make their outputs the same on every run'))


def check(book, wanted=()):
    """All problems of the book, or of the sections named, in book order."""
    contents, library, graph, problems = build.load(book)
    problems = list(problems)
    seen = Seen()
    for section in contents.sections:
        problems += saving.syntax_problems(section)
        for cell in section.cells:
            if cell.kind == 'markdown':
                _prose(section, cell, seen, book, problems)
            elif cell.kind == 'code':
                _code(section, cell, seen, problems)
        _stray_outputs(section, problems)
        _ignored(section, problems)
        for name in graph.reach(section).unknown:
            problems.append(Problem(
                f'd2l.{name} is used, but nothing in the book saves it',
                section.path, 1, hint='mark its definition with #@save'))
        if section.has_code or section.path.name == 'index.md':
            _title(section, problems)
    keys, wrong = citation_keys(book)
    problems += wrong
    _labels(seen, problems)
    _references(seen, keys, problems)
    _saved(library, problems)
    for script in sorted(book.chapters.glob('**/figures/*.py')):
        used = f'figures/{script.stem}.svg'
        if not any(used in c.source for s in contents.sections
                   if s.path.parent == script.parent.parent
                   for c in s.cells):
            problems.append(Problem('no section shows this figure', script,
                                    hint='remove it, or refer to ' + used))
    if wanted:
        paths = {s.path for s in build.select(contents, wanted, book)}
        problems = [p for p in problems if p.path in paths]
    order = {s.path: i for i, s in enumerate(contents.sections)}
    unique = list(dict.fromkeys(problems))
    return sorted(unique, key=lambda p: (order.get(p.path, len(order)),
                                         str(p.path), p.line or 0))


def _title(section, problems):
    if section.title == section.name:
        problems.append(Problem('has no title', section.path, 1,
                                hint='start it with a heading, `# …`'))


