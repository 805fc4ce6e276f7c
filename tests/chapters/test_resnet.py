"""Section 8.6: residual blocks and networks against torchvision's."""
from collections import OrderedDict

import pytest
import torch
import torchvision
from definitions import definitions
from torch import nn
from torch.nn import functional as F
from torchvision.models.resnet import BasicBlock, Bottleneck

from d2l import torch as d2l

SECTION = 'convolutional-modern/resnet'
WANTED = {'Plain', 'ResNet', 'stage', 'adjoint_norms'}
ARCHS = {18: ((2, 64), (2, 128), (2, 256), (2, 512)),
         34: ((3, 64), (4, 128), (6, 256), (3, 512)),
         50: ((3, 256), (4, 512), (6, 1024), (3, 2048))}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l,
             'OrderedDict': OrderedDict, 'Residual': d2l.Residual}
    return definitions(SECTION, WANTED, names)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def shortcut(channels_in, channels, stride):
    return nn.Sequential(nn.Conv2d(channels_in, channels, 1, stride,
                                   bias=False), nn.BatchNorm2d(channels))


def twins(ours, theirs, X):
    """Give `ours` the tensors of `theirs`, in the order of definition."""
    ours(X)
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias)
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    a, b = ours.state_dict(), theirs.state_dict()
    assert [t.shape for t in a.values()] == [t.shape for t in b.values()]
    ours.load_state_dict(dict(zip(a, b.values())))
    return ours, theirs


def agree(ours, theirs, X, mode):
    """Same values and gradients, of the input and of all parameters."""
    results = []
    for net in (ours, theirs):
        net.train(mode)
        x = X.clone().requires_grad_()
        out = net(x)
        weights = torch.linspace(-1, 1, out.numel()).reshape(out.shape)
        grads = torch.autograd.grad((out * weights).sum(),
                                    [x, *net.parameters()])
        results.append((out, *grads))
    for a, b in zip(*results, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


# -- Residual -----------------------------------------------------------------

@pytest.mark.parametrize('mode', [True, False], ids=['train', 'eval'])
@pytest.mark.parametrize(('channels', 'strides'), [(6, 1), (10, 1), (10, 2),
                                                   (6, 3)])
def test_residual_equals_torchvision(channels, strides, mode):
    X = torch.randn(3, 6, 9, 8)
    project = (channels, strides) != (6, 1)
    ours = d2l.Residual(channels, use_1x1conv=project, strides=strides)
    theirs = BasicBlock(6, channels, strides, shortcut(6, channels, strides)
                        if project else None)
    agree(*twins(ours, theirs, X), X, mode)


def test_residual_written_out():
    block, X = d2l.Residual(4), torch.randn(2, 4, 5, 5)
    block(X)
    block.eval()

    def normalize(H, bn):
        return F.batch_norm(H, bn.running_mean, bn.running_var, bn.weight,
                            bn.bias)

    H = normalize(F.conv2d(X, block.conv1.weight, padding=1), block.bn1)
    H = normalize(F.conv2d(H.relu(), block.conv2.weight, padding=1),
                  block.bn2)
    torch.testing.assert_close(block(X), (X + H).relu())
    torch.testing.assert_close(block.residual(X), H)


def test_residual_is_the_identity_where_gamma_is_zero():
    block, X = d2l.Residual(4), torch.rand(2, 4, 5, 5)
    block(X)
    nn.init.zeros_(block.bn2.weight)
    assert block(X).equal(X)


def test_residual_has_the_attributes_of_old_notebooks():
    block = d2l.Residual(4, True, 2)
    assert block.conv3.kernel_size == (1, 1)
    assert block(torch.rand(2, 3, 5, 5)).shape == (2, 4, 3, 3)
    for conv in (block.conv1, block.conv2, block.conv3):
        assert conv.bias is None
    assert {'conv1', 'bn1', 'conv2', 'bn2'} <= set(dict(
        block.named_children()))
    assert d2l.Residual(4).conv3 is None


@pytest.mark.parametrize('kwargs', [
    {'num_channels': 0}, {'num_channels': 2.5}, {'num_channels': 'wide'},
    {'num_channels': 4, 'strides': 0}, {'num_channels': 4, 'strides': 1.5}])
def test_residual_refuses_sizes(kwargs):
    with pytest.raises(ValueError, match='must be a positive integer'):
        d2l.Residual(**kwargs)


@pytest.mark.parametrize(('channels', 'strides'), [(3, 1), (1, 1), (4, 2)])
def test_residual_refuses_to_add_other_shapes(channels, strides):
    block = d2l.Residual(4, strides=strides)
    with pytest.raises(ValueError, match='use_1x1conv=True'):
        block(torch.rand(2, channels, 6, 6))


# -- ResNeXtBlock -------------------------------------------------------------

@pytest.mark.parametrize('mode', [True, False], ids=['train', 'eval'])
@pytest.mark.parametrize(('width', 'bot_mul', 'channels_in', 'strides'), [
    (8, 0.25, 32, 1), (4, 0.5, 32, 1), (2, 0.5, 12, 1), (2, 1, 12, 2),
    (1, 1, 32, 2)])
def test_resnext_equals_torchvision(width, bot_mul, channels_in, strides,
                                    mode):
    X = torch.randn(3, channels_in, 7, 6)
    groups = int(32 * bot_mul) // width
    project = (channels_in, strides) != (32, 1)
    ours = d2l.ResNeXtBlock(32, width, bot_mul, project, strides)
    theirs = Bottleneck(
        channels_in, 8, strides, shortcut(channels_in, 32, strides)
        if project else None, groups, base_width=8 * width)
    agree(*twins(ours, theirs, X), X, mode)


def test_resnext_attributes():
    block = d2l.ResNeXtBlock(32, 8, 0.5)
    block(torch.rand(2, 32, 4, 4))
    assert block.conv4 is None and block.bn4 is None
    assert block.conv1.out_channels == block.conv2.out_channels == 16
    assert block.conv2.groups == 2 and block.conv3.out_channels == 32
    assert block.conv2.weight.shape == (16, 8, 3, 3)


@pytest.mark.parametrize(('args', 'number'), [
    ((32, 16, 1), 2), ((32, 16, 0.5), 1), ((32, 1, 1), 32),
    ((256, 4, 0.5), 32)])
def test_groups_is_the_width_of_a_group_as_in_old_notebooks(args, number):
    block = d2l.ResNeXtBlock(*args)
    assert block.conv2.groups == number
    block(torch.rand(2, args[0], 4, 4))
    assert block.conv2.weight.shape[1] == args[1]


@pytest.mark.parametrize(('args', 'words'), [
    ((0, 1, 1), 'num_channels must be'),
    ((32, 0, 1), 'groups must be'),
    ((32, 2.0, 1), 'groups must be'),
    ((32, 4, 0), r'num_channels \* bot_mul must be'),
    ((32, 4, 1, False, 0), 'strides must be'),
    ((32, 5, 1), '32 channels .* divided into groups of 5 channels'),
    ((32, 32, 0.5), '16 channels .* divided into groups of 32 channels')])
def test_resnext_refuses(args, words):
    with pytest.raises(ValueError, match=words):
        d2l.ResNeXtBlock(*args)


@pytest.mark.parametrize(('channels', 'strides'), [(16, 1), (1, 1), (32, 2)])
def test_resnext_refuses_to_add_other_shapes(channels, strides):
    block = d2l.ResNeXtBlock(32, 4, 0.5, strides=strides)
    with pytest.raises(ValueError, match='use_1x1conv=True'):
        block(torch.rand(2, channels, 6, 6))


def test_groups_are_paths():
    """A block with groups is the sum of narrow bottlenecks."""
    block, X = d2l.ResNeXtBlock(16, 2, 0.5), torch.randn(2, 16, 5, 5)
    block(X)
    block.eval()
    total = 0
    for i in range(4):
        own = slice(2 * i, 2 * i + 2)
        H = F.conv2d(X, block.conv1.weight[own])
        H = F.relu(H / (block.bn1.running_var[own] + 1e-5).sqrt()[:, None,
                                                                  None]
                   - (block.bn1.running_mean[own] / (
                       block.bn1.running_var[own] + 1e-5).sqrt())[:, None,
                                                                  None])
        H = F.conv2d(H, block.conv2.weight[own], padding=1)
        scale = (block.bn2.running_var[own] + 1e-5).sqrt()[:, None, None]
        H = F.relu((H - block.bn2.running_mean[own][:, None, None]) / scale)
        total = total + F.conv2d(H, block.conv3.weight[:, own])
    torch.testing.assert_close(block(X), F.relu(X + block.bn3(total)),
                               rtol=1e-4, atol=1e-5)


# -- whole networks -----------------------------------------------------------

def count(model):
    return sum(p.numel() for p in model.parameters())


def on_meta(make, channels=3):
    with torch.device('meta'):
        model = make()
        model(torch.zeros(1, channels, 64, 64))
    return model


def test_resnet18_has_the_parameters_of_torchvision(section):
    ours = on_meta(lambda: section['ResNet'](ARCHS[18], num_classes=1000))
    assert count(ours) == 11_689_512


@pytest.mark.parametrize(('name', 'depth', 'args'), [
    ('resnet18', 18, None), ('resnet34', 34, None),
    ('resnet50', 50, (1, 0.25)), ('resnext50_32x4d', 50, (32, 0.5))])
def test_parameters_of_full_size_networks(section, name, depth, args):
    def block(channels, use_1x1conv=False, strides=1):
        groups, bot_mul = args
        width = round(channels * bot_mul) // groups
        return d2l.ResNeXtBlock(channels, width, bot_mul, use_1x1conv,
                                strides)

    kwargs = {'block': block} if args else {}
    ours = on_meta(lambda: section['ResNet'](ARCHS[depth], **kwargs))
    with torch.device('meta'):
        theirs = getattr(torchvision.models, name)(num_classes=10)
    assert ([p.shape for p in ours.parameters()]
            == [p.shape for p in theirs.parameters()])


def test_gray_images_save_two_of_three_kernels_in_the_stem(section):
    color, gray = (count(on_meta(lambda: section['ResNet'](ARCHS[18]), n))
                   for n in (3, 1))
    assert color - gray == 2 * 64 * 7 * 7


@pytest.mark.parametrize('mode', [True, False], ids=['train', 'eval'])
def test_resnet18_equals_torchvision(section, mode):
    X = torch.randn(2, 3, 64, 64)
    ours, theirs = twins(section['ResNet'](ARCHS[18]),
                         torchvision.models.resnet18(num_classes=10), X)
    ours.train(mode), theirs.train(mode)
    with torch.no_grad():
        torch.testing.assert_close(ours(X), theirs(X), rtol=1e-3, atol=1e-3)


def test_plain_networks_lack_only_the_shortcuts(section):
    X = torch.rand(2, 1, 28, 28)
    residual, plain = (
        section['ResNet'](((2, 32), (2, 64)), width=0.25, block=block)
        for block in (d2l.Residual, section['Plain']))
    for model in (residual, plain):
        model.apply_init([X], d2l.init_cnn)
        assert model(X).shape == (2, 10)
    # two projections: 16 to 8 channels in stage 1, 8 to 16 in stage 2
    assert count(residual) - count(plain) == 16 * 8 + 2 * 8 + 8 * 16 + 2 * 16


def test_norms_of_gradients(section):
    X, y = torch.rand(32, 1, 28, 28), torch.arange(32) % 10
    plain, residual, identity = (
        section['adjoint_norms'](block, X, y, depth=12, gamma=gamma)
        for block, gamma in ((section['Plain'], None), (d2l.Residual, None),
                             (d2l.Residual, 0)))
    assert all(len(norms) == 12 for norms in (plain, residual, identity))
    assert plain[0] / plain[-1] > 3 * residual[0] / residual[-1]
    assert identity == pytest.approx([identity[0]] * 12, rel=1e-4)
