"""The reference of the module, as text for Sphinx."""
import ast
import re

import pytest

from tools import api, build, lineage, saving, sections

CODE = r'''
```{code-cell} ipython3
class Shape:  #@save
    """A shape with *one* name_ and `code_*`, of $n$ <sides>.

    Defined in ``somewhere``, not to be seen.
    """

    def __init__(self, a, *, sides: int = 3):
        pass

    @property
    def area(self):
        """Its area."""
        return 0

    def scale(self, factor=2.0, *rest, **more):
        """Scale it."""

    def _hidden(self):
        """Nobody's."""


class Round(Shape):  #@save
    """Without a start of its own."""
```

```{code-cell} ipython3
def _secret(x):  #@save
    """Hidden."""


def lonely(x: list = None) -> int:  #@save
    pass


LONG = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789'  #@save
```
'''
HEAD = '''---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---
'''


def function(text):
    return ast.parse(text).body[0]


@pytest.mark.parametrize(('written', 'expected'), [
    ('def f(): pass', ''), ('def f(a, b=1): pass', 'a, b=1'),
    ('def f(self): pass', ''), ('def f(self, a): pass', 'a'),
    ('def f(cls, a): pass', 'a'), ('def f(selfish): pass', 'selfish'),
    ('def f(a, /, b, *c, d=2, **e): pass', 'a, /, b, *c, d=2, **e'),
    ('def f(a: int, *, b: str = "x") -> int: pass', "a, *, b='x'"),
    ('def f(self, *rest: int, **more: str): pass', '*rest, **more'),
    ('async def f(a): pass', 'a')])
def test_signature(written, expected):
    assert api.signature(function(written)) == expected


@pytest.mark.parametrize(('doc', 'expected'), [
    ('Plain.', 'Plain.'), ('A *star* and a_b.', r'A \*star\* and a\_b.'),
    ('`a_b*` stays, ``c_d`` too.', '`a_b*` stays, ``c_d`` too.'),
    ('Costs $1, <b> {x}.', r'Costs \$1, \<b> \{x}.'),
    ('Text.\n\nDefined in ``sec_x``', 'Text.'), (r'A \n.', r'A \\n.')])
def test_docstrings_are_plain_text(doc, expected):
    node = function('def f(): pass')
    node.body = [ast.Expr(ast.Constant(doc))]
    assert api._doc(node) == expected


@pytest.fixture
def reference(book_folder, book):
    path = book_folder / 'chapters/second/shapes.md'
    path.write_text(f'{HEAD}\n# Shapes\n{CODE}')
    (book_folder / 'chapters/loose.md').write_text(
        f'{HEAD}(chap_loose)=\n# Loose\n\n```{{code-cell}} ipython3\n'
        'from d2l import torch as d2l\n\nd2l.Round(1), d2l.plus_one(1)\n```')
    index = book_folder / 'chapters/second/index.md'
    index.write_text(index.read_text().replace('skipped\n',
                                               'skipped\nshapes\n'))
    index = book_folder / 'chapters/index.md'
    index.write_text(index.read_text().replace('references\n',
                                               'loose\nreferences\n'))
    contents, library, graph, problems = build.load(book)
    assert not problems
    return api.text(contents, library, graph)


def entry(reference, head):
    """The part of the reference that describes one name."""
    start = reference.index(head)
    fence = re.search(r':+$', reference[:reference.index('{', start)][
        -6:] if not head.startswith(':') else head.split('{')[0]).group()
    return reference[start:reference.index(f'\n{fence}\n', start)]


def test_class(reference):
    shape = entry(reference, '::::{py:class} Shape(a, *, sides=3)')
    assert (r'A shape with \*one\* name\_ and `code_*`, of \$n\$ \<sides>.'
            in shape)
    assert 'somewhere' not in shape
    assert ':::{py:property} area\n\nIts area.\n' in shape
    assert ':::{py:method} scale(factor=2.0, *rest, **more)' in shape
    assert '_hidden' not in shape
    assert '__init__' not in shape
    assert 'Base: `Shape`.' in entry(reference, '::::{py:class} Round\n')


def test_functions_and_values(reference):
    lonely = entry(reference, ':::{py:function} lonely(x=None)')
    assert lonely.endswith('*From {doc}`/second/shapes`.*\n'), 'no label'
    assert '_secret' not in reference
    value = re.search(r'py:data\} LONG\n:value: (.*)', reference).group(1)
    assert len(value) == 58
    assert value.endswith('…')
    assert ':::{py:data} LIMIT\n:value: 7\n' in reference
    assert '| `d2l.math` | `import math` |' in reference
    assert '{py:function} math' not in reference


def test_sections_that_use_a_name(reference):
    assert ('*From {numref}`sec_saving`; used in {numref}`sec_figures`, '
            '{numref}`sec_notebook`, {ref}`chap_loose`.*') in entry(
        reference, ':::{py:function} plus_one(x)')
    assert '*From {numref}`sec_saving`.*' in entry(
        reference, ':::{py:function} unused(x)')
    # An override is the later section's.
    assert '*From {numref}`sec_override`' in entry(
        reference, ':::{py:function} limit()')


def test_order(reference):
    places = [reference.index(part) for part in (
        ':::{py:currentmodule} d2l', '## Classes', '} Counter(', '} Round',
        '} Shape(', '## Functions', '} add_to_class(', '} limit(',
        '} lonely(', '## Values', '} LIMIT', '} LONG', '## Imported Names')]
    assert places == sorted(places)


def test_a_book_that_saves_nothing(tmp_path):
    contents = sections.Contents([], [])
    library, problems = saving.collect([])
    assert not problems
    text = api.text(contents, library, lineage.Lineage(library, tmp_path))
    assert '##' not in text


def test_expand():
    source = '# A\n\n```{d2l-api}\n```\n\nMore.\n'
    assert api.expand(source, lambda: r'\1 text') == (
        '# A\n\n\\1 text\n\nMore.\n')

    def never():
        raise AssertionError
    assert api.expand('# A\n', never) == '# A\n'
