"""Section 7.1: what is equivariant, what is invariant, and what is not."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

SECTION = 'convolutional-neural-networks/why-conv'
WANTED = {'place', 'mlp', 'Everywhere', 'correlation'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'size': 6, 'margin': 8,
             'kernel': 3}
    return definitions(SECTION, WANTED, names)


def test_pictures_are_moved_and_nothing_is_lost(section):
    X = torch.rand(2, 1, 6, 6)
    place = section['place']
    moved = place(X, down=2, right=-3)
    assert moved.shape == (2, 1, 22, 22)
    assert torch.equal(moved[..., 10:16, 5:11], X)
    assert torch.equal(moved, place(X).roll((2, -3), (2, 3)))


@pytest.mark.parametrize('move', [(0, 4), (-4, 3), (4, -4), (1, 0)])
def test_maximum_of_a_convolution_is_invariant_whatever_the_weights(
        section, move):
    torch.manual_seed(0)
    net = section['Everywhere'](num_channels=8)
    X, place = torch.rand(3, 1, 6, 6), section['place']
    torch.testing.assert_close(net(place(X, *move)), net(place(X)))
    # training uses a narrower sheet, which is the same function
    torch.testing.assert_close(net(place(X, margin=3)), net(place(X)))


def test_multilayer_perceptron_is_not(section):
    torch.manual_seed(0)
    net, X, place = section['mlp'](), torch.rand(3, 1, 6, 6), section['place']
    assert (net(place(X)) - net(place(X, 0, 4))).abs().max() > 0.01


def test_linear_maps_that_commute_with_moves_are_convolutions():
    """The theorem of the section, on a circle: commuting = circulant."""
    torch.manual_seed(0)
    n = 7
    P = torch.eye(n, dtype=torch.float64).roll(1, 0)
    # all W with W P = P W: the null space of a linear map
    eye = torch.eye(n, dtype=torch.float64)
    equations = torch.kron(eye, P) - torch.kron(P.T.contiguous(), eye)
    singular = torch.linalg.svdvals(equations)
    assert (singular < 1e-9).sum() == n         # one weight for each offset
    circulant = sum(w * torch.linalg.matrix_power(P, u)
                    for u, w in enumerate(torch.randn(n).double()))
    torch.testing.assert_close(circulant @ P, P @ circulant)


def test_counts_of_the_table():
    assert 28 ** 4 == 614_656
    assert (2 * 28 - 1) ** 2 == 3025
    assert (2 * 1000 - 1) ** 2 == 3_996_001


def test_correlation_of_shifted_noise(section):
    torch.manual_seed(0)
    noise = torch.randn(400, 8, 21)
    X = noise[..., 1:] + noise[..., :-1]        # neighbours share a half
    values = [section['correlation'](X, d) for d in (0, 1, 2)]
    assert values == pytest.approx([1, 0.5, 0], abs=0.02)
