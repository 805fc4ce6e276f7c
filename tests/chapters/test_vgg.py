"""Section 8.2: the VGG family equals torchvision's."""

import pytest
import torch
import torchvision
from definitions import definitions
from torch import nn

from d2l import torch as d2l

SECTION = 'convolutional-modern/vgg'
WANTED = {'conv', 'init_he', 'vgg_block', 'VGG', 'Compared', 'convs', 'archs'}
PARAMETERS = {'VGG-11': 132_863_336, 'VGG-13': 133_047_848,
              'VGG-16': 138_357_544, 'VGG-19': 143_667_240}


@pytest.fixture(scope='module')
def section():
    """The functions, classes and tables that the section defines."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l}
    return definitions(SECTION, WANTED, names)


@pytest.mark.parametrize('name', PARAMETERS)
def test_family_equals_torchvision(section, name):
    """Shapes of all parameters, and the published totals."""
    with torch.device('meta'):
        net = section['VGG'](section['archs'][name], num_classes=1000)
        net(torch.empty(1, 3, 224, 224))
        build = getattr(torchvision.models, name.lower().replace('-', ''))
        other = build(num_classes=1000)
    shapes = [p.shape for p in net.parameters()]
    assert shapes == [p.shape for p in other.parameters()]
    assert sum(p.numel() for p in net.parameters()) == PARAMETERS[name]


def test_names_count_the_layers_with_weights(section):
    for name, arch in section['archs'].items():
        assert sum(n for n, _ in arch) + 3 == int(name.split('-')[1])


def test_multiply_adds_of_vgg11(section):
    with torch.device('meta'):
        net = section['VGG'](section['archs']['VGG-11'], num_classes=1000)
    table = d2l.stage_costs(net, (1, 3, 224, 224))
    assert list(table['output'][:6]) == [
        '64 × 112 × 112', '128 × 56 × 56', '256 × 28 × 28', '512 × 14 × 14',
        '512 × 7 × 7', '25088']
    assert table['multiply–adds'].iloc[-1] == 7_609_090_048
    assert table['parameters'].iloc[-1] == PARAMETERS['VGG-11']
    assert table['parameters'].iloc[:5].sum() == 9_220_480


def test_blocks_equal_torchvision_with_the_same_weights(section):
    torch.manual_seed(0)
    vgg = torchvision.models.vgg
    theirs = vgg.make_layers(vgg.cfgs['A'])
    blocks = section['VGG'](section['archs']['VGG-11']).net[:5]
    X = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        blocks(X)
        for a, b in zip(blocks.parameters(), theirs.parameters(),
                        strict=True):
            a.copy_(b)
        torch.testing.assert_close(blocks(X), theirs(X))


def test_block_halves_the_sides(section):
    block = section['vgg_block'](3, 5)
    assert block(torch.zeros(2, 4, 14, 14)).shape == (2, 5, 7, 7)
    kernels = [p.shape for p in block.parameters() if p.dim() > 1]
    assert kernels == [(5, 4, 3, 3), (5, 5, 3, 3), (5, 5, 3, 3)]


@pytest.mark.parametrize('k', [1, 2, 3])
def test_receptive_field_of_a_stack(section, k):
    """k layers of 3 × 3 see exactly 2 k + 1 pixels in either direction."""
    stack = nn.Sequential(*(section['conv'](2, 3) for _ in range(k)))
    X = torch.rand(1, 1, 15, 15).requires_grad_()
    stack(X)
    for p in stack.parameters():
        nn.init.constant_(p, 0.1)
    stack(X)[0, 0, 7, 7].backward()
    seen = X.grad[0, 0] != 0
    inside = torch.zeros(15, 15, dtype=torch.bool)
    inside[7 - k:8 + k, 7 - k:8 + k] = True
    assert seen.equal(inside)


@pytest.mark.parametrize('k', [2, 3])
def test_weights_of_a_stack(section, k):
    conv = section['conv']
    c = 6
    X = torch.zeros(1, c, 8, 8)

    def weights(*layers):
        net = nn.Sequential(*layers)
        assert net(X).shape == X.shape
        return sum(p.numel() for p in net.parameters() if p.dim() > 1)

    assert weights(*(conv(c, 3) for _ in range(k))) == 9 * k * c * c
    assert weights(conv(c, 2 * k + 1)) == (2 * k + 1) ** 2 * c * c


def test_width_and_calls_of_old_notebooks(section):
    net = section['VGG'](((1, 16), (2, 32)), 0.05, 3, width=0.5)
    assert net.lr == 0.05 and isinstance(net, d2l.Classifier)
    assert net(torch.zeros(2, 1, 8, 8)).shape == (2, 3)
    assert [len(p) for p in net.parameters() if p.dim() > 1] == [
        8, 16, 16, 2048, 2048, 3]


def test_compared_networks_see_equally_far(section):
    """They have the same shapes outside of the convolutions compared."""
    shapes = []
    for kernels in ([5], [3, 3]):
        net = section['Compared'](kernels)
        net(torch.zeros(1, 1, 28, 28))
        shapes.append([tuple(p.shape) for p in net.net[-1].parameters()])
    assert shapes[0] == shapes[1] == [(10, 72), (10,)]


def test_init_he_has_variance_two_over_inputs(section):
    torch.manual_seed(0)
    for layer, n in ((nn.Linear(200, 500), 200), (nn.Conv2d(40, 80, 5), 1000)):
        bias = layer.bias.detach().clone()
        section['init_he'](layer)
        assert abs(layer.weight.var().item() * n / 2 - 1) < 0.02
        assert layer.bias.equal(bias)
    section['init_he'](nn.ReLU())                   # left alone
