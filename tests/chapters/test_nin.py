"""Section 8.3: NiN blocks as perceptrons of patches; published sizes."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'convolutional-modern/nin'
pytestmark = pytest.mark.usefixtures('one_thread')


@pytest.fixture(scope='module')
def nin():
    """Functions, classes and tables of the section, by name."""
    wanted = {'NiNBlock', 'NiN', 'layouts', 'init_he'}
    names = {'torch': torch, 'nn': nn, 'd2l': d2l, 'F': F}
    return definitions(SECTION, wanted, names)


def count(net):
    return sum(p.numel() for p in net.parameters())


@pytest.mark.parametrize('window', [(3, 1, 1), (5, 2, 2), (4, 3, 0)])
def test_block_is_a_perceptron_at_each_pixel(nin, window):
    torch.manual_seed(0)
    block = nin['NiNBlock']((7, 6, 5), *window)
    X = torch.randn(3, 2, 11, 11, requires_grad=True)
    H = block(X)
    twin = X.detach().clone().requires_grad_()
    k, stride, padding = window
    patches = F.unfold(twin, k, padding=padding, stride=stride)
    h = patches.transpose(1, 2)                 # (3, places, 2 * k * k)
    for layer in (block[0], block[2], block[4]):
        h = F.relu(F.linear(h, layer.weight.flatten(1), layer.bias))
    expected = h.transpose(1, 2).reshape(H.shape)
    torch.testing.assert_close(H, expected)
    weights = torch.randn_like(H)
    (H * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(X.grad, twin.grad, rtol=1e-4, atol=1e-5)


def test_last_relu_can_be_left_out(nin):
    with_relu = nin['NiNBlock']((3, 3, 2), 3, 1, 1)
    without = nin['NiNBlock']((3, 3, 2), 3, 1, 1, final_relu=False)
    assert isinstance(with_relu[-1], nn.ReLU)
    assert isinstance(without[-1], nn.Conv2d)


def test_parameters_are_those_of_the_published_networks(nin):
    with torch.device('meta'):
        large = nin['NiN'](num_classes=1000)
        small = nin['NiN'](layout='cifar10')
    d2l.stage_costs(large, (1, 3, 224, 224))
    d2l.stage_costs(small, (1, 3, 32, 32))
    assert count(large) == 7_595_176            # 29 MB in float32
    assert round(4 * count(large) / 2**20) == 29
    assert count(small) == 966_986


def test_resolutions_of_the_large_network(nin):
    with torch.device('meta'):
        net = nin['NiN']()
    costs = d2l.stage_costs(net, (1, 1, 224, 224))
    assert list(costs['output'][:7]) == [
        '96 × 54 × 54', '96 × 27 × 27', '256 × 27 × 27', '256 × 13 × 13',
        '384 × 13 × 13', '384 × 6 × 6', '384 × 6 × 6']
    assert costs['output'].iloc[7] == '10 × 6 × 6'
    block = costs.iloc[2]
    assert block['parameters'] == 256 * (25 * 96 + 1) + 2 * 256 * 257
    assert block['multiply–adds'] == 729 * 256 * (25 * 96 + 2 * 256)


@pytest.fixture(scope='module')
def scaled(nin):
    torch.manual_seed(1)
    net = nin['NiN'](layout='cifar10', width=0.1, stem='small', dropout=0.0)
    net.apply_init([torch.zeros(1, 1, 28, 28)], nin['init_he'])
    return net.eval()


@pytest.mark.parametrize('size', [(28, 28), (56, 40)])
def test_logits_are_means_of_maps_at_any_size(scaled, size):
    X = torch.rand(4, 1, *size)
    maps = scaled.net[:-2](X)
    assert maps.shape[1] == 10 and maps.dim() == 4
    torch.testing.assert_close(scaled(X), maps.mean(dim=(2, 3)))
    assert scaled(X).min() < 0 < scaled(X).max()


def test_width_multiplies_channels(nin):
    with torch.device('meta'):
        net = nin['NiN'](width=0.25)
    costs = d2l.stage_costs(net, (1, 1, 224, 224))
    assert costs['output'].iloc[4] == '96 × 13 × 13'
    assert costs['output'].iloc[7] == '10 × 6 × 6'


def test_he_keeps_the_signal_and_xavier_loses_it(nin):
    """Each ReLU halves the mean square of what Xavier lets through."""
    torch.manual_seed(0)
    kept = {}
    for name, init in (('he', nin['init_he']), ('xavier', d2l.init_cnn)):
        block = nn.Sequential(*(
            layer for _ in range(4) for layer in
            (nn.Conv2d(64, 64, 1), nn.ReLU())))
        block.apply(init)
        X = torch.randn(8, 64, 8, 8)
        for layer in block:
            if isinstance(layer, nn.Conv2d):
                nn.init.zeros_(layer.bias)
        kept[name] = (block(X).square().mean() / X.square().mean()).item()
    assert 0.3 < kept['he'] < 1.5
    assert 0.3 < kept['xavier'] * 2**4 < 3


def test_it_can_learn(nin):
    torch.manual_seed(0)
    net = nin['NiN'](lr=0.05, num_classes=2, layout='cifar10', width=0.05,
                     stem='small', dropout=0.0)
    X = torch.rand(16, 1, 16, 16) * 0.1
    y = torch.arange(16) % 2
    X[y == 1, :, 4:8] += 0.9                    # a bar
    net.apply_init([X], nin['init_he'])
    optimizer = net.configure_optimizers()
    for _ in range(40):
        loss = net.loss(net(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert net.accuracy(net(X), y) > 0.9
