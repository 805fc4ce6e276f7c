"""The reference of the module ``d2l``, as text for Sphinx.

The page of the book that shows it holds a line ``{d2l-api}``, which
`expand` replaces by a directive of Sphinx's Python domain for every public
name: its signature and docstring, the section that derives it, and the
sections that use it.  Nothing is imported, so no framework is needed.
"""
import ast
import re

from tools import numbering

MARK = re.compile(r'^```\{d2l-api\}[ \t]*\n```[ \t]*$', re.M)
_NOTE = re.compile(r'\s*Defined in ``[^`]*``.*\Z', re.S)


def signature(node):
    """'(batch_size=64, *, shuffle=True)' of a function's syntax tree."""
    arguments = ast.parse(ast.unparse(node)).body[0].args
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    first = arguments.posonlyargs or arguments.args
    if first and first[0].arg in ('self', 'cls'):
        del first[0]
    return ast.unparse(arguments)


def _doc(node):
    """A docstring without the note of its origin, safe in Markdown."""
    text = _NOTE.sub('', ast.get_docstring(node) or '')
    parts = re.split(r'(`+[^`]*`+)', text)
    # What is not in backticks is plain text, also where it has asterisks.
    return ''.join(p if p.startswith('`') else re.sub(
        r'([\\*_$<{])', r'\\\1', p) for p in parts)


def _function(node, colons, kind='function', extra=''):
    fence = ':' * colons
    doc = _doc(node)
    return (f'{fence}{{py:{kind}}} {node.name}({signature(node)})\n\n'
            + (f'{doc}\n' if doc else '') + extra + f'\n{fence}\n')


def _is_property(node):
    return any(isinstance(d, ast.Name) and d.id == 'property'
               for d in node.decorator_list)


def _class(node, extra):
    init = next((n for n in node.body if isinstance(n, ast.FunctionDef)
                 and n.name == '__init__'), None)
    given = f'({signature(init)})' if init else ''
    bases = ', '.join(f'`{ast.unparse(b)}`' for b in node.bases)
    lines = [f'::::{{py:class}} {node.name}{given}\n', _doc(node), '']
    if bases:
        lines += [f'Base: {bases}.', '']
    lines += [extra, '']
    for member in node.body:
        if (not isinstance(member, ast.FunctionDef)
                or member.name.startswith('_')):
            continue
        if _is_property(member):
            lines.append(f':::{{py:property}} {member.name}\n\n'
                         f'{_doc(member)}\n:::\n')
        else:
            lines.append(_function(member, 3, 'method'))
    return '\n'.join(lines + ['::::', ''])


def _value(name, definition, extra):
    tree = ast.parse(definition.source).body[0]
    value = ast.unparse(getattr(tree, 'value', None) or ast.Constant(None))
    if len(value) > 60:
        value = f'{value[:57]}…'
    return (f':::{{py:data}} {name}\n:value: {value}\n\n{extra}\n:::\n')


def text(contents, library, graph):
    """The reference in MyST: classes, functions, values, imports."""
    numbers = numbering.number(contents).sections

    def link(*names):
        return ', '.join(numbering.reference(contents[n], numbers)
                         for n in names)

    users = {}
    for section in contents.sections:
        if section.has_code:
            for name in graph.uses(section).names:
                users.setdefault(name, []).append(section.name)
    parts = {'Classes': [], 'Functions': [], 'Values': []}
    imported = []
    for definition in library.definitions:
        for name in definition.names:
            if name.startswith('_') or definition.kind == 'item':
                continue
            if definition.kind == 'import':
                imported.append((name, definition.source.strip()))
                continue
            used = [u for u in users.get(name, ())
                    if u != definition.section]
            extra = f'From {link(definition.section)}'
            extra += (f'; used in {link(*used)}.' if used
                      else '.')
            extra = f'*{extra}*\n'
            if definition.kind == 'class':
                node = _only(definition, ast.ClassDef)
                parts['Classes'].append((name, _class(node, extra)))
            elif definition.kind == 'def':
                node = _only(definition, ast.FunctionDef)
                parts['Functions'].append(
                    (name, _function(node, 3, extra=f'\n{extra}')))
            else:
                parts['Values'].append((name, _value(name, definition,
                                                     extra)))
    lines = [':::{py:currentmodule} d2l\n:::\n']
    for title, entries in parts.items():
        if entries:
            lines.append(f'## {title}\n')
            lines += [t for _, t in sorted(entries,
                                           key=lambda e: e[0].lower())]
    if imported:
        lines += ['## Imported Names\n', 'These are other packages\' own, '
                  'under the names that notebooks expect.\n',
                  '| name | from |', '|---|---|']
        lines += [f'| `d2l.{n}` | `{s}` |' for n, s in sorted(
            imported, key=lambda e: e[0].lower())]
    return '\n'.join(lines) + '\n'


def _only(definition, kind):
    return next(n for n in ast.parse(definition.source).body
                if isinstance(n, kind))


def expand(source, make):
    """`source` with its mark replaced by what `make()` returns, if any."""
    if not MARK.search(source):
        return source
    reference = make()
    return MARK.sub(lambda found: reference, source)
