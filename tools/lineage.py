"""What a section depends on: the definitions of the module it reaches.

A section that says ``d2l.plot`` depends on ``plot`` and on whatever `plot`
uses, transitively, but on nothing else of the module.  Code that handles the
module as a value (``getattr(d2l, name)``, ``import *``) is taken to reach
all of it: a page is rather executed once too often than shown stale.
"""
import ast
import hashlib
import symtable
from dataclasses import dataclass, field
from pathlib import Path

from tools.saving import Definition, parse_code

MODULE = 'd2l.torch'


class _Uses(ast.NodeVisitor):
    """Names of the module used by a piece of code.

    `inside` is True for code of the module itself, where bare names refer to
    the module's own definitions.
    """

    def __init__(self, inside=False):
        self.inside = inside
        self.aliases = {'d2l'} if inside else set()
        self.packages = set()       # names bound to the package d2l itself
        self.names = set()
        self.submodules = set()     # hand-written modules, as 'd2l.data'
        self.everything = False
        self.bare = set()

    def visit_Import(self, node):
        for alias in node.names:
            if alias.name == MODULE:
                if alias.asname:
                    self.aliases.add(alias.asname)
                else:
                    self.packages.add('d2l')
            elif alias.name.split('.')[0] == 'd2l':
                self.submodules.add(alias.name)
                self.packages.add(alias.asname or 'd2l')

    def visit_ImportFrom(self, node):
        if node.level:
            return
        if node.module == 'd2l':
            for alias in node.names:
                if alias.name == 'torch':
                    self.aliases.add(alias.asname or 'torch')
                else:
                    self.submodules.add(f'd2l.{alias.name}')
        elif node.module == MODULE:
            for alias in node.names:
                if alias.name == '*':
                    self.everything = True
                else:
                    self.names.add(alias.name)
        elif node.module and node.module.startswith('d2l.'):
            self.submodules.add(node.module)

    def visit_Attribute(self, node):
        value = node.value
        if isinstance(value, ast.Name) and value.id in self.aliases:
            self.names.add(node.attr)
            return
        if isinstance(value, ast.Name) and value.id in self.packages:
            if node.attr == 'torch':        # d2l.torch used as a value
                self.everything = True
            return
        if (isinstance(value, ast.Attribute) and value.attr == 'torch'
                and isinstance(value.value, ast.Name)
                and value.value.id in self.packages):
            self.names.add(node.attr)       # d2l.torch.plot
            return
        self.generic_visit(node)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            if node.id in self.aliases and not self.inside:
                self.everything = True      # the module as a value
            elif self.inside:
                self.bare.add(node.id)

    def visit_Constant(self, node):
        if isinstance(node.value, str) and (
                node.value == 'd2l' or node.value.startswith('d2l.torch')):
            self.everything = self.everything or not self.inside


def global_names(source):
    """Bare names that a definition takes from its module.

    A parameter or local variable that happens to be called like another
    definition is none of them.
    """
    found = set()

    def visit(table):
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table.get_type() == 'module'
                                           or symbol.is_global()):
                found.add(symbol.get_name())
        for child in table.get_children():
            visit(child)
    visit(symtable.symtable(source, '<saved>', 'exec'))
    return found


@dataclass
class Reach:
    """Definitions reached from somewhere, by name, in sorted order."""

    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    files: tuple[Path, ...] = ()        # hand-written modules of d2l
    unknown: tuple[str, ...] = ()
    everything: bool = False


class Lineage:
    """The graph of what uses what in the module."""

    def __init__(self, library, package=None):
        self.package = package          # folder of d2l, for hand-written parts
        self.owners = library.owner_of()
        self._edges = {}
        self._submodules = {}
        for definition in library.definitions:
            uses = _Uses(inside=True)
            uses.visit(ast.parse(definition.source))
            bare = global_names(definition.source) - uses.aliases
            used = {n for n in uses.names | bare if n in self.owners}
            if uses.bare & {'d2l'} and definition.name != 'd2l':
                # `getattr(d2l, name)` inside the module: only attribute
                # access is followed by name, the rest reaches everything.
                used |= set(self.owners)
            for name in definition.names:
                self._edges.setdefault(name, set()).update(
                    used - set(definition.names))
                self._submodules.setdefault(name, set()).update(
                    uses.submodules)

    def uses(self, section):
        """Direct uses of the module by a section's own code."""
        uses = _Uses()
        for cell in section.code_cells:
            try:
                tree = parse_code(cell.source)
            except SyntaxError:
                continue
            if tree is None:            # a cell magic: look for the name
                uses.everything |= 'd2l' in cell.source
                continue
            uses.visit(tree)
        return uses

    def reach(self, section):
        """All that the code of `section` reaches, transitively."""
        uses = self.uses(section)
        start = set(self.owners) if uses.everything else uses.names
        seen, todo, unknown = set(), sorted(start), set()
        files = set(uses.submodules)
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            if name not in self.owners:
                unknown.add(name)
                continue
            seen.add(name)
            files |= self._submodules.get(name, set())
            todo += sorted(self._edges.get(name, ()))
        return Reach({n: self.owners[n] for n in sorted(seen)},
                     tuple(self._files(files)), tuple(sorted(unknown)),
                     uses.everything)

    def _files(self, modules):
        """Source files behind hand-written submodules of d2l."""
        if self.package is None:
            return
        found = set()
        for module in modules:
            path = self.package.parent.joinpath(*module.split('.'))
            if path.is_dir():
                found.update(path.glob('*.py'))
            elif path.with_suffix('.py').exists():
                found.add(path.with_suffix('.py'))
        yield from sorted(found)


def digest(definition):
    """A hash of what a definition does: comments and layout don't count."""
    tree = ast.parse(definition.source)
    for node in ast.walk(tree):
        body = getattr(node, 'body', None)
        if (isinstance(node, ast.FunctionDef | ast.ClassDef) and body
                and isinstance(body[0], ast.Expr)
                and isinstance(body[0].value, ast.Constant)
                and isinstance(body[0].value.value, str)):
            # Docstrings do count where help() prints them, but the note
            # "Defined in" would tie a definition to the name of its section.
            text = body[0].value.value.split('Defined in ``')[0]
            body[0].value.value = text.rstrip()
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()
