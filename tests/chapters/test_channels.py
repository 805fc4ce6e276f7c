"""Section 7.4: several channels from scratch against PyTorch."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from d2l import torch as d2l

SECTION = 'convolutional-neural-networks/channels'
WANTED = {'correlate_channels', 'conv_layer', 'conv_matmul', 'cost',
          'value_and_gradients'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l,
             'FlopCounterMode': FlopCounterMode}
    return definitions(SECTION, WANTED, names)


@pytest.mark.parametrize('name', ['conv_layer', 'conv_matmul'])
@pytest.mark.parametrize('c_i, c_o, k_h, k_w', [
    (1, 1, 3, 3), (3, 1, 2, 2), (1, 4, 3, 1), (3, 5, 3, 2), (4, 2, 1, 1)])
def test_layers_equal_conv2d_in_value_and_gradient(section, name, c_i, c_o,
                                                   k_h, k_w):
    torch.manual_seed(0)
    inputs = [torch.randn(*shape) for shape in (
        (c_i, 7, 5), (c_o, c_i, k_h, k_w), (c_o,))]
    ours, theirs = (section['value_and_gradients'](f, *inputs)
                    for f in (section[name], F.conv2d))
    assert len(ours) == len(theirs) == 4
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_one_output_channel(section):
    torch.manual_seed(1)
    X, K = torch.randn(3, 6, 6), torch.randn(3, 2, 3)
    torch.testing.assert_close(section['correlate_channels'](X, K),
                               F.conv2d(X, K[None])[0])


def test_wrong_number_of_channels_is_refused(section):
    with pytest.raises(ValueError, match='2 input channels .* not 3'):
        section['correlate_channels'](torch.ones(2, 4, 4),
                                      torch.ones(3, 2, 2))


def test_pointwise_convolution_is_a_linear_layer(section):
    torch.manual_seed(2)
    X, K, b = torch.randn(3, 4, 5), torch.randn(6, 3, 1, 1), torch.randn(6)
    ours = section['conv_layer'](X, K, b)
    linear = F.linear(X.permute(1, 2, 0), K[:, :, 0, 0], b)
    torch.testing.assert_close(ours, linear.permute(2, 0, 1))


@pytest.mark.parametrize('c_i, c_o, size, stride, n', [
    (3, 8, 3, 1, 12), (16, 4, 5, 2, 13), (6, 6, 1, 1, 7)])
def test_cost_formulas(section, c_i, c_o, size, stride, n):
    layer = nn.Conv2d(c_i, c_o, size, stride=stride)
    h = (n - size) // stride + 1
    assert section['cost'](layer, c_i, n, n) == (
        c_o * (c_i * size ** 2 + 1), c_o * c_i * size ** 2 * h ** 2)


def test_cost_of_a_depthwise_separable_layer(section):
    c_i, c_o, n = 12, 20, 9
    layer = nn.Sequential(
        nn.Conv2d(c_i, c_i, 3, padding=1, groups=c_i),
        nn.Conv2d(c_i, c_o, 1))
    _, full = section['cost'](nn.Conv2d(c_i, c_o, 3, padding=1), c_i, n, n)
    _, separable = section['cost'](layer, c_i, n, n)
    assert separable / full == pytest.approx(1 / c_o + 1 / 9)
