"""Section 8.1: AlexNet has the published sizes, and trains as described."""

import pytest
import torch
import torchvision
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'convolutional-modern/alexnet'
WANTED = {'AlexNet', 'random_view', 'count'}
ONE_STREAM, TWO_STREAMS = 62_378_344, 60_965_224
TORCHVISION = 61_100_840


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l}
    return definitions(SECTION, WANTED, names)


@pytest.fixture(scope='module')
def AlexNet(section):
    return section['AlexNet']


def costs(AlexNet, **kwargs):
    with torch.device('meta'):
        net = AlexNet(num_classes=1000, **kwargs)
    return d2l.stage_costs(net, (1, 3, 224, 224))


@pytest.mark.parametrize(('kwargs', 'parameters', 'connections'), [
    ({}, ONE_STREAM, 1_135_256_096),
    ({'groups': 2}, TWO_STREAMS, 724_406_816),
    ({'channels': (64, 192, 384, 256, 256)}, TORCHVISION, 714_188_480)])
def test_sizes_on_imagenet(AlexNet, kwargs, parameters, connections):
    total = costs(AlexNet, **kwargs).iloc[-1]
    assert total['parameters'] == parameters
    assert total['multiply–adds'] == connections


def test_parameters_layer_by_layer(AlexNet):
    """From the paper: kernels as 48 × 5 × 5 and so on, plus biases."""
    with torch.device('meta'):
        net = AlexNet(num_classes=1000, groups=2)
        net(torch.empty(1, 3, 224, 224))
    shapes = [tuple(p.shape) for p in net.parameters() if p.dim() > 1]
    assert shapes == [
        (96, 3, 11, 11), (256, 48, 5, 5), (384, 256, 3, 3),
        (384, 192, 3, 3), (256, 192, 3, 3), (4096, 9216), (4096, 4096),
        (1000, 4096)]


def test_torchvision_has_the_channels_of_the_later_report(AlexNet):
    with torch.device('meta'):
        other = torchvision.models.alexnet(num_classes=1000)
    assert sum(p.numel() for p in other.parameters()) == TORCHVISION


def test_stages_equal_torchvision_with_the_same_weights(AlexNet):
    torch.manual_seed(0)
    stages = AlexNet(channels=(64, 192, 384, 256, 256)).net[:5]
    X = torch.randn(1, 3, 224, 224)
    with torch.device('meta'):
        theirs = torchvision.models.alexnet().features
    theirs = theirs.to_empty(device='cpu')
    with torch.no_grad():
        Y = stages(X)
        for a, b in zip(theirs.parameters(), stages.parameters(),
                        strict=True):
            a.copy_(b)
        torch.testing.assert_close(theirs(X), Y)


def test_output_shapes(AlexNet):
    outputs = list(costs(AlexNet)['output'][:8])
    assert outputs == ['96 × 27 × 27', '256 × 13 × 13', '384 × 13 × 13',
                       '384 × 13 × 13', '256 × 6 × 6', '9216', '4096',
                       '4096']


def test_where_parameters_and_work_are(AlexNet):
    """The percentages that the text quotes."""
    table = costs(AlexNet)
    dense = [name for name in table.index if name.startswith('dense')]
    total, dense = table.iloc[-1], table.loc[dense].sum()
    assert len(table) == 10
    assert round(100 * dense['parameters'] / total['parameters']) == 94
    assert round(100 - 100 * dense['multiply–adds']
                 / total['multiply–adds']) == 95


def test_smallest_input(AlexNet):
    net = AlexNet(width=1 / 16).eval()
    assert net(torch.zeros(1, 1, 63, 63)).shape == (1, 10)
    with pytest.raises(RuntimeError):
        AlexNet(width=1 / 16).eval()(torch.zeros(1, 1, 62, 62))


def test_width_scales_channels_and_units(AlexNet):
    net = AlexNet(width=0.125, num_classes=7)
    net(torch.zeros(1, 1, 64, 64))
    sizes = [len(p) for p in net.parameters() if p.dim() > 1]
    assert sizes == [12, 32, 48, 48, 32, 512, 512, 7]


def test_calls_of_old_notebooks(AlexNet):
    assert AlexNet(0.01).lr == 0.01
    net = AlexNet(0.01, 5)
    assert net.num_classes == 5 and isinstance(net, d2l.Classifier)


def test_dropout_acts_in_training_only(AlexNet):
    torch.manual_seed(0)
    net = AlexNet(width=1 / 16)
    X = torch.randn(2, 1, 64, 64)
    net(X)
    net.train()
    assert not net(X).equal(net(X))
    net.eval()
    assert net(X).equal(net(X))


def test_kernel_gradient_is_a_sum_of_patches(AlexNet):
    """Equation eq_alexnet_patches, with the delta of autograd."""
    torch.manual_seed(0)
    net = AlexNet(width=1 / 16).eval()
    X, y = torch.rand(3, 1, 64, 64), torch.tensor([0, 3, 9])
    net(X)
    conv = net.net[0][0]
    seen = []

    def keep(module, inputs, output):
        output.retain_grad()
        seen.append(output)

    conv.register_forward_hook(keep)
    net.loss(net(X), y).backward()
    delta = seen[0].grad.flatten(2)                  # (3, channels, places)
    patches = F.unfold(X, 11, padding=2, stride=4)   # (3, 121, places)
    expected = torch.einsum('ncp,nkp->ck', delta, patches)
    torch.testing.assert_close(conv.weight.grad.flatten(1), expected)


def test_random_view(section):
    view = section['random_view']
    X = torch.arange(36.).reshape(1, 6, 6)
    crops = {(i, j, flip): (X[:, i:i + 4, j:j + 4].flip(-1) if flip
                            else X[:, i:i + 4, j:j + 4])
             for i in range(3) for j in range(3) for flip in (False, True)}
    torch.manual_seed(0)
    seen = set()
    for _ in range(300):
        Y = view(X, 4)
        found = [key for key, crop in crops.items() if crop.equal(Y)]
        assert len(found) == 1
        seen.update(found)
    assert len(seen) == 18                           # all of them occur
    assert view(X, 6).shape == X.shape
