"""Section 5.3: gradients derived by hand against autograd."""

import pytest
import torch
from definitions import definitions
from torch import nn

SECTION = 'multilayer-perceptrons/backprop'
WANTED = {'forward', 'backward', 'init_params', 'kept_shapes'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    names = {'torch': torch, 'nn': nn}
    return definitions(SECTION, WANTED, names)


@pytest.fixture(params=[(7, 5, 4, 3), (1, 2, 6, 2), (40, 30, 20, 10)])
def problem(request, section):
    """Inputs, labels and parameters for some sizes (n, d, h, q)."""
    n, d, h, q = request.param
    torch.manual_seed(0)
    params = section['init_params'](d, h, q, torch.float64)
    params = [p + 0.1 * torch.randn_like(p) for p in params]
    X = torch.randn(n, d, dtype=torch.float64)
    return X, torch.randint(q, (n,)), params


@pytest.mark.parametrize('lambd', [0.0, 0.3])
def test_loss_is_that_of_pytorch(section, problem, lambd):
    X, y, (W1, b1, W2, b2) = problem
    loss, _ = section['forward'](X, y, (W1, b1, W2, b2), lambd)
    logits = torch.relu(X @ W1 + b1) @ W2 + b2
    penalty = lambd / 2 * (W1.norm() ** 2 + W2.norm() ** 2)
    torch.testing.assert_close(
        loss, nn.functional.cross_entropy(logits, y) + penalty)


@pytest.mark.parametrize('lambd', [0.0, 0.3])
def test_gradients_equal_autograd(section, problem, lambd):
    X, y, params = problem
    _, kept = section['forward'](X, y, params, lambd)
    ours = section['backward'](kept, params, lambd)
    leaves = [p.clone().requires_grad_() for p in params]
    loss, _ = section['forward'](X, y, leaves, lambd)
    theirs = torch.autograd.grad(loss, leaves)
    for p, a, b in zip(params, ours, theirs):
        assert a.shape == p.shape
        torch.testing.assert_close(a, b, atol=1e-14, rtol=1e-12)


def test_gradients_equal_differences(section, problem):
    X, y, params = problem
    _, kept = section['forward'](X, y, params, 0.1)
    grads = section['backward'](kept, params, 0.1)
    direction = [torch.randn_like(p) for p in params]
    slope = sum((g * v).sum() for g, v in zip(grads, direction))
    high, low = (section['forward'](
        X, y, [p + sign * 1e-6 * v for p, v in zip(params, direction)],
        0.1)[0] for sign in (1, -1))
    torch.testing.assert_close((high - low) / 2e-6, slope,
                               atol=1e-7, rtol=1e-6)


def test_the_kink_is_as_in_pytorch(section):
    X = torch.zeros(2, 3, dtype=torch.float64)     # all z are exactly 0
    y = torch.tensor([0, 1])
    params = section['init_params'](3, 4, 2, torch.float64)
    _, kept = section['forward'](X, y, params, 0.0)
    ours = section['backward'](kept, params, 0.0)
    leaves = [p.clone().requires_grad_() for p in params]
    loss, _ = section['forward'](X, y, leaves, 0.0)
    for a, b in zip(ours, torch.autograd.grad(loss, leaves)):
        torch.testing.assert_close(a, b)
    assert ours[1].abs().max() == 0


def test_backward_leaves_what_was_kept(section, problem):
    X, y, params = problem
    _, kept = section['forward'](X, y, params, 0.1)
    before = [t.clone() for t in kept]
    section['backward'](kept, params, 0.1)
    for a, b in zip(kept, before):
        assert torch.equal(a, b)


def test_kept_shapes_counts_tensors_once_without_parameters(section):
    W = torch.randn(3, 3, requires_grad=True)
    X = torch.randn(2, 3)
    shapes = section['kept_shapes'](lambda: ((X @ W) * X).sum(), [W])
    assert shapes == [(2, 3)]


def test_no_record_under_no_grad(section):
    W = torch.randn(3, 3, requires_grad=True)
    with torch.no_grad():
        assert section['kept_shapes'](lambda: (W @ W).sum(), []) == []
