"""Section 7.3: padding and stride from scratch against PyTorch."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'convolutional-neural-networks/padding-and-strides'
WANTED = {'pad', 'coverage', 'correlate', 'value_and_gradients'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l}
    return definitions(SECTION, WANTED, names)


@pytest.mark.parametrize('p_h, p_w', [(0, 0), (2, 2), (4, 1), (3, 6)])
def test_pad_equals_torch_in_value_and_gradient(section, p_h, p_w):
    torch.manual_seed(0)
    X = torch.randn(5, 7, dtype=torch.float64, requires_grad=True)
    ours = section['pad'](X, p_h, p_w)
    theirs = F.pad(X, (p_w // 2, p_w - p_w // 2, p_h // 2, p_h - p_h // 2))
    assert torch.equal(ours, theirs) and ours.dtype == X.dtype
    weights = torch.randn_like(theirs)
    torch.testing.assert_close(
        *(torch.autograd.grad((weights * Y).sum(), X)[0]
          for Y in (ours, theirs)))


@pytest.mark.parametrize('shape, kernel, per_side, stride', [
    ((8, 8), (3, 3), (1, 1), (1, 1)),
    ((8, 8), (3, 3), (1, 1), (2, 2)),
    ((9, 14), (5, 3), (2, 1), (2, 3)),
    ((7, 6), (2, 4), (0, 2), (3, 1)),
    ((5, 5), (1, 1), (0, 0), (2, 2)),
    ((3, 3), (7, 7), (3, 3), (1, 2))])
def test_correlate_equals_conv2d_in_value_and_gradient(
        section, shape, kernel, per_side, stride):
    torch.manual_seed(1)
    X = torch.randn(*shape, dtype=torch.float64)
    K = torch.randn(*kernel, dtype=torch.float64)

    def ours(X, K):
        total = 2 * per_side[0], 2 * per_side[1]
        return section['correlate'](X, K, total, stride)

    def theirs(X, K):
        return F.conv2d(X[None, None], K[None, None], stride=stride,
                        padding=per_side)[0, 0]

    a, b = (section['value_and_gradients'](f, X, K) for f in (ours, theirs))
    assert len(a) == len(b) == 3
    for p, q in zip(a, b):
        torch.testing.assert_close(p, q)
    h, w = ((n - k + 2 * p) // s + 1
            for n, k, p, s in zip(shape, kernel, per_side, stride))
    assert tuple(a[0].shape) == (h, w)          # the formula of the section


@pytest.mark.filterwarnings('ignore:Using padding')
@pytest.mark.parametrize('size', [2, 3, 4, 5])
def test_same_padding_equals_that_of_torch(section, size):
    torch.manual_seed(2)
    X, K = torch.randn(6, 9), torch.randn(size, size)
    ours = section['correlate'](X, K, (size - 1, size - 1))
    theirs = F.conv2d(X[None, None], K[None, None], padding='same')[0, 0]
    assert ours.shape == X.shape
    torch.testing.assert_close(ours, theirs)


def test_coverage_counts_windows(section):
    for n, k, p in ((6, 3, 0), (6, 3, 2), (7, 4, 3), (5, 3, 4)):
        expected = torch.zeros(n + p, n + p)
        for i in range(n + p - k + 1):
            for j in range(n + p - k + 1):
                expected[i:i + k, j:j + k] += 1
        low = p // 2
        expected = expected[low:low + n, low:low + n]
        assert torch.equal(section['coverage'](n, k, p), expected)
    assert (section['coverage'](5, 3, 4) == 9).all()    # full padding


@pytest.mark.parametrize('stride', [1, 2])
def test_receptive_field_recursion(stride):
    X = torch.zeros(1, 64, 64, requires_grad=True)
    H, field, jump = X, 1, 1
    for size in (3, 5, 2):
        H = F.conv2d(H, torch.ones(1, 1, size, size), stride=stride)
        field, jump = field + (size - 1) * jump, jump * stride
    H[0, 2, 3].backward()
    assert (X.grad[0] != 0).any(dim=0).sum() == field
