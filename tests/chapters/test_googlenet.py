"""Section 8.4: Inception blocks and GoogLeNet against torchvision's."""

import pytest
import torch
import torchvision
from definitions import definitions
from torch import nn
from torchvision.models.googlenet import Inception as Reference

from d2l import torch as d2l

SECTION = 'convolutional-modern/googlenet'
pytestmark = pytest.mark.usefixtures('one_thread')


@pytest.fixture(scope='module')
def section():
    """Functions, classes and tables of the section, by name."""
    wanted = {'conv', 'Inception', 'settings', 'scaled', 'halve',
              'GoogleNet', 'init_he'}
    names = {'torch': torch, 'nn': nn, 'd2l': d2l}
    return definitions(SECTION, wanted, names)


@pytest.fixture(scope='module')
def full(section):
    with torch.device('meta'):
        net = section['GoogleNet']()
    return net, d2l.stage_costs(net, (1, 1, 224, 224))


def plain(in_channels, out_channels, **options):
    """What torchvision's block is made of here: no normalization."""
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, **options),
                         nn.ReLU())


def test_inception_equals_torchvision_in_value_and_gradient(section):
    """Their 3 × 3 window in the 5 × 5 branch is put into zeros."""
    torch.manual_seed(0)
    theirs = Reference(6, 3, 4, 5, 2, 3, 4, conv_block=plain)
    ours = section['Inception'](3, (4, 5), (2, 3), 4)
    X = torch.randn(2, 6, 9, 9, requires_grad=True)
    ours(X)
    pairs = list(zip(ours.parameters(), theirs.parameters()))
    assert len(pairs) == 12
    assert ours.branches[2][1][0].kernel_size == (5, 5)
    with torch.no_grad():
        for a, b in pairs:
            a.copy_(b if a.shape == b.shape
                    else nn.functional.pad(b, (1, 1, 1, 1)))
    twin = X.detach().clone().requires_grad_()
    H, expected = ours(X), theirs(twin)
    assert H.shape == (2, 15, 9, 9)
    torch.testing.assert_close(H, expected)
    weights = torch.randn_like(H)
    (H * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(X.grad, twin.grad)
    for a, b in pairs:
        grad = (a.grad if a.shape == b.shape else a.grad[..., 1:-1, 1:-1])
        torch.testing.assert_close(grad, b.grad, rtol=1e-4, atol=1e-4)


def test_parameters_are_those_of_torchvision(full):
    net, _ = full
    with torch.device('meta'):
        theirs = torchvision.models.googlenet(
            weights=None, aux_logits=False, init_weights=False,
            num_classes=10)
    convs = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    reference = [m for m in theirs.modules() if isinstance(m, nn.Conv2d)]
    assert len(convs) == len(reference) == 57
    assert ([m.out_channels for m in convs]
            == [m.out_channels for m in reference])
    five = [m for m in convs if m.kernel_size == (5, 5)]
    assert len(five) == 9
    correction = (sum(m.out_channels for m in convs)    # norm for bias
                  + 2 * 64 * 49                         # color
                  - sum(m.in_channels * m.out_channels * 16 for m in five))
    assert (sum(p.numel() for p in net.parameters()) + correction
            == sum(p.numel() for p in theirs.parameters()))


def test_shapes_and_costs_of_the_blocks(full):
    """Channels, pixels of a side, and millions of multiply–adds."""
    _, costs = full
    expected = {'3a': (256, 28, 128), '3b': (480, 28, 304),
                '4a': (512, 14, 73), '4b': (512, 14, 88),
                '4c': (512, 14, 100), '4d': (528, 14, 119),
                '4e': (832, 14, 170), '5a': (832, 7, 51),
                '5b': (1024, 7, 71)}
    for name, (channels, size, millions) in expected.items():
        row = costs.loc[f'{name} Inception']
        assert row['output'] == f'{channels} × {size} × {size}'
        assert abs(row['multiply–adds'] / 1e6 - millions) < 1
    color = 2 * 64 * 49 * 112**2
    total = costs.loc['total', 'multiply–adds'] + color
    assert 1.4e9 < total < 1.7e9
    assert color == pytest.approx(79e6, rel=0.01)


def test_reduction_saves_what_the_text_says(section):
    with torch.device('meta'):
        block = section['Inception'](64, (96, 128), (16, 32), 32)
    cost = d2l.stage_costs(nn.Sequential(block), (1, 192, 28, 28))
    naive = 784 * 192 * (64 + 9 * 128 + 25 * 32)
    assert 1 - cost.loc['total', 'multiply–adds'] / naive == pytest.approx(
        0.58, abs=0.005)
    assert cost['output'].iloc[0] == '256 × 28 × 28'


def test_small_images_and_width(section):
    net = section['GoogleNet'](width=0.125, small=True, dropout=0.0)
    costs = d2l.stage_costs(net, (2, 1, 28, 28))
    assert costs.loc['3a Inception', 'output'] == '32 × 7 × 7'
    assert costs.loc['4a Inception', 'output'] == '64 × 4 × 4'
    assert costs.loc['5b Inception', 'output'] == '128 × 2 × 2'
    assert section['scaled']((64, (1, 16)), 0.125) == (8, (1, 2))


def test_he_start_keeps_the_signal(section):
    torch.manual_seed(0)
    X = torch.rand(16, 1, 28, 28) * torch.rand(16, 1, 1, 1)
    scales = {}
    for name, init in (('he', section['init_he']),
                       ('xavier', d2l.init_cnn)):
        net = section['GoogleNet'](width=0.25, small=True, dropout=0.0)
        net.apply_init([X], init)
        H = net.eval().net[:-1](X)
        scales[name] = (H.std(dim=0).square().mean().sqrt()
                        / X.std(dim=0).square().mean().sqrt()).item()
    assert scales['he'] > 0.1
    assert scales['xavier'] < 0.02


def test_gradient_reaches_every_branch(section):
    torch.manual_seed(0)
    net = section['GoogleNet'](width=0.25, small=True, dropout=0.0)
    X, y = torch.rand(16, 1, 28, 28), torch.arange(16) % 10
    net.apply_init([X], section['init_he'])
    net.loss(net(X), y).backward()
    for name in section['settings']:
        for branch in net.net.get_submodule(name).branches:
            assert any(p.grad.abs().max() > 0 for p in branch.parameters())
