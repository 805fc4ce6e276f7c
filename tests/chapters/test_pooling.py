"""Section 7.5: pooling from scratch against PyTorch."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'convolutional-neural-networks/pooling'
WANTED = {'pool2d', 'edge_maps', 'move', 'blur', 'value_and_gradient'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l}
    torch.manual_seed(0)
    names['edges'] = torch.randn(4, 1, 3, 3)
    return definitions(SECTION, WANTED, names)


@pytest.mark.parametrize('mode, theirs', [('max', F.max_pool2d),
                                          ('average', F.avg_pool2d)])
@pytest.mark.parametrize('size, stride', [(2, None), (3, None), (3, 2),
                                          (3, 1), (2, 3), (1, 1)])
@pytest.mark.parametrize('ties', [False, True])
def test_pooling_equals_torch_in_value_and_gradient(section, mode, theirs,
                                                    size, stride, ties):
    torch.manual_seed(1)
    X = torch.randn(2, 3, 9, 8)
    if ties:
        X = X.sign().relu()
    ours = section['value_and_gradient'](
        lambda X: section['pool2d'](X, size, stride, mode), X)
    reference = section['value_and_gradient'](
        lambda X: theirs(X, size, stride), X)
    for a, b in zip(ours, reference):
        torch.testing.assert_close(a, b)


def test_any_number_of_axes(section):
    X = torch.rand(4, 2, 6, 6)
    one = section['pool2d'](X[1, 0], 3)
    assert one.shape == (2, 2)
    assert torch.equal(section['pool2d'](X, 3)[1, 0], one)


def test_average_pooling_is_a_depthwise_convolution(section):
    X = torch.rand(3, 8, 8)
    conv = F.conv2d(X, torch.full((3, 1, 2, 2), 0.25), stride=2, groups=3)
    torch.testing.assert_close(section['pool2d'](X, 2, mode='average'), conv)


def test_edge_maps_follow_the_image(section):
    pixels = torch.randint(0, 256, (3, 28, 28), dtype=torch.uint8)
    here = section['edge_maps'](pixels)
    assert here.shape == (3, 4, 40, 40) and (here >= 0).all()
    for shift in (1, 4):
        moved = section['edge_maps'](pixels, shift)
        torch.testing.assert_close(moved, section['move'](here, shift))


def test_pooling_is_equivariant_to_shifts_by_its_stride(section):
    pixels = torch.randint(0, 256, (2, 28, 28), dtype=torch.uint8)
    here, moved = (section['pool2d'](section['edge_maps'](pixels, shift), 2)
                   for shift in (0, 2))
    torch.testing.assert_close(moved[..., 1:], here[..., :-1])


def test_blur_is_four_times_one_two_one(section):
    torch.manual_seed(3)
    H = torch.zeros(2, 4, 19, 17)
    H[..., 5:-5, 5:-5] = torch.rand(2, 4, 9, 7)     # nothing at the border
    row = torch.tensor([1., 2, 1]) / 4
    kernel = torch.outer(row, row).expand(4, 1, 3, 3)
    expected = H
    for _ in range(4):
        expected = F.conv2d(expected, kernel, padding=1, groups=4)
    torch.testing.assert_close(section['blur'](H, 1), expected)
    torch.testing.assert_close(section['blur'](H, 4),
                               expected[..., ::4, ::4])
