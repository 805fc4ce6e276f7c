"""Numbers of sections, figures, equations, tables and exercises.

The site gets them from Sphinx; notebooks that leave the book get the same
numbers from here: chapter, section, and a counter within the section.
"""
import re
from dataclasses import dataclass, field

from tools import myst
from tools import sections as sections_module

_CAPTIONED = ('figure', 'table', 'list-table', 'csv-table')


@dataclass
class Numbers:
    """Numbers by section name and by label; titles by label."""

    sections: dict[str, str] = field(default_factory=dict)
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)

    def text(self, label):
        """How a reference to `label` reads, as 'Fig. 3.1.2'."""
        if label in self.titles:
            name, title = self.titles[label]
            number = self.sections.get(name)
            return f'Section {number}' if number else title
        kind, number = self.labels.get(label, ('', ''))
        names = {'figure': 'Fig.', 'table': 'Table', 'exercise': 'Exercise'}
        if kind == 'equation':
            return f'({number})'
        return f'{names.get(kind, "")} {number}'.strip() or label


def _numbered_toctrees(root):
    """Names of the chapters listed by toctrees with ``:numbered:``, and of
    all others."""
    numbered, others = [], []
    for cell in root.cells:
        if cell.kind != 'markdown':
            continue
        for found, _ in myst.directives(cell.source):
            if found.group('name') != 'toctree':
                continue
            part = sections_module.Section(
                root.path, root.name, [sections_module.Cell(
                    'markdown', found.group(0) + '\n', cell.line)],
                root.meta, {})
            names = [n for n, _ in sections_module.toctree(part)]
            wanted = 'numbered' in myst.options(found.group('body'))
            (numbered if wanted else others).extend(names)
    return numbered, others


def reference(section, numbers, number_only=False):
    """A reference in MyST to a section, which shows its number if it is one
    of `numbers`, and its title if not; the bare number if `number_only`."""
    role = 'numref' if section.name in numbers else 'ref'
    for cell in section.cells:
        if cell.kind == 'markdown':
            found = myst.TARGET.search(cell.source)
            if found:
                label = found.group('label')
                if number_only and role == 'numref':
                    label = f'%s <{label}>'
                return f'{{{role}}}`{label}`'
            break
    return f'{{doc}}`/{section.name}`'


def number(contents):
    """Number everything in the book."""
    numbers = Numbers()
    by_name = {s.name: s for s in contents.sections}
    if 'index' in by_name:
        numbered, others = _numbered_toctrees(by_name['index'])
        count = 0
        for name in numbered + others:
            chapter = by_name.get(name)
            if chapter is None:
                continue
            given = chapter.meta.number
            if given is None and name in others:
                continue
            count = given if isinstance(given, int) else count + 1
            top = str(given if given is not None else count)
            numbers.sections[name] = top
            place = 0
            for child, _ in sections_module.toctree(chapter):
                if child in by_name:
                    place = by_name[child].meta.number or place + 1
                    numbers.sections[child] = f'{top}.{place}'
    for section in contents.sections:
        _inside(section, numbers)
    return numbers


def _inside(section, numbers):
    prefix = numbers.sections.get(section.name, '')
    counters = {}

    def give(kind, label):
        counters[kind] = counters.get(kind, 0) + 1
        value = f'{prefix}.{counters[kind]}' if prefix else (
            f'{counters[kind]}')
        if label:
            numbers.labels[label] = kind, value

    for cell in section.cells:
        if cell.kind == 'code':
            figure = (cell.metadata.get('mystnb') or {}).get('figure')
            if figure:
                give('figure', figure.get('name'))
            continue
        found = [(m.start(), 'target', m) for m
                 in myst.TARGET.finditer(cell.source)]
        found += [(m.start(), 'equation', m) for m
                  in myst.EQUATION.finditer(cell.source)]
        found += [(offset + m.start(), 'directive', m) for m, offset
                  in myst.directives(cell.source)]
        for _, what, match in sorted(found, key=lambda f: f[0]):
            if what == 'target':
                title = _heading_after(cell.source, match.end())
                numbers.titles[match.group('label')] = section.name, title
            elif what == 'equation':
                give('equation', match.group('label'))
            else:
                name = match.group('name')
                kind = myst.KINDS.get(name)
                options = myst.options(match.group('body'))
                if kind == 'exercise' or kind == 'equation':
                    give(kind, options.get('label'))
                elif name in _CAPTIONED:
                    give(kind, options.get('name'))


def _heading_after(text, position):
    found = re.match(r'\s*#+\s+(.+)', text[position:])
    return found.group(1).strip() if found else ''
