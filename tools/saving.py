"""Extract the code marked ``#@save`` into the importable module.

Marks are found by parsing cells, never by line patterns inside strings.  A
mark on a ``def``, ``class``, import or assignment saves that statement; a
mark as the first line of a cell saves the whole cell; a marked method under
``@d2l.add_to_class(C)`` is merged into the body of class ``C`` and replaces
an earlier stub there.  Order follows the book, and definitions come before
their use at import time.
"""
import ast
import io
import re
import subprocess
import sys
import textwrap
import tokenize
from dataclasses import dataclass, field

from tools.errors import BookError, Problem

MARK = re.compile(r'#\s*@save\b[ \t]*(override\b)?[ \t]*')
_MARKED = re.compile(r'^#\s*@save\b')
HEADER = '''\
"""The saved functions and classes of the book, for PyTorch.

Generated from the cells marked with ``#@save`` in ``chapters/`` by
``make lib``.  Change the section that a definition names, not this file.
"""
'''


@dataclass
class Definition:
    """A saved statement: what it is called and where it stands."""

    name: str                   # 'plot'; "DATA_HUB['x']" for an item
    source: str                 # without the mark
    section: str                # name of the section that defines it
    path: object
    line: int
    cell: int
    kind: str                   # 'def', 'class', 'import', 'assign', 'item'
    override: bool = False
    names: tuple[str, ...] = ()     # module-level names that it binds


@dataclass
class Method:
    """A saved method that is merged into a class."""

    owner: str
    name: str
    source: str
    section: str
    path: object
    line: int
    cell: int
    override: bool = False


@dataclass
class Library:
    """Everything saved in the book, in the order of the module."""

    definitions: list[Definition] = field(default_factory=list)

    def owner_of(self):
        """Map every bound name to the definitions that contribute to it."""
        table = {}
        for definition in self.definitions:
            for name in definition.names:
                table.setdefault(name, []).append(definition)
        return table


def parse_code(source):
    """``ast.parse`` of a cell that may hold IPython magics.

    Lines with magics and shell escapes are blanked so that line numbers
    stay; returns None for a cell magic such as ``%%time``'s unknown kin.
    """
    lines = source.split('\n')
    cleaned = []
    for number, line in enumerate(lines):
        stripped = line.lstrip()
        if number == 0 and stripped.startswith('%%'):
            if not stripped.startswith(('%%time', '%%capture', '%%prun')):
                return None
            cleaned.append('')
        elif (stripped.startswith(('%', '!'))
              or re.match(r'[\w.]+\?{1,2}\s*$', stripped)):
            indent = line[:len(line) - len(stripped)]
            cleaned.append(indent + 'pass')
        else:
            cleaned.append(line)
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.parse('\n'.join(cleaned))


def _comments(source):
    """Comments of the source as {line: (column, text)}."""
    found = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = (token.start[1], token.string)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        # Magics confuse the tokenizer: fall back to whole-line comments.
        for number, line in enumerate(source.split('\n'), 1):
            if number not in found and line.lstrip().startswith('#'):
                found[number] = (len(line) - len(line.lstrip()),
                                 line.strip())
    return found


def _bound_names(target):
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Tuple | ast.List):
        return [n for t in target.elts for n in _bound_names(t)]
    if isinstance(target, ast.Starred):
        return _bound_names(target.value)
    return []


def _first_line(node):
    decorators = getattr(node, 'decorator_list', None) or []
    return min([node.lineno] + [d.lineno for d in decorators])


def _class_of_method(node):
    """The class name when `node` is decorated with add_to_class(Class)."""
    for decorator in getattr(node, 'decorator_list', ()):
        if isinstance(decorator, ast.Call):
            called = decorator.func
            name = (called.attr if isinstance(called, ast.Attribute)
                    else getattr(called, 'id', ''))
            if name == 'add_to_class' and len(decorator.args) == 1:
                owner = decorator.args[0]
                if isinstance(owner, ast.Attribute):
                    return owner.attr
                if isinstance(owner, ast.Name):
                    return owner.id
    return None


def _strip_marks(lines, first):
    """Remove marks; drop lines that held nothing else."""
    text = '\n'.join(lines)
    comments = _comments(textwrap.dedent(text))
    out = []
    for offset, line in enumerate(lines):
        comment = comments.get(offset + 1)
        if comment and _MARKED.match(comment[1]):
            position = line.rindex(comment[1])
            rest = MARK.sub('', comment[1], count=1).strip()
            kept = line[:position].rstrip()
            if rest and not rest.startswith('#'):
                rest = f'# {rest}'
            line = f'{kept}  {rest}'.rstrip() if rest else kept
            if not line.strip():
                continue
        out.append(line)
    return '\n'.join(out)


def _definition(node, source_lines, section, cell, override):
    """A Definition or Method for a statement; None if it can't be saved."""
    first, last = _first_line(node), node.end_lineno
    # Comment lines directly above belong to the statement.
    while (first > 1 and source_lines[first - 2].startswith('#')
           and not _MARKED.match(source_lines[first - 2])):
        first -= 1
    text = _strip_marks(source_lines[first - 1:last], first)
    place = (section.name, section.path, cell.line + node.lineno - 1,
             cell.number)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        owner = _class_of_method(node)
        if owner:
            kept = [d for d in node.decorator_list
                    if not (isinstance(d, ast.Call)
                            and 'add_to_class' in ast.dump(d.func))]
            start = (min(d.lineno for d in kept) if kept else node.lineno)
            body = _strip_marks(source_lines[start - 1:last], start)
            if kept:        # other decorators stay, in order
                body = '\n'.join(
                    line for line in body.split('\n')
                    if 'add_to_class(' not in line)
            return Method(owner, node.name, body, *place, override)
        return Definition(node.name, text, *place, 'def', override,
                          (node.name,))
    if isinstance(node, ast.ClassDef):
        return Definition(node.name, text, *place, 'class', override,
                          (node.name,))
    if isinstance(node, ast.Import | ast.ImportFrom):
        if any(a.name == '*' for a in node.names):
            return None
        names = tuple(a.asname or a.name.split('.')[0] for a in node.names)
        return Definition(names[0], text, *place, 'import', override, names)
    targets = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target]
    names = tuple(n for t in targets for n in _bound_names(t))
    if names:
        return Definition(names[0], text, *place, 'assign', override, names)
    if len(targets) == 1 and isinstance(targets[0], ast.Subscript):
        base = targets[0].value
        base = getattr(base, 'attr', None) or getattr(base, 'id', None)
        if base:
            key = ast.unparse(targets[0].slice)
            return Definition(f'{base}[{key}]', text, *place, 'item',
                              override, (base,))
    return None


_CANNOT = ('functions, classes, imports and assignments to names can be '
           'saved; put the mark on one of these')


def saved_in(section):
    """Definitions and methods that a section saves; and its problems."""
    items, problems = [], []
    for cell in section.code_cells:
        if 'save' not in cell.source:
            continue
        comments = _comments(cell.source)
        marks = {line: comment for line, (_, comment) in comments.items()
                 if _MARKED.match(comment)}
        if not marks:
            continue
        try:
            tree = parse_code(cell.source)
        except SyntaxError:
            continue            # reported by `syntax_problems`
        if tree is None:
            problems.append(Problem(
                '#@save in a cell that is run by a cell magic',
                section.path, cell.line, cell.number, _CANNOT))
            continue
        lines = cell.source.split('\n')
        whole = [n for n in marks
                 if not any(line.strip() for line in lines[:n - 1])
                 and lines[n - 1].strip() == marks[n]]
        if whole:
            override = bool(MARK.match(marks.pop(whole[0])).group(1))
            for node in tree.body:
                if (isinstance(node, ast.Expr)
                        and isinstance(node.value, ast.Constant)):
                    continue
                item = _definition(node, lines, section, cell, override)
                if item is None:
                    problems.append(Problem(
                        f'#@save on a whole cell that also holds '
                        f'{_describe(node)}', section.path,
                        cell.line + node.lineno - 1, cell.number, _CANNOT))
                else:
                    items.append(item)
            continue
        for number, comment in sorted(marks.items()):
            override = bool(MARK.match(comment).group(1))
            node = _statement_at(tree, number)
            item = node and _definition(node, lines, section, cell, override)
            if not item:
                what = _describe(node) if node else 'no statement'
                problems.append(Problem(
                    f"#@save on something that can't be saved: {what}",
                    section.path, cell.line + number - 1, cell.number,
                    _CANNOT))
            else:
                items.append(item)
    return items, problems


def _statement_at(tree, number):
    """The top-level statement whose head is at or around line `number`."""
    for node in tree.body:
        first = _first_line(node)
        body = getattr(node, 'body', None)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef
                      | ast.ClassDef):
            head = max(node.lineno, body[0].lineno - 1)
            if body[0].lineno == node.lineno:
                head = node.end_lineno
        else:
            head = node.end_lineno
        if first <= number <= head:
            return node
    return None


def _describe(node):
    if node is None:
        return 'no statement'
    text = ast.unparse(node).split('\n')[0]
    kind = {'Expr': 'an expression', 'For': 'a loop', 'While': 'a loop',
            'With': 'a with block', 'If': 'an if block', 'Try': 'a try block',
            'AugAssign': 'an augmented assignment',
            'Delete': 'a del statement'}.get(type(node).__name__,
                                             'a statement')
    return f'{kind}, `{text[:60]}`'


def syntax_problems(section):
    """Syntax errors of the section's code cells, with file and line."""
    problems = []
    for cell in section.code_cells:
        try:
            parse_code(cell.source)
        except SyntaxError as error:
            if 'raises-exception' in cell.tags:
                continue
            line = cell.line + (error.lineno or 1) - 1
            problems.append(Problem(
                f'syntax error: {error.msg}', section.path, line,
                cell.number, 'the cell cannot run as it stands'))
    return problems


def _clash(new, old):
    return Problem(
        f'{new.name!r} is saved twice, first in {old.path}:{old.line}',
        new.path, new.line, new.cell,
        'rename one of them, or write `#@save override` on the later one')


def collect(sections):
    """The library saved by `sections`, which are in the book's order."""
    definitions, methods, problems = [], [], []
    for section in sections:
        items, wrong = saved_in(section)
        problems += wrong
        for item in items:
            (methods if isinstance(item, Method)
             else definitions).append(item)
    kept, where = [], {}
    for item in definitions:
        # An item such as HUB['x'] adds to HUB; other names bind anew.
        keys = [item.name] if item.kind == 'item' else item.names
        clashes = {id(where[k]): where[k] for k in keys if k in where}
        if item.kind == 'import' and clashes and all(
                old.kind == 'import' and old.source == item.source
                for old in clashes.values()):
            continue                # the same import again is no conflict
        if clashes and not item.override:
            problems += [_clash(item, old) for old in clashes.values()]
            continue
        for old in clashes.values():
            kept = [k for k in kept if k is not old]
        kept.append(item)
        where |= dict.fromkeys(keys, item)
    seen = {}
    for method in methods:
        owner = where.get(method.owner)
        if owner is None or owner.kind != 'class':
            problems.append(Problem(
                f'the method {method.name!r} is saved into class '
                f'{method.owner!r}, which is not saved', method.path,
                method.line, method.cell,
                f'mark class {method.owner} with #@save in its section'))
            continue
        key = (method.owner, method.name)
        if key in seen and not method.override:
            old = seen[key]
            problems.append(Problem(
                f'method {method.owner}.{method.name} is saved twice, first '
                f'in {old.path}:{old.line}', method.path, method.line,
                method.cell, 'write `#@save override` on the later one'))
            continue
        seen[key] = method
        _merge(owner, method)
    library = Library(_ordered([_with_source_note(d) for d in kept]))
    return library, problems


def _merge(owner, method):
    """Put `method` into the class text of `owner`, replacing a stub."""
    tree = ast.parse(owner.source)
    node = next(n for n in tree.body if isinstance(n, ast.ClassDef))
    lines = owner.source.split('\n')
    if method.section != owner.section:
        method_text = _add_note(method.source, method.section)
    else:
        method_text = method.source
    text = textwrap.indent(textwrap.dedent(method_text), '    ')
    for child in node.body:
        if (isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                and child.name == method.name):
            first = _first_line(child)
            lines[first - 1:child.end_lineno] = text.split('\n')
            break
    else:
        only = node.body[-1]
        if len(node.body) == 1 and isinstance(only, ast.Pass):
            lines[only.lineno - 1:only.end_lineno] = text.split('\n')
        else:
            lines[node.end_lineno:node.end_lineno] = [''] + text.split('\n')
    owner.source = '\n'.join(lines)


def _add_note(source, section):
    """Let the docstring of a def or class name the section it is from."""
    note = f'Defined in ``{section}``.'
    tree = ast.parse(source)
    node = tree.body[0]
    indent = ' ' * (node.body[0].col_offset)
    doc = ast.get_docstring(node, clean=False)
    lines = source.split('\n')
    if doc is None:
        first = node.body[0]
        if first.lineno == node.lineno:     # `def f(x): return x`
            head = lines[node.lineno - 1]
            column = first.col_offset
            lines[node.lineno - 1:node.lineno] = [
                head[:column].rstrip(), f'    """{note}"""',
                '    ' + head[column:]]
        else:
            start = _first_line(first)
            lines.insert(start - 1, f'{indent}"""{note}"""')
        return '\n'.join(lines)
    string = node.body[0].value
    raw = lines[string.end_lineno - 1]
    end = string.end_col_offset
    # Columns of ast count UTF-8 bytes.
    head = raw.encode()[:end].decode()
    quote = head[-3:] if head.endswith(('"""', "'''")) else head[-1]
    body = head[:-len(quote)].rstrip()
    # Closing quotes on a line of their own leave nothing of that line.
    kept = [body] if body else []
    if not body:
        while lines[string.end_lineno - 2].strip() == '':
            del lines[string.end_lineno - 2]
            string.end_lineno -= 1
    new = [*kept, '', f'{indent}{note}', f'{indent}{quote}{raw[len(head):]}']
    if len(quote) == 1:                     # 'one line' in single quotes
        start = string.col_offset
        prefix = raw.encode()[:start].decode()
        new = [f'{prefix}"""{doc}', '', f'{indent}{note}', f'{indent}"""']
    lines[string.end_lineno - 1:string.end_lineno] = new
    return '\n'.join(lines)


def _with_source_note(definition):
    if definition.kind in ('def', 'class'):
        definition.source = _add_note(definition.source, definition.section)
    return definition


class _ImportTime(ast.NodeVisitor):
    """Names that a statement needs when the module is imported."""

    def __init__(self):
        self.names = set()

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self.names.add(node.id)

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == 'd2l':
            self.names.update(('d2l', node.attr))
        self.generic_visit(node)

    def _function(self, node):
        for part in (*node.decorator_list, *node.args.defaults,
                     *filter(None, node.args.kw_defaults)):
            self.visit(part)

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_Lambda(self, node):
        for part in (*node.args.defaults, *filter(None,
                                                  node.args.kw_defaults)):
            self.visit(part)


def _ordered(definitions):
    """Book order, but what is needed at import time comes first."""
    binding = {}
    for definition in definitions:
        for name in definition.names:
            if definition.kind != 'item':
                binding[name] = definition
    done, out = set(), []

    def place(definition, trail=()):
        if id(definition) in done:
            return
        if definition in trail:
            return                  # a cycle: Python will tell at import
        visitor = _ImportTime()
        visitor.visit(ast.parse(definition.source))
        needed = visitor.names
        if definition.kind == 'item':
            needed = needed | set(definition.names)
        for other in definitions:
            if any(binding.get(n) is other for n in needed):
                place(other, (*trail, definition))
        done.add(id(definition))
        out.append(definition)

    imports = [d for d in definitions if d.kind == 'import']
    for definition in imports + definitions:
        place(definition)
    return out


def module_source(library, formatter=None):
    """The text of the generated module."""
    imports, body, names = [], [], []
    for definition in library.definitions:
        if definition.kind == 'import':
            imports.append(definition.source)
        else:
            gap = '\n\n' if definition.kind in ('def', 'class') else ''
            body.append(gap + definition.source)
        if definition.kind != 'item':
            names += [n for n in definition.names if not n.startswith('_')]
    exported = sorted(set(names))
    listing = 'SAVED = [\n' + ''.join(f'    {n!r},\n' for n in exported)
    text = '\n'.join([HEADER, *_sorted_imports(imports), '',
                      listing.replace('SAVED', '__all__') + ']', '',
                      *body, ''])
    return (formatter or format_source)(text)


def _sorted_imports(imports):
    """Plain imports before from-imports, without duplicates."""
    unique = list(dict.fromkeys(imports))
    return sorted(unique, key=lambda t: (t.startswith('from '), t))


def format_source(text):
    """Sort imports and format with ruff: the module is lint-clean."""
    style = ['--isolated', '--line-length', '79', '--config']
    for command in (
            ['check', '--select', 'I', '--fix', '-q', *style,
             "target-version = 'py311'", '-'],
            ['format', *style, "format.quote-style = 'single'", '-']):
        done = subprocess.run(
            [sys.executable, '-m', 'ruff', *command], input=text,
            capture_output=True, text=True, encoding='utf-8')
        if done.returncode < 0:
            raise BookError(Problem(
                'ruff, which formats the saved code, was killed (signal '
                f'{-done.returncode})', hint='build again'))
        if done.returncode:
            raise BookError(Problem(
                'the saved code does not form a module: '
                + (done.stderr or done.stdout).strip().split('\n')[0],
                hint='each saved statement must be complete by itself'))
        text = done.stdout
    return text


def write_module(path, text):
    """Write the module atomically, only when its text changed."""
    try:
        if path.read_text(encoding='utf-8') == text:
            return False
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f'.{path.name}.part')
    part.write_text(text, encoding='utf-8')
    part.replace(path)
    return True
