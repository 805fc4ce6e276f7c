"""Extraction of saved code into a module."""
import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import saving
from tools.sections import Cell, Meta, Section


def section(*sources, name='a/b'):
    cells = [Cell('code', source, 10 * (i + 1), number=i + 1)
             for i, source in enumerate(sources)]
    return Section(f'{name}.md', name, cells, Meta(), {})


def module(*sections):
    library, problems = saving.collect(sections)
    assert not problems, problems
    return saving.module_source(library)


def run(text):
    scope = {'__name__': 'made'}
    exec(compile(text, 'made', 'exec'), scope)
    return scope


def test_function_class_import_assignment():
    text = module(section(
        'import math  #@save\nfrom os import path as p  #@save',
        'def f(x):  #@save\n    """Twice."""\n    return 2 * x\n\n'
        'def g(x):\n    return x',
        'A = B = 3  #@save\nC, (D, *E) = 1, (2, 3)  #@save',
        'class K:  #@save\n    """A class."""\n    z = 1'))
    scope = run(text)
    assert scope['f'](4) == 8
    assert 'g' not in scope
    assert (scope['A'], scope['B'], scope['C'], scope['D'],
            scope['E']) == (3, 3, 1, 2, [3])
    assert scope['__all__'] == ['A', 'B', 'C', 'D', 'E', 'K', 'f', 'math',
                                'p']
    assert '  #@save' not in text


def test_mark_in_a_string_is_no_mark():
    library, problems = saving.collect([section(
        'x = "#@save"\ny = """\n#@save\n"""')])
    assert not library.definitions
    assert not problems


def test_mark_of_a_decorated_function_and_of_a_long_head():
    text = module(section(
        '@staticmethod\ndef f(a,\n      b=1):  #@save\n    return a + b'))
    assert '@staticmethod' in text
    assert run(text)['f'](1) == 2


def test_whole_cell_with_comments_kept():
    text = module(section('#@save\n# Why it is so.\nx = 1\n\n\ndef f():\n'
                          '    # Inside.\n    return x'))
    assert '# Why it is so.\nx = 1' in text
    assert '# Inside.' in text


def test_comment_after_the_mark_is_kept():
    assert 'x = 1  # seconds' in module(section('x = 1  #@save seconds'))


def test_method_replaces_the_stub_and_adds():
    text = module(
        section('class A:  #@save\n    """A."""\n\n'
                '    def f(self):\n        raise NotImplementedError\n\n'
                '    def g(self):\n        return "g"'),
        section('@d2l.add_to_class(d2l.A)  #@save\ndef f(self):\n'
                '    """Real."""\n    return 1',
                '@add_to_class(A)  #@save\n@property\ndef h(self):\n'
                '    return self.f()', name='c/d'))
    made = run(text)['A']()
    assert (made.f(), made.g(), made.h) == (1, 'g', 1)
    assert text.count('def f(') == 1
    assert 'add_to_class' not in text
    assert 'Defined in ``c/d``' in type(made).f.__doc__


def test_docstring_names_the_section():
    scope = run(module(section(
        'def f():  #@save\n    """One line."""\n    return 1',
        'def g():  #@save\n    return 1',
        "def h():  #@save\n    'Single quotes.'\n    return 1",
        'def i(): return 1  #@save',
        'def j():  #@save\n    """Many\n\n    lines.\n    """\n    return 1',
        'class K(Exception):  #@save\n    """Bad."""')))
    for name in 'fghijK':
        assert 'Defined in ``a/b``.' in scope[name].__doc__, name
    assert scope['f'].__doc__.startswith('One line.\n\n')
    for name in 'fghijK':
        assert '\n\n\n' not in scope[name].__doc__, name
    assert scope['j']() == scope['i']() == 1


def test_definitions_come_before_their_use_at_import_time():
    text = module(
        section('class B(d2l.A):  #@save\n    pass\n',
                'X = f(3)  #@save',
                'HUB["k"] = X  #@save'),
        section('class A:  #@save\n    pass',
                'def f(x):  #@save\n    return x',
                'HUB = {}  #@save',
                '#@save\nimport sys\nd2l = sys.modules[__name__]',
                name='c/d'))
    import sys
    import types
    made = types.ModuleType('made')
    sys.modules['made'] = made
    exec(text, made.__dict__)
    assert issubclass(made.B, made.A)
    assert made.HUB == {'k': 3}


def test_same_name_twice_is_an_error_with_both_places():
    _, problems = saving.collect([
        section('x = 1  #@save'), section('x = 2  #@save', name='c/d')])
    assert len(problems) == 1
    assert 'a/b.md:10' in problems[0].message
    assert problems[0].path == 'c/d.md'
    assert 'override' in problems[0].hint


def test_override():
    text = module(section('x = 1  #@save'),
                  section('x = 2  #@save override', name='c/d'))
    assert run(text)['x'] == 2


def test_items_of_a_mapping_are_told_apart():
    text = module(section('HUB = {}  #@save', 'HUB["a"] = 1  #@save',
                          'HUB["b"] = 2  #@save'))
    assert run(text)['HUB'] == {'a': 1, 'b': 2}
    _, problems = saving.collect([section(
        'HUB = {}  #@save', 'HUB["a"] = 1  #@save', 'HUB["a"] = 2  #@save')])
    assert len(problems) == 1


def test_same_import_twice_is_no_conflict():
    assert module(section('import math  #@save'),
                  section('import math  #@save', name='c/d')).count(
                      'import math') == 1


def test_cell_with_magics():
    tree = saving.parse_code('%matplotlib inline\n!ls\nx?\ndef f():\n'
                             '    %timeit 1\n    return 1')
    assert isinstance(tree, ast.Module)
    assert saving.parse_code('%%bash\nls') is None
    assert saving.parse_code('%%time\nx = 1').body[-1].value.value == 1


def test_module_is_the_same_in_any_process(tmp_path):
    import os
    import subprocess
    import sys
    from pathlib import Path
    root = Path(__file__).resolve().parent.parent
    code = ('from tools import config, library, saving, sections\n'
            'b = config.load("tests/minibook")\n'
            'print(saving.module_source('
            'library.extract(sections.read_book(b))))')
    texts = {subprocess.run(
        [sys.executable, '-c', code], cwd=root, text=True, check=True,
        capture_output=True, env=os.environ | {
            'PYTHONHASHSEED': seed, 'BOOK_BUILD': str(tmp_path)}
    ).stdout for seed in ('0', '1', '77')}
    assert len(texts) == 1


names = st.sampled_from(['alpha', 'beta', 'gamma', 'delta'])


@given(st.lists(st.tuples(names, st.integers(0, 9), st.booleans()),
                max_size=12))
def test_saved_values_survive(items):
    """Whatever is saved, the module binds each name to its last override."""
    sections, expected = [], {}
    for number, (name, value, override) in enumerate(items):
        sections.append(section(
            f'{name} = {value}  #@save{" override" * override}',
            name=f's/{number}'))
        if override or name not in expected:
            expected[name] = value
    library, problems = saving.collect(sections)
    clashes = len(items) - len({n for n, _, _ in items}) - sum(
        o and any(m == n for m, _, _ in items[:i])
        for i, (n, _, o) in enumerate(items))
    assert len(problems) == clashes
    scope = run(saving.module_source(library, formatter=lambda t: t))
    assert {k: scope[k] for k in expected} == expected


@pytest.mark.parametrize('text', ['def f(:', 'x = (1'])
def test_syntax_error_names_line_and_cell(text):
    problem, = saving.syntax_problems(section('x = 1', f'y = 2\n{text}'))
    assert (problem.line, problem.cell) == (21, 2)
