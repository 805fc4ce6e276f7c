"""Section 8.8: AnyNet and RegNet against torchvision and the paper."""
import math
import random
from collections import OrderedDict
from itertools import groupby

import pytest
import torch
import torchvision
from definitions import definitions
from torch import nn

from d2l import torch as d2l

SECTION = 'convolutional-modern/cnn-design'
WANTED = {'stem', 'stage', 'head', 'AnyNet', 'multiply_adds', 'draw',
          'rising', 'sample', 'edf', 'wins', 'regnet_arch', 'RegNetX32'}
# d, w_0, w_a, w_m, group width; published depths, widths and parameters
# in millions
PUBLISHED = {
    '200MF': ((13, 24, 36.44, 2.49, 8),
              [1, 1, 4, 7], [24, 56, 152, 368], 2.7),
    '400MF': ((22, 24, 24.48, 2.54, 16),
              [1, 2, 7, 12], [32, 64, 160, 384], 5.2),
    '800MF': ((16, 56, 35.73, 2.28, 16),
              [1, 3, 7, 5], [64, 128, 288, 672], 7.3),
    '1.6GF': ((18, 80, 34.01, 2.25, 24),
              [2, 4, 10, 2], [72, 168, 408, 912], 9.2),
    '3.2GF': ((25, 88, 26.31, 2.25, 48),
              [2, 6, 15, 2], [96, 192, 432, 1008], 15.3),
    '8.0GF': ((23, 80, 49.56, 2.88, 120),
              [2, 5, 15, 1], [80, 240, 720, 1920], 39.6),
    '32GF': ((23, 320, 69.86, 2.0, 168),
             [2, 7, 13, 1], [336, 672, 1344, 2520], 107.8),
}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l, 'math': math,
             'random': random, 'OrderedDict': OrderedDict, 'groupby': groupby,
             'num_nets': 3}
    return definitions(SECTION, WANTED, names)


def count(model):
    return sum(p.numel() for p in model.parameters())


def full_size(section, arch):
    """An AnyNet for ImageNet, with shapes but without numbers."""
    with torch.device('meta'):
        model = section['AnyNet'](arch, 32, num_classes=1000)
        model.eval()(torch.empty(1, 3, 224, 224))
    return model


@pytest.mark.parametrize('name', PUBLISHED)
def test_rule_gives_the_published_networks(section, name):
    setting, depths, widths, millions = PUBLISHED[name]
    arch = section['regnet_arch'](*setting)
    assert [row[0] for row in arch] == depths
    assert [row[1] for row in arch] == widths
    assert [row[2] for row in arch] == [min(setting[-1], w) for w in widths]
    assert round(count(full_size(section, arch)) / 1e6, 1) == millions


def test_costs_of_400mf(section):
    model = full_size(section, section['regnet_arch'](*PUBLISHED['400MF'][0]))
    total = d2l.stage_costs(model, (1, 3, 224, 224)).loc['total']
    assert total['parameters'] == 5_157_512
    assert total['multiply–adds'] == pytest.approx(400e6, rel=0.02)


@pytest.mark.parametrize('name', ['400MF', '800MF', '3.2GF'])
def test_parameters_equal_torchvision(section, name):
    other = getattr(torchvision.models,
                    f'regnet_x_{name.lower().replace(".", "_")}')()
    arch = list(section['regnet_arch'](*PUBLISHED[name][0]))
    if name == '400MF':                      # 24.5 groups, rounded up there
        depth, width, group, b = arch[-1]
        assert count(full_size(section, arch)) != count(other)
        arch[-1] = depth, width + group, group, b
    assert count(full_size(section, arch)) == count(other)


def test_outputs_and_gradients_equal_torchvision(section):
    params = torchvision.models.regnet.BlockParams.from_init_params(
        depth=4, w_0=16, w_a=12, w_m=2.0, group_width=8)
    torch.manual_seed(0)
    other = torchvision.models.regnet.RegNet(params, num_classes=10).double()
    arch = section['regnet_arch'](4, 16, 12, 2.0, 8)
    assert [row[1] for row in arch] == params.widths
    assert len(arch) > 1 and max(row[0] for row in arch) > 1
    model = section['AnyNet'](arch, 32).double()
    X = torch.randn(4, 3, 64, 64, dtype=torch.float64)
    model(X)
    theirs = [other.stem, *(b for s in other.trunk_output for b in s),
              other.fc]
    ours = [model.net.stem,
            *(b for name, s in model.net.named_children()
              if name.startswith('stage') for b in s), model.net.head]
    for mine, copy in zip(ours, theirs, strict=True):
        for a, b in zip(aligned(mine), aligned(copy), strict=True):
            a.load_state_dict(b.state_dict())
    for mode in (True, False):
        model.train(mode), other.train(mode)
        model.zero_grad(), other.zero_grad()
        a, b = model(X), other(X)
        torch.testing.assert_close(a, b)
        a.square().sum().backward(), b.square().sum().backward()
        torch.testing.assert_close(model.net.stem[0].weight.grad,
                                   other.stem[0].weight.grad)


def aligned(module):
    """Layers with parameters in one order for both implementations."""
    if hasattr(module, 'conv1'):             # ours: convolution, norm pairs
        pairs = [(module.conv1, module.bn1), (module.conv2, module.bn2),
                 (module.conv3, module.bn3)]
        if getattr(module, 'conv4', None) is not None:
            pairs.append((module.conv4, module.bn4))
    elif hasattr(module, 'f'):               # torchvision's block
        parts = [module.f.a, module.f.b, module.f.c]
        if module.proj is not None:
            parts.append(module.proj)
        pairs = [(part[0], part[1]) for part in parts]
    else:                                    # stem or head
        return [m for m in module.modules()
                if isinstance(m, (nn.Conv2d, nn.BatchNorm2d, nn.Linear))]
    return [layer for pair in pairs for layer in pair]


@pytest.mark.parametrize('n', [28, 31, 64])
@pytest.mark.parametrize('arch', [
    ((1, 16, 8, 1), (2, 32, 8, 1), (2, 64, 8, 1)),
    ((3, 24, 4, 1), (1, 8, 4, 1)), ((2, 40, 8, 1),)])
def test_formula_of_costs_equals_the_count(section, arch, n):
    with torch.device('meta'):
        model = section['AnyNet'](arch, 8)
    total = d2l.stage_costs(model, (1, 1, n, n)).loc['total']
    assert total['multiply–adds'] == section['multiply_adds'](arch, n=n)


def test_samples_obey_their_rules(section):
    rng = random.Random(1)
    free = section['sample'](60, rng)
    assert not all(map(section['rising'], free))
    for arch in section['sample'](60, rng, section['rising']) + free:
        assert 1.5e5 <= section['multiply_adds'](arch, n=20) <= 1.8e5
        assert len(arch) == 3
        for depth, width, group, b in arch:
            assert 1 <= depth <= 2 and (group, b) == (8, 1)
            assert 8 <= width <= 128 and width % 8 == 0
    assert section['rising'](((1, 8, 8, 1), (1, 8, 8, 1), (1, 16, 8, 1)))
    assert not section['rising'](((1, 16, 8, 1), (1, 8, 8, 1)))


def test_statistics(section):
    e = torch.tensor([0.3, 0.1, 0.2, 0.2])
    F = section['edf'](e, torch.tensor([0.1, 0.15, 0.2, 0.25, 1]))
    assert F.tolist() == [0, 0.25, 0.25, 0.75, 1]
    assert section['edf'](e.expand(7, 4), torch.zeros(9)).shape == (7, 9)
    rows = torch.tensor([[3., 3, 3, 1, 2, 2], [1, 1, 1, 2, 2, 1]])
    assert section['wins'](rows).tolist() == [1, pytest.approx(1.5 / 9)]


@pytest.mark.parametrize('width', [1, 0.5])
def test_small_regnet(section, width):
    model = section['RegNetX32'](width=width)
    assert model.arch == ((2, 32 * width, 16 * width, 1),
                          (4, 80 * width, 16 * width, 1))
    groups = [m.groups for m in model.modules() if isinstance(m, nn.Conv2d)
              and m.kernel_size == (3, 3)]
    assert groups == [1] + [2] * 2 + [5] * 4
    assert (model.lr, model.num_classes) == (0.1, 10)
    assert model(torch.rand(3, 1, 28, 28)).shape == (3, 10)
    assert model.net.stem[0].out_channels == 32 * width


def test_old_signature(section):
    model = section['AnyNet'](((1, 16, 8, 1),), 8, 0.2, 7)
    assert isinstance(model, d2l.Classifier)
    assert (model.stem_channels, model.lr) == (8, 0.2)
    assert model(torch.rand(2, 1, 16, 16)).shape == (2, 7)


def test_learning_rate_falls_to_zero(section):
    model = section['AnyNet'](((1, 8, 8, 1),), 8, 0.2)
    model.board.display = False
    batches = [(torch.rand(4, 1, 8, 8), torch.arange(4))] * 5
    rates = []

    class Data(d2l.DataModule):
        def get_dataloader(self, train):
            return batches if train else None

    model.apply_init([batches[0][0]], d2l.init_cnn)
    trainer = d2l.Trainer(max_epochs=2)
    trainer.prepare_data(Data())
    trainer.prepare_model(model)
    optim = model.configure_optimizers()
    for _ in range(10):
        rates.append(optim.param_groups[0]['lr'])
        model.loss(model(batches[0][0]), batches[0][1]).backward()
        optim.step()
    torch.testing.assert_close(torch.tensor(rates),
                               0.2 * torch.arange(10, 0, -1) / 10)
    assert optim.param_groups[0]['lr'] < 1e-12


@pytest.mark.parametrize('arch', [(), ((1, 16, 8),), ((1, 16, 8, 1, 2),)])
def test_bad_arch(section, arch):
    with pytest.raises(ValueError, match='row'):
        section['AnyNet'](arch, 8)


@pytest.mark.parametrize('setting', [
    (0, 24, 24, 2.5, 8), (10, 0, 24, 2.5, 8), (10, 24, -1, 2.5, 8),
    (10, 24, 24, 1, 8), (10, 24, 24, 2.5, 0)])
def test_bad_regnet(section, setting):
    with pytest.raises(ValueError, match='w_m > 1'):
        section['regnet_arch'](*setting)
