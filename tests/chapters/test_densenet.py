"""Section 8.7: dense blocks and DenseNet against torchvision's."""

import pytest
import torch
import torchvision
from definitions import definitions
from torch import nn
from torch.utils.checkpoint import checkpoint

from d2l import torch as d2l

SECTION = 'convolutional-modern/densenet'
pytestmark = pytest.mark.usefixtures('one_thread')


@pytest.fixture(scope='module')
def section():
    """Functions and classes of the section, by name."""
    wanted = {'norm_relu_conv', 'DenseBlock', 'Transition', 'DenseNet',
              'run', 'saved_channels', 'losses'}
    names = {'torch': torch, 'nn': nn, 'd2l': d2l, 'checkpoint': checkpoint}
    return definitions(SECTION, wanted, names)


def count(net):
    return sum(p.numel() for p in net.parameters())


@pytest.mark.parametrize('name, channels, k, arch', [
    ('densenet121', 64, 32, (6, 12, 24, 16)),
    ('densenet161', 96, 48, (6, 12, 36, 24))])
def test_parameters_are_those_of_torchvision(section, name, channels, k,
                                             arch):
    with torch.device('meta'):
        ours = section['DenseNet'](channels, k, arch, bottleneck=4)
        theirs = getattr(torchvision.models, name)(weights=None,
                                                   num_classes=10)
    d2l.stage_costs(ours, (1, 3, 64, 64))       # color images
    assert count(ours) == count(theirs)


def test_gray_images_save_two_channels(section):
    with torch.device('meta'):
        ours = section['DenseNet'](64, 32, (6, 12, 24, 16), bottleneck=4)
    costs = d2l.stage_costs(ours, (1, 1, 224, 224))
    assert count(ours) + 2 * 64 * 49 == 6_964_106       # torchvision's
    convs = sum(isinstance(m, (nn.Conv2d, nn.Linear)) for m in ours.modules())
    assert convs == 121
    assert costs.loc['4 DenseBlock', 'output'] == '1024 × 7 × 7'


@pytest.mark.parametrize('training', [True, False])
def test_equals_torchvision_in_value_and_gradient(section, training):
    torch.manual_seed(0)
    theirs = torchvision.models.DenseNet(
        growth_rate=4, block_config=(2, 3), num_init_features=8, bn_size=4,
        num_classes=10)
    ours = section['DenseNet'](8, 4, (2, 3), bottleneck=4)
    X = torch.randn(6, 3, 32, 32, requires_grad=True)
    ours.apply_init([X])
    pairs = list(zip(ours.parameters(), theirs.parameters()))
    assert len(pairs) == len(list(theirs.parameters()))
    with torch.no_grad():
        for a, b in pairs:
            b.add_(0.1 * torch.randn_like(b))   # so that all of them count
            a.copy_(b)
    twin = X.detach().clone().requires_grad_()
    H, expected = ours.train(training)(X), theirs.train(training)(twin)
    torch.testing.assert_close(H, expected, rtol=1e-4, atol=1e-4)
    weights = torch.randn_like(H)
    (H * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(X.grad, twin.grad, rtol=1e-3, atol=1e-4)
    for a, b in pairs:
        assert b.grad.abs().max() > 0
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize('bottleneck', [0, 4])
def test_block_appends_and_keeps_what_was_there(section, bottleneck):
    block = section['DenseBlock'](3, 5, bottleneck)
    X = torch.randn(2, 4, 7, 7)
    H = block(X)
    assert H.shape == (2, 19, 7, 7)
    assert torch.equal(H[:, :4], X)
    first = block.layers[0](X)
    torch.testing.assert_close(H[:, 4:9], first)


def test_transition_and_old_signature(section):
    H = section['Transition'](10)(torch.randn(2, 23, 9, 8))
    assert H.shape == (2, 10, 4, 4)
    net = section['DenseNet']()                 # as old notebooks call it
    with torch.device('meta'):
        net = section['DenseNet'](64, 32, (4, 4, 4, 4), 0.1, 10)
    costs = d2l.stage_costs(net, (1, 1, 96, 96))
    assert costs.loc['4 DenseBlock', 'output'] == '248 × 3 × 3'
    assert net.lr == 0.1


@pytest.mark.parametrize('layers', [1, 4, 9])
def test_memory_is_that_of_the_formula(section, layers):
    c, k = 6, 5
    block = section['DenseBlock'](layers, k)
    X = torch.randn(1, c, 8, 8)
    block(X)
    saved = section['saved_channels'](block, X, False)
    assert saved == 2 * (layers * c + k * layers * (layers - 1) // 2)
    assert section['saved_channels'](block, X, True) == (
        c + k * (layers - 1))


def test_recomputing_changes_no_gradient(section):
    torch.manual_seed(0)
    block = section['DenseBlock'](3, 4, 2)
    X = torch.randn(5, 3, 8, 8)
    block(X)
    grads = []
    for recompute in (False, True):
        block.zero_grad()
        H = section['run'](block, X.requires_grad_(), recompute)
        torch.testing.assert_close(H, block(X))
        norm = block.layers[0][0]
        before = norm.num_batches_tracked.item()
        H.square().sum().backward()
        seen = norm.num_batches_tracked.item() - before
        assert seen == recompute                # once more, if recomputed
        grads.append([p.grad.clone() for p in block.parameters()])
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_losses_finds_the_source_that_counts(section):
    """And leaves the weights as they were."""
    torch.manual_seed(0)
    block = section['DenseBlock'](2, 4)
    X = torch.randn(2, 6, 5, 5)
    block(X)
    before = [p.clone() for p in block.parameters()]
    second = block.layers[1][-1].weight

    def score():                        # reads what layer 2 has from layer 1
        return 100 * (second[:, 6:].abs().sum() > 0).float()

    section['score'] = score
    lost = section['losses'](block)
    assert lost[0, 0] == 0 and lost[0, 1] == 0
    assert lost[1, 1] == 100
    assert lost[1, 0].isnan()
    for a, b in zip(before, block.parameters()):
        assert torch.equal(a, b)
