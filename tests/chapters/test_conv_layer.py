"""Section 7.2: cross-correlation against PyTorch, in value and gradient."""

import pytest
import torch
from definitions import definitions
from scipy import signal
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'convolutional-neural-networks/conv-layer'
WANTED = {'corr2d', 'corr2d_shifts', 'corr2d_matmul', 'windows', 'Conv2D',
          'learn', 'convolve'}
SHAPES = [((3, 4), (2, 2)), ((7, 5), (3, 1)), ((5, 6), (1, 4)),
          ((4, 4), (4, 4)), ((6, 6), (1, 1))]


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l, 'signal': signal,
             'num_steps': 2000}
    return definitions(SECTION, WANTED, names)


def reference(X, K):
    return F.conv2d(X[None, None], K[None, None])[0, 0]


@pytest.mark.parametrize('shapes', SHAPES)
@pytest.mark.parametrize('way', ['corr2d', 'corr2d_shifts', 'corr2d_matmul'])
def test_values_and_gradients_are_those_of_torch(section, way, shapes):
    torch.manual_seed(0)
    results = []
    for function in (section[way], reference):
        torch.manual_seed(0)
        X, K = (torch.randn(shape, dtype=torch.float64, requires_grad=True)
                for shape in shapes)
        H = function(X, K)
        (H.sin() * torch.arange(1., 1 + H.numel()).view_as(H)).sum(
            ).backward()
        results.append((H.detach(), X.grad, K.grad))
    for ours, theirs in zip(*results):
        torch.testing.assert_close(ours, theirs)


def test_library_has_the_section_s_function(section):
    X, K = torch.rand(6, 5), torch.rand(2, 3)
    torch.testing.assert_close(d2l.corr2d(X, K), section['corr2d'](X, K))
    assert d2l.corr2d(X, K).shape == (5, 3)


def test_example_of_the_figure():
    X = torch.tensor([[1, 2, 0, 1], [0, 3, 1, 2], [2, 1, 1, 0]])
    K = torch.tensor([[1, 2], [0, 1]])
    expected = torch.tensor([[8, 3, 4], [7, 6, 5]])
    assert torch.equal(d2l.corr2d(X, K), expected)


def test_types_are_promoted_not_cut():
    X, K = torch.ones(3, 3, dtype=torch.int64), torch.full((2, 2), 0.25)
    H = d2l.corr2d(X, K)
    assert H.dtype == torch.float32
    assert torch.equal(H, torch.ones(2, 2))


@pytest.mark.parametrize('shapes', [((1, 3, 3), (2, 2)), ((3, 3), (2,)),
                                    ((3,), (2, 2))])
def test_only_matrices(shapes):
    with pytest.raises(ValueError, match='expected two matrices, got'):
        d2l.corr2d(*map(torch.rand, shapes))


@pytest.mark.parametrize('shape', [(4, 2), (2, 4), (0, 2)])
def test_kernel_must_fit(shape):
    with pytest.raises(ValueError, match=f'{shape[0]} x {shape[1]} does not'):
        d2l.corr2d(torch.rand(3, 3), torch.rand(shape))


def test_windows_are_rows_in_reading_order(section):
    X = torch.arange(12).reshape(3, 4)
    rows = section['windows'](X, 2, 2)
    assert rows.shape == (6, 4)
    assert rows[1].tolist() == [1, 2, 5, 6]
    assert rows[3].tolist() == [4, 5, 8, 9]


def test_layer_follows_torch_s_when_trained(section):
    torch.manual_seed(0)
    scratch = section['Conv2D']((2, 3))
    concise = nn.Conv2d(1, 1, (2, 3))
    with torch.no_grad():
        concise.weight[0, 0].copy_(scratch.weight)
        concise.bias.copy_(scratch.bias)
    X, target = torch.rand(6, 7), torch.rand(5, 5)
    optimizers = [torch.optim.SGD(net.parameters(), lr=0.1)
                  for net in (scratch, concise)]
    for _ in range(5):
        outputs = scratch(X), concise(X[None, None])[0, 0]
        torch.testing.assert_close(*outputs)
        for H, optimizer in zip(outputs, optimizers):
            optimizer.zero_grad()
            (H - target).square().mean().backward()
            optimizer.step()
    torch.testing.assert_close(scratch.weight, concise.weight[0, 0])
    torch.testing.assert_close(scratch.bias, concise.bias)


def test_kernel_is_learned_from_noise_exactly(section, capsys):
    torch.manual_seed(0)
    X, K = torch.randn(20, 20), torch.randn(3, 3)
    learned = section['learn'](X, d2l.corr2d(X, K), lr=0.2, steps=200)
    torch.testing.assert_close(learned, K, atol=1e-3, rtol=0)
    assert 'loss 0.000000' in capsys.readouterr().out


def test_from_stripes_only_the_sums_of_columns_are_learned(section):
    torch.manual_seed(0)
    X, K = torch.rand(1, 20).repeat(20, 1), torch.randn(3, 3)
    learned = section['learn'](X, d2l.corr2d(X, K), lr=0.2, steps=3000)
    torch.testing.assert_close(learned, K.mean(0).expand(3, 3), atol=1e-2,
                               rtol=0)


def test_two_layers_are_one_with_the_convolved_kernel(section):
    torch.manual_seed(0)
    X, A, B = torch.rand(9, 9), torch.randn(2, 3), torch.randn(3, 1)
    both = d2l.corr2d(d2l.corr2d(X, A), B)
    C = section['convolve'](A, B)
    assert C.shape == (4, 3)
    torch.testing.assert_close(both, d2l.corr2d(X, C))
