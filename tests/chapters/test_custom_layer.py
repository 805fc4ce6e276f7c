"""Section 6.5: layers of one's own against PyTorch's and each other."""
import copy
import math

import pytest
import torch
from definitions import definitions
from torch import nn

SECTION = 'builders-guide/custom-layer'
WANTED = {'Clock', 'RMSNorm', 'Standardize', 'RoundThrough', 'Quantize',
          'right_derivative', 'demand'}


@pytest.fixture(scope='module')
def section():
    """The classes and functions that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'math': math, 'copy': copy}
    return definitions(SECTION, WANTED, names)


def test_clock_is_periodic_and_on_the_circle(section):
    clock = section['Clock']()
    hours = 100 * torch.rand(4, 5, 1)
    points = clock(hours)
    assert points.shape == (4, 5, 2)
    torch.testing.assert_close(points, clock(hours + 24),
                               atol=1e-4, rtol=0)
    torch.testing.assert_close(points.norm(dim=-1), torch.ones(4, 5))
    assert 'period=24.0' in repr(clock)


def test_demand_is_periodic(section):
    hours = torch.linspace(-24, 48, 100)
    torch.testing.assert_close(section['demand'](hours),
                               section['demand'](hours + 24))


@pytest.mark.parametrize('shape', [(6,), (3, 6), (2, 3, 6), (0, 6)])
def test_rms_norm_equals_pytorch(section, shape):
    torch.manual_seed(0)
    ours, theirs = section['RMSNorm'](6), nn.RMSNorm(6, eps=1e-6)
    with torch.no_grad():
        ours.weight.uniform_()
    theirs.load_state_dict(ours.state_dict())
    X = torch.randn(shape, requires_grad=True)
    torch.testing.assert_close(ours(X), theirs(X))
    a, b = (torch.autograd.grad(f(X).square().sum(), (X, f.weight))
            for f in (ours, theirs))
    torch.testing.assert_close(a, b)


def test_rms_norm_refuses_other_shapes(section):
    with pytest.raises(ValueError, match='expected 6 features, got 1'):
        section['RMSNorm'](6)(torch.randn(3, 1))
    with pytest.raises(ValueError, match='at least 1, not 0'):
        section['RMSNorm'](0)


@pytest.mark.parametrize('size', [1, 3, 64, 100])
def test_standardize_has_the_statistics_of_all(section, size):
    torch.manual_seed(0)
    X = torch.randn(100, 4) * torch.tensor([1.0, 5, 9, 0.1]) + 20
    layer = section['Standardize'](4)
    for batch in X.split(size):
        layer(batch)
    assert layer.count == 100
    torch.testing.assert_close(layer.mean, X.mean(dim=0))
    layer.eval()
    torch.testing.assert_close(layer(X), (X - X.mean(dim=0)) / X.std(dim=0),
                               atol=1e-4, rtol=1e-4)
    assert layer.count == 100           # evaluation learns nothing


def test_standardize_bears_odd_batches(section):
    layer = section['Standardize'](2)
    assert layer(torch.zeros(0, 2)).shape == (0, 2)
    assert layer.count == 0
    assert layer(torch.ones(1, 2)).isfinite().all()
    layer(torch.ones(5, 2))
    assert layer(torch.ones(5, 2)).abs().max() == 0   # constant feature


def test_standardize_state_is_saved_and_not_trained(section):
    layer = section['Standardize'](3)
    layer(torch.randn(10, 3))
    other = section['Standardize'](3)
    other.load_state_dict(layer.state_dict())
    X = torch.randn(5, 3)
    assert torch.equal(layer.eval()(X), other.eval()(X))
    assert not list(layer.parameters())
    assert layer.double().mean.dtype == torch.float64


def test_quantize_rounds_and_passes_gradients(section):
    X = torch.linspace(-0.5, 1.5, 201, requires_grad=True)
    Y = section['Quantize'](levels=5)(X)
    assert set((5 * Y.detach()).round(decimals=4).tolist()) == {
        0, 1, 2, 3, 4, 5}
    weights = torch.randn(201)
    Y.backward(weights)
    inside = (X.detach() >= 0) & (X.detach() <= 1)
    assert torch.equal(X.grad, weights * inside)


def test_right_derivative_tells_right_from_wrong(section):
    check = section['right_derivative']
    assert check(section['Clock'](), 4, 1)
    assert check(section['RMSNorm'](5), 2, 5)
    layer = section['Standardize'](3)
    layer(torch.randn(50, 3))           # otherwise it is the identity
    assert check(layer, 4, 3)
    assert not check(section['Quantize'](), 4, 3)
