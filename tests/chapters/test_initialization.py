"""Section 5.4: scales of random weights against theory and PyTorch."""
import math

import pytest
import torch
from definitions import definitions
from torch import nn

SECTION = 'multilayer-perceptrons/numerical-stability-and-init'
WANTED = {'mlp', 'linear_layers', 'draw_weights', 'adjoint_norms',
          'distinct_units', 'constant_weights', 'mean_squares', 'fit'}


@pytest.fixture(scope='module')
def section():
    """The section's functions, with 200 random images for data."""
    torch.manual_seed(0)
    X, y = torch.rand(200, 1, 28, 28), torch.randint(10, (200,))
    names = {'torch': torch, 'nn': nn, 'math': math,
             'X': X, 'y': y, 'X_val': X, 'y_val': y}
    return definitions(SECTION, WANTED, names)


def test_he_is_the_scale_two(section):
    torch.manual_seed(0)
    net = section['draw_weights'](section['mlp'](2, width=500), 2)
    for layer in section['linear_layers'](net)[:2]:
        he = nn.init.kaiming_normal_(torch.empty_like(layer.weight),
                                     nonlinearity='relu')
        n_in = layer.in_features
        assert n_in * layer.weight.var().item() == pytest.approx(2, rel=0.02)
        assert n_in * he.var().item() == pytest.approx(2, rel=0.02)
        assert layer.bias.abs().max() == 0


def test_default_is_one_third():
    torch.manual_seed(0)
    layer = nn.Linear(400, 1000)
    assert 400 * layer.weight.var().item() == pytest.approx(1 / 3, rel=0.01)
    assert layer.weight.abs().max() <= 1 / math.sqrt(400)
    assert layer.bias.abs().max() <= 1 / math.sqrt(400)


def test_xavier_in_both_forms():
    torch.manual_seed(0)
    W = torch.empty(300, 700)
    variance = 2 / (300 + 700)
    nn.init.xavier_normal_(W)
    assert W.var().item() == pytest.approx(variance, rel=0.02)
    nn.init.xavier_uniform_(W)
    assert W.var().item() == pytest.approx(variance, rel=0.02)
    assert W.abs().max().item() == pytest.approx(math.sqrt(6 / 1000),
                                                 rel=1e-3)


@pytest.mark.parametrize('c', [1, 2, 3])
def test_mean_squares_follow_the_law(section, c):
    torch.manual_seed(0)
    ahead, back = section['mean_squares'](c, depth=8, width=256, draws=8)
    layers = torch.arange(1, 9)
    for values, predicted in (
            (ahead, ahead[0] * (c / 2) ** (layers - 1)),
            (back, back[-1] * (c / 2) ** (8 - layers))):
        assert (values / predicted - 1).abs().max() < 0.25
    inputs = section['X'][:256].square().mean()
    assert ahead[0].item() == pytest.approx(c * inputs.item(), rel=0.1)


def test_adjoint_norms_are_those_of_a_perturbation(section):
    """Adding a tensor to z changes the loss by its product with z's."""
    torch.manual_seed(0)
    net = section['draw_weights'](section['mlp'](2, width=6), 2).double()
    X, y = section['X'][:5].double(), section['y'][:5]
    norms = section['adjoint_norms'](net, X, y)
    assert len(norms) == 3
    for position, norm in zip((1, 3, 5), norms):
        Z = net[:position + 1](X).detach().requires_grad_()
        loss = nn.functional.cross_entropy(net[position + 1:](Z), y)
        assert torch.autograd.grad(loss, Z)[0].norm().item() == pytest.approx(
            norm)


def test_weight_gradient_is_product_of_norms(section):
    torch.manual_seed(0)
    net = section['draw_weights'](section['mlp'](3, width=6), 2).double()
    X, y = section['X'][:1].double(), section['y'][:1]
    norms = section['adjoint_norms'](net, X, y)
    for i, layer in enumerate(section['linear_layers'](net)):
        before = net[:2 * i + 1](X).norm()
        torch.testing.assert_close(layer.weight.grad.norm().item(),
                                   before.item() * norms[i])


@pytest.mark.parametrize('value', [0.0, 0.01, -0.2])
def test_equal_units_stay_equal(section, value):
    net = section['constant_weights'](section['mlp'](1, width=7), value)
    section['fit'](net, lr=0.1)
    assert section['distinct_units'](net) == 1


def test_random_units_stay_distinct(section):
    torch.manual_seed(0)
    net = section['draw_weights'](section['mlp'](1, width=7), 2)
    section['fit'](net, lr=0.1)
    assert section['distinct_units'](net) == 7


def test_distinct_units_counts_groups(section):
    net = section['mlp'](1, width=4)
    W = section['linear_layers'](net)[0].weight
    with torch.no_grad():
        W.copy_(W[torch.tensor([0, 1, 0, 1])])
    assert section['distinct_units'](net) == 2


def test_float16_underflow_and_loss_scaling():
    small = torch.tensor([2e-8, 1e-6])
    assert small.half().tolist()[0] == 0
    scaled = (1024 * small).half().float() / 1024
    torch.testing.assert_close(scaled, small, rtol=2e-3, atol=0)
    assert torch.tensor(70000.0).half().isinf()
