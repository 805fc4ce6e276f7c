"""Section 2.5: the scalar automatic differentiation against PyTorch's."""
import math
from pathlib import Path

import jupytext
import pytest
import torch

SECTION = (Path(__file__).resolve().parents[2] / 'chapters'
           / 'preliminaries' / 'autograd.md')
STARTS = ('class Var', 'def lift', 'def backward', 'def tax', 'BRACKETS')


@pytest.fixture(scope='module')
def section():
    """What the section defines, without running its other cells."""
    names = {'torch': torch, 'math': math}
    for cell in jupytext.read(SECTION).cells:
        if cell.cell_type == 'code':
            if cell.source.startswith(STARTS):
                exec(cell.source, names)
            elif 'def root' in cell.source or 'def pulse' in cell.source:
                # the definition only, not the lines that use it
                exec(cell.source[cell.source.index('def '):]
                     .split('\n\n\n')[0], names)
    return names


def both(section, f, *values):
    """Value and gradient of `f`, by `Var` and by PyTorch."""
    ours = [section['Var'](v) for v in values]
    y = f(*ours)
    section['backward'](y)
    theirs = [torch.tensor(v, dtype=torch.float64, requires_grad=True)
              for v in values]
    z = f(*theirs)
    z.backward()
    return ([y.value] + [v.grad for v in ours],
            [z.item()] + [v.grad.item() for v in theirs])


FUNCTIONS = {
    'sum and product': lambda a, b: 3 * a + a * b + 2,
    'difference': lambda a, b: -a - b * 4,
    'quotient': lambda a, b: a / b + b / (a * a),
    'power': lambda a, b: a ** 3 * b ** -2 + b ** 0.5,
    'exponential': lambda a, b: (a * b).exp() * (-b).exp(),
    'shared results': lambda a, b: (a * b + a) * (a * b + a) * (a * b),
    'same operand twice': lambda a, b: a * a + b + b,
}


@pytest.mark.parametrize('name', FUNCTIONS)
@pytest.mark.parametrize('a, b', [(0.7, 1.3), (-1.2, 0.4), (2.5, 3.1)])
def test_operations(section, name, a, b):
    ours, theirs = both(section, FUNCTIONS[name], a, b)
    assert ours == pytest.approx(theirs, rel=1e-12)


def test_pulse_against_the_formula(section):
    x, w = 3.0, 0.5
    ours, theirs = both(section, section['pulse'], x, w)
    e = math.exp(-w * x)
    assert ours == pytest.approx([x * e, (1 - w * x) * e, -x * x * e])
    assert ours == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize('a', [1.0, 1.0001, 2.0, 9.0, 150.0])
def test_loop(section, a):
    ours, theirs = both(section, section['root'], a)
    assert ours == pytest.approx(theirs, rel=1e-12)
    slope = 1 if a == 1 else 1 / (2 * math.sqrt(a))
    assert ours == pytest.approx([math.sqrt(a), slope], rel=1e-6)


@pytest.mark.parametrize('income, rate', [(5, 0), (20, 0.2), (45, 0.4)])
def test_branches(section, income, rate):
    income = torch.tensor(float(income), requires_grad=True)
    section['tax'](income).backward()
    assert income.grad.item() == pytest.approx(rate)


def test_gradients_accumulate_in_leaves_only(section):
    x = section['Var'](3.0)
    inner = x * x
    y = inner * 2
    for times in (1, 2, 3):
        section['backward'](y)
        assert x.grad == times * 12
    assert inner.grad == y.grad == 0


def test_work_is_linear_in_the_graph(section):
    x = y = section['Var'](1.0)
    for _ in range(200):        # 2 ** 200 paths, 200 operations
        y = y + y
    section['backward'](y)
    assert x.grad == 2.0 ** 200
