"""Section 11.6: encodings of positions."""
import math

import pytest
import torch

from d2l import torch as d2l


def test_values():
    P = d2l.PositionalEncoding(8, 0, max_len=50).P
    assert P.shape == (1, 50, 8)
    for i in (0, 1, 7, 49):
        for j in range(4):
            angle = i / 10000 ** (2 * j / 8)
            assert P[0, i, 2 * j] == pytest.approx(math.sin(angle), abs=1e-5)
            assert P[0, i, 2 * j + 1] == pytest.approx(math.cos(angle),
                                                       abs=1e-5)


def test_dot_products_depend_on_the_distance_alone():
    P = d2l.PositionalEncoding(16, 0, max_len=40).P[0]
    products = P @ P.T
    for k in range(40):
        diagonal = products.diagonal(k)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal),
                                   atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(products.diagonal(), torch.full((40,), 8.0))


def test_adds_and_honours_the_offset():
    encode = d2l.PositionalEncoding(6, 0, max_len=20)
    X = torch.randn(2, 5, 6)
    torch.testing.assert_close(encode(X), X + encode.P[:, :5])
    torch.testing.assert_close(encode(X, 15), X + encode.P[:, 15:])
    whole = encode(X)
    parts = torch.cat([encode(X[:, :2]), encode(X[:, 2:], offset=2)], dim=1)
    torch.testing.assert_close(parts, whole)


def test_dropout_in_training_only():
    torch.manual_seed(0)
    encode = d2l.PositionalEncoding(64, 0.5)
    X = torch.ones(2, 10, 64)
    assert 0.3 < (encode(X) == 0).float().mean() < 0.7
    torch.testing.assert_close(encode.eval()(X), X + encode.P[:, :10])


def test_moves_with_the_module_but_is_not_stored():
    encode = d2l.PositionalEncoding(6, 0).to(torch.float64)
    assert encode.P.dtype == torch.float64
    assert not encode.state_dict() and not list(encode.parameters())


@pytest.mark.parametrize('size', [7, 0, -2, 4.0])
def test_bad_sizes(size):
    with pytest.raises(ValueError, match='num_hiddens'):
        d2l.PositionalEncoding(size, 0)


@pytest.mark.parametrize('shape, offset, message', [
    ((2, 5, 7), 0, 'expected a tensor'), ((5, 6), 0, 'expected a tensor'),
    ((2, 11, 6), 0, 'positions 0 to 10'), ((2, 3, 6), 8, 'positions 8 to 10'),
    ((2, 3, 6), -1, 'positions -1')])
def test_bad_inputs(shape, offset, message):
    with pytest.raises(ValueError, match=message):
        d2l.PositionalEncoding(6, 0, max_len=10)(torch.zeros(shape), offset)
