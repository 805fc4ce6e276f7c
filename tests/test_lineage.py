"""What a section depends on, and what not."""
import pytest

from tools import config, fingerprint, saving
from tools.lineage import Lineage, digest
from tools.sections import Cell, Meta, Section

LIBRARY = (
    'import math  #@save', 'import sys  #@save',
    '#@save\nd2l = sys.modules[__name__]',
    'def leaf(x):  #@save\n    return x',
    'def mid(x):  #@save\n    return d2l.leaf(x)',
    'class Base:  #@save\n    pass',
    'class Top(d2l.Base):  #@save\n    def f(self):\n'
    '        return mid(1)',
    'def lonely():  #@save\n    return math.pi',
    'def local(leaf, y=None):  #@save\n    lonely = leaf\n'
    '    return [mid for mid in lonely]',
    'def default(x=leaf):  #@save\n    return lambda lonely: mid(x)',
    'HUB = {}  #@save', 'HUB["a"] = 1  #@save',
    'def fetching():  #@save\n    from d2l import data\n'
    '    return data.fetch("x")')


def section(*sources, name='x/y', **meta):
    return Section(f'{name}.md', name,
                   [Cell('code', s, 1, number=i + 1)
                    for i, s in enumerate(sources)], Meta(**meta), {})


@pytest.fixture(scope='module')
def graph():
    library, problems = saving.collect([section(*LIBRARY, name='lib')])
    assert not problems
    from pathlib import Path
    return Lineage(library, Path(__file__).parent.parent / 'd2l')


def reached(graph, *sources):
    return set(graph.reach(section(*sources)).definitions)


IMPORT = 'from d2l import torch as d2l'


@pytest.mark.parametrize(('sources', 'expected'), [
    ([IMPORT], set()),
    ([IMPORT, 'd2l.leaf(1)'], {'leaf'}),
    ([IMPORT, 'd2l.mid(1)'], {'mid', 'leaf'}),
    ([IMPORT, 'class T(d2l.Top): pass'], {'Top', 'Base', 'mid', 'leaf'}),
    ([IMPORT, 'd2l.lonely()'], {'lonely', 'math'}),
    ([IMPORT, 'd2l.local([1])'], {'local'}),
    ([IMPORT, 'd2l.default()'], {'default', 'leaf', 'mid'}),
    ([IMPORT, 'd2l.HUB["a"]'], {'HUB'}),
    (['import d2l.torch', 'd2l.torch.leaf(1)'], {'leaf'}),
    (['import d2l.torch as t', 't.leaf(1)'], {'leaf'}),
    (['from d2l.torch import leaf as f', 'f(1)'], {'leaf'}),
    (['x.leaf(1)', 'leaf(2)'], set()),
    ([IMPORT, '# d2l.leaf', '"d2l.leaf"'], set())])
def test_reach(graph, sources, expected):
    assert reached(graph, *sources) == expected


@pytest.mark.parametrize('sources', [
    [IMPORT, 'getattr(d2l, "leaf")'], ['from d2l.torch import *'],
    [IMPORT, 'f(d2l)'],
    ['import importlib', 'importlib.import_module("d2l.torch")'],
    ['%%python\nfrom d2l import torch as d2l']])
def test_module_as_a_value_reaches_everything(graph, sources):
    assert reached(graph, *sources) == set(graph.owners)


def test_magics_do_not_hide_uses(graph):
    assert reached(graph, IMPORT, '%time x = 1\nd2l.leaf(1)') == {'leaf'}


def test_hand_written_modules_count(graph):
    files = graph.reach(section(IMPORT, 'd2l.fetching()')).files
    assert any(f.name == '__init__.py' and f.parent.name == 'data'
               for f in files)


def test_unknown_names_are_told(graph):
    assert graph.reach(section(IMPORT, 'd2l.nothing')).unknown == ('nothing',)


def parts(sources, library=LIBRARY, **meta):
    made, _ = saving.collect([section(*library, name='lib')])
    book = config.Book(root='.', environment=('torch',))
    return fingerprint.parts(section(*sources, **meta),
                             config.Profile('cpu'), Lineage(made), book)


def mark(*sources, **kwargs):
    return fingerprint.of(parts(sources, **kwargs))


def changed(old, new):
    return tuple(s.replace(old, new) for s in LIBRARY)


def test_fingerprint_follows_reached_definitions_only():
    use = (IMPORT, 'd2l.mid(1)')
    base = mark(*use)
    assert mark(*use, library=changed('return x', 'return -x')) != base
    assert mark(*use, library=changed('math.pi', 'math.e')) == base
    assert mark(IMPORT, 'd2l.lonely()') != mark(
        IMPORT, 'd2l.lonely()', library=changed('math.pi', 'math.e'))


def test_fingerprint_ignores_comments_of_definitions():
    use = (IMPORT, 'd2l.leaf(1)')
    assert mark(*use) == mark(*use, library=changed(
        'return x', '# why\n    return (x)'))


def test_fingerprint_and_cells():
    assert mark('x = 1') == mark('x = 1\n')
    assert mark('x = 1') != mark('x = 2')
    tagged = section('x = 1')
    tagged.cells[0] = Cell('code', 'x = 1', 1, ('hide-input',), number=1)
    raising = section('x = 1')
    raising.cells[0] = Cell('code', 'x = 1', 1, ('raises-exception',),
                            number=1)
    library, _ = saving.collect([])
    book = config.Book(root='.')
    marks = [fingerprint.of(fingerprint.parts(
        s, config.Profile('cpu'), Lineage(library), book))
        for s in (section('x = 1'), tagged, raising)]
    assert marks[0] == marks[1] != marks[2]


def test_fingerprint_and_parameters():
    values = {'ci': {'x': 1}, 'cpu': {'x': 2}}
    assert mark('x = 1', profiles=values) != mark('x = 1')
    assert mark('x = 1', profiles={'ci': {'x': 1}}) == mark('x = 1')


def test_differences_in_words():
    old = parts((IMPORT, 'd2l.mid(1)'))
    new = parts((IMPORT, 'd2l.mid(2)', 'x'),
                library=changed('return x', 'return -x'))
    assert fingerprint.differences(old, new) == [
        'code cell 2 changed', 'code cell 3 is new',
        'definition d2l.leaf changed']
    new = old | {'environment': old['environment'] | {'torch': '9'}}
    said, = fingerprint.differences(old, new)
    assert said.startswith('package torch changed from')
    assert said.endswith('to 9')


def test_digest_of_docstrings():
    def one(text):
        library, _ = saving.collect([section(text)])
        return digest(library.definitions[0])
    a = one('def f():  #@save\n    """Doc."""\n    return 1')
    assert a != one('def f():  #@save\n    """Dox."""\n    return 1')
