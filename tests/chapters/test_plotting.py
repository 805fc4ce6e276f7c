"""The plotting functions of the section on calculus."""
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import pyplot as plt

from d2l import torch as d2l

GRAD = torch.arange(3.0, requires_grad=True)


@pytest.fixture(autouse=True)
def clean():
    plt.switch_backend('agg')
    yield
    plt.close('all')


def drawn():
    """The points of all lines in the current axes, as nested lists."""
    return [np.column_stack(line.get_data()).tolist()
            for line in plt.gca().get_lines()]


@pytest.mark.parametrize('values', [
    [0, 1, 2], (0, 1, 2), range(3), np.arange(3.0), torch.arange(3), GRAD,
    GRAD.to(torch.bfloat16), list(GRAD), [[0, 1, 2]], [GRAD],
    GRAD[None], GRAD[:, None], [GRAD[:, None]], pd.Series([0, 1, 2])],
    ids=lambda v: type(v).__name__)
def test_every_kind_of_sequence(values):
    expected = [[[0, 0], [1, 1], [2, 2]]]
    d2l.plot(values)
    assert drawn() == expected
    d2l.plot([0, 1, 2], values)
    assert drawn() == expected
    d2l.plot(values, [GRAD])
    assert drawn() == expected


def test_one_x_serves_many_y():
    d2l.plot(GRAD, [GRAD + 1, [5, 6, 7]])
    assert drawn() == [[[0, 1], [1, 2], [2, 3]], [[0, 5], [1, 6], [2, 7]]]


def test_rows_of_an_array_are_curves():
    d2l.plot(torch.tensor([[1, 2, 3], [4, 5, 6]]))
    assert drawn() == [[[0, 1], [1, 2], [2, 3]], [[0, 4], [1, 5], [2, 6]]]


def test_ragged():
    d2l.plot([[1, 2], range(3)], [[3, 4], GRAD])
    assert drawn() == [[[1, 3], [2, 4]], [[0, 0], [1, 1], [2, 2]]]
    d2l.plot([[5], [6, 7]])
    assert drawn() == [[[0, 5]], [[0, 6], [1, 7]]]


def test_more_curves_than_formats():
    d2l.plot([1, 2], [[i, i] for i in range(6)], fmts=('-', 'r:'))
    assert [line.get_linestyle() for line in plt.gca().get_lines()] == \
        ['-', ':'] * 3


@pytest.mark.parametrize('X, Y', [
    ([1, 2, 3], [1, 2]), ([1, 2], [[1, 2], [3]]),
    ([[1, 2], [3, 4]], [[1, 2]]), ([[1], [2]], [[1], [2], [3]]),
    ([], [1, 2]), ([1, [2]], None), (torch.zeros(2, 2, 2), None),
    (torch.tensor(1.0), None)])
def test_what_does_not_fit_is_refused(X, Y):
    with pytest.raises(ValueError, match='curves|cannot plot'):
        d2l.plot(X, Y)


def test_axes_and_positions_of_arguments():
    _, axes = plt.subplots()
    axes.plot([9, 9])
    other = plt.figure()
    d2l.plot([1, 10], [[1, 10], [2, 20]], 'u', 'v', ['a', 'b'], (1, 10),
             (1, 30), 'log', 'log', axes=axes)
    assert not other.axes and len(axes.get_lines()) == 2
    assert (axes.get_xlabel(), axes.get_ylabel()) == ('u', 'v')
    assert (axes.get_xscale(), axes.get_yscale()) == ('log', 'log')
    assert (axes.get_xlim(), axes.get_ylim()) == ((1, 10), (1, 30))
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ['a', 'b']


@pytest.mark.parametrize('legend', [None, (), []])
def test_no_legend_no_limits(legend):
    d2l.plot([0, 1], [0, 1], legend=legend)
    assert plt.gca().get_legend() is None
    assert plt.gca().get_autoscale_on()


def test_size():
    d2l.set_figsize((4, 1))
    assert plt.figure().get_size_inches().tolist() == [4, 1]
    d2l.plot([1, 2], figsize=(5, 2))
    assert plt.rcParams['figure.figsize'] == [5, 2]
    d2l.set_figsize()
    assert plt.rcParams['figure.figsize'] == [3.5, 2.5]


@pytest.mark.parametrize('value, expected', [
    (None, ('svg',)), ('', ('svg',)), ('svg, pdf', ('svg', 'pdf')),
    ('png', ('png',))])
def test_formats(monkeypatch, value, expected):
    asked = []
    monkeypatch.setattr(d2l, 'get_ipython', object)
    monkeypatch.setattr(d2l.backend_inline, 'set_matplotlib_formats',
                        lambda *formats: asked.append(formats))
    if value is None:
        monkeypatch.delenv('D2L_FIGURE_FORMATS', raising=False)
    else:
        monkeypatch.setenv('D2L_FIGURE_FORMATS', value)
    d2l.use_svg_display()
    assert asked == [expected]


def test_formats_inside_ipython():
    """In a shell of IPython, figures get the printers asked for."""
    code = ('from IPython.core.interactiveshell import InteractiveShell as S;'
            's = S.instance(); from d2l import torch as d2l;'
            'd2l.use_svg_display();'
            'from matplotlib.figure import Figure;'
            'print([k for k, f in s.display_formatter.formatters.items()'
            ' if Figure in f])')
    done = subprocess.run([sys.executable, '-c', code], check=True, text=True,
                          capture_output=True,
                          env={'D2L_FIGURE_FORMATS': 'svg,pdf',
                               'MPLBACKEND': 'agg', 'PATH': ''})
    assert done.stdout.strip() == "['image/svg+xml', 'application/pdf']"


def test_outside_ipython_nothing_happens():
    assert d2l.get_ipython() is None
    d2l.use_svg_display()
