"""Section 5.5: minimum-norm solutions, the tangent kernel, early stopping."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

SECTION = 'multilayer-perceptrons/generalization-deep'
WANTED = {'min_norm', 'descend', 'ntk', 'finite_ntk', 'one_hot', 'nearest',
          'kernel_regression', 'with_noise', 'early_stop', 'accuracy'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F}
    return definitions(SECTION, WANTED, names)


def randn(*shape):
    return torch.randn(*shape, dtype=torch.float64)


@pytest.mark.parametrize('shape', [(8, 20), (20, 8), (9, 9)])
def test_min_norm_equals_the_pseudoinverse(section, shape):
    torch.manual_seed(0)
    X, Y = randn(*shape), randn(shape[0], 3)
    torch.testing.assert_close(section['min_norm'](X, Y),
                               torch.linalg.pinv(X) @ Y)


@pytest.mark.parametrize('batch_size', [10, 4])
def test_descent_from_zero_arrives_at_min_norm(section, batch_size):
    torch.manual_seed(0)
    X, y = randn(10, 60), randn(10, 1)
    w = section['descend'](X, y, torch.zeros_like(X[:1].T),
                           lambda p: torch.optim.SGD(p, lr=0.05), batch_size)
    torch.testing.assert_close(w, torch.linalg.pinv(X) @ y)


def test_descent_arrives_at_the_nearest_solution(section):
    torch.manual_seed(0)
    X, y, start = randn(10, 60), randn(10, 1), randn(60, 1)
    w = section['descend'](X, y, start,
                           lambda p: torch.optim.SGD(p, lr=0.05), 10)
    nearest = start + torch.linalg.pinv(X) @ (y - X @ start)
    torch.testing.assert_close(w, nearest)


def test_finite_kernel_is_the_product_of_gradients(section):
    torch.manual_seed(0)
    X, m = randn(4, 6), 30
    kernel = section['finite_ntk'](X, m)
    torch.manual_seed(0)
    randn(4, 6)                                     # the same draws again
    W = randn(m, 6).requires_grad_()
    a = torch.randn(m).double().requires_grad_()
    rows = []
    for x in X:
        f = a @ torch.relu(W @ x) / m ** 0.5
        grads = torch.autograd.grad(f, (W, a))
        rows.append(torch.cat([g.flatten() for g in grads]))
    rows = torch.stack(rows)
    torch.testing.assert_close(kernel, rows @ rows.T)


def test_infinite_kernel_is_the_limit(section):
    torch.manual_seed(0)
    X = randn(5, 6)
    limit = section['ntk'](X, X)
    finite = section['finite_ntk'](X, 200_000)
    assert (finite - limit).norm() / limit.norm() < 0.02
    torch.testing.assert_close(limit.diagonal(), (X ** 2).sum(dim=1))
    assert section['ntk'](X, X[:2]).shape == (5, 2)


def test_kernel_and_neighbors_interpolate(section):
    torch.manual_seed(0)
    X, y = torch.randn(40, 12), torch.randint(0, 10, (40,))
    for name in ('kernel_regression', 'nearest'):
        assert section[name](X, X, y).equal(y)


def test_noise_replaces_about_the_fraction(section):
    torch.manual_seed(0)
    y = torch.zeros(20_000, dtype=torch.int64)
    assert section['with_noise'](y, 0).equal(y)
    wrong = (section['with_noise'](y, 0.4) != y).double().mean()
    assert abs(wrong - 0.36) < 0.015


@pytest.mark.parametrize('scores, patience, expected', [
    ([1, 2, 3, 4], 2, (3, 3)),              # never stops
    ([1, 3, 2, 2, 9], 2, (1, 3)),           # stops before the 9
    ([1, 3, 2, 2, 9], 3, (4, 4)),
    ([5, 5, 5], 1, (0, 1)),                 # equal is no improvement
    ([7], 3, (0, 0))])
def test_early_stopping(section, scores, patience, expected):
    assert section['early_stop'](scores, patience) == expected
