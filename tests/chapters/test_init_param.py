"""Section 6.3: initializations, and the ruler that they are measured with."""
import math
import zlib

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

SECTION = 'builders-guide/init-param'
WANTED = {'make_net', 'init_he', 'surprise', 'init_from_labels',
          'init_orthogonal', 'init_by_name', 'Net'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'math': math, 'zlib': zlib}
    return definitions(SECTION, WANTED, names)


def test_default_of_linear_is_uniform_with_one_over_root_n(section):
    torch.manual_seed(0)
    layer = nn.Linear(100, 400)
    for param in (layer.weight, layer.bias):
        assert param.abs().max() <= 0.1
        assert abs(section['surprise'](param, 0.1 / 3 ** 0.5, 1.8)) < 4
    torch.manual_seed(0)
    weight = torch.empty(400, 100)
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5))
    torch.testing.assert_close(weight, layer.weight.detach())


def test_he_reaches_every_linear_layer(section):
    torch.manual_seed(0)
    net = section['make_net']()
    net.apply(section['init_he'])
    for layer in (net[0], net[2]):
        std = math.sqrt(2 / layer.in_features)
        assert abs(section['surprise'](layer.weight, std)) < 4
        assert not layer.bias.any()


@pytest.mark.parametrize(('draw', 'std', 'kurtosis'), [
    (torch.randn, 1.0, 3.0), (torch.rand, 12 ** -0.5, 1.8)])
def test_surprise_is_measured_in_standard_errors(section, draw, std,
                                                 kurtosis):
    torch.manual_seed(0)
    values = torch.tensor([section['surprise'](draw(400), std, kurtosis)
                           for _ in range(1000)])
    assert abs(values.mean()) < 0.15
    assert abs(values.std() - 1) < 0.1


def test_wrong_scale_is_noticed(section):
    torch.manual_seed(0)
    weight, std = torch.empty(400, 100), math.sqrt(2 / 100)
    nn.init.kaiming_normal_(weight, nonlinearity='relu')
    assert abs(section['surprise'](weight, std)) < 4
    nn.init.kaiming_normal_(weight, mode='fan_out', nonlinearity='relu')
    assert abs(section['surprise'](weight, std)) > 100


def test_loss_starts_at_the_entropy_of_the_labels(section):
    torch.manual_seed(0)
    labels = torch.tensor([0] * 90 + [1] * 9 + [2])
    net = section['make_net']()
    section['init_from_labels'](net[4], labels)
    freq = torch.tensor([0.90, 0.09, 0.01])
    loss = F.cross_entropy(net(torch.randn(100, 100)), labels)
    torch.testing.assert_close(loss.detach(), -(freq * freq.log()).sum(),
                               atol=2e-3, rtol=0)


@pytest.mark.parametrize('shape', [(5, 5), (8, 3), (3, 8)])
def test_orthogonal_equals_torch(section, shape):
    ours, theirs = torch.empty(shape), torch.empty(shape)
    torch.manual_seed(0)
    section['init_orthogonal'](ours)
    torch.manual_seed(0)
    nn.init.orthogonal_(theirs)
    torch.testing.assert_close(ours, theirs)
    short = ours if shape[0] <= shape[1] else ours.T
    torch.testing.assert_close(short @ short.T, torch.eye(min(shape)),
                               atol=1e-5, rtol=0)


def test_weights_by_name_do_not_depend_on_the_order(section):
    nets = []
    for extra in (False, True):
        torch.manual_seed(0)
        nets.append(section['Net'](extra))
    assert not torch.equal(nets[0].out.weight, nets[1].out.weight)
    for net in nets:
        section['init_by_name'](net, seed=1)
    assert torch.equal(nets[0].out.weight, nets[1].out.weight)
    before = nets[0].out.weight.clone()
    section['init_by_name'](nets[0], seed=2)
    assert not torch.equal(before, nets[0].out.weight)
    big = nn.Sequential(nn.Linear(100, 400))
    section['init_by_name'](big, seed=3)
    assert abs(section['surprise'](big[0].weight, math.sqrt(0.02))) < 4


def test_fan_is_undefined_for_a_vector():
    with pytest.raises(ValueError, match='fewer than 2 dimensions'):
        nn.init.xavier_uniform_(torch.empty(3))
