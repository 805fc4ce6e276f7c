"""Section 9.1: windows, forecasts and the pendulum's known law."""
import math

import pytest
import torch
from definitions import definitions
from torch import nn

from d2l import torch as d2l

SECTION = 'recurrent-neural-networks/sequence'
WANTED = {'pendulum', 'windows', 'least_squares', 'forecast', 'transitions',
          'log_likelihood', 'SunspotWindows', 'WindowMLP'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    return definitions(SECTION, WANTED,
                       {'torch': torch, 'nn': nn, 'd2l': d2l, 'math': math})


def test_windows_and_targets(section):
    x = torch.arange(10)
    X, Y = section['windows'](x, tau=3, horizon=2)
    assert X.shape == (6, 3) and Y.shape == (6, 2)
    for i in range(6):
        assert X[i].tolist() == [i, i + 1, i + 2]
        assert Y[i].tolist() == [i + 3, i + 4]


def test_still_pendulum_is_a_damped_cosine(section):
    x, (a, b) = section['pendulum'](50, period=20, damping=0.9, sigma=0.0,
                                    start=1.0)
    root = complex(a / 2, math.sqrt(-b - a * a / 4))
    assert abs(root) == pytest.approx(0.9)
    assert math.atan2(root.imag, root.real) == pytest.approx(math.pi / 10)
    torch.testing.assert_close(x[2:], a * x[1:-1] + b * x[:-2])


def test_least_squares_recovers_the_law(section):
    torch.manual_seed(0)
    x, (a, b) = section['pendulum'](20000)
    W, intercept = section['least_squares'](*section['windows'](x, 2))
    torch.testing.assert_close(W.flatten(), torch.tensor([b, a]).double(),
                               atol=0.01, rtol=0)
    X, Y = section['windows'](x + 5, 2)
    W_moved, intercept = section['least_squares'](X, Y)
    torch.testing.assert_close(W_moved, W)
    design = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    exact = torch.linalg.lstsq(design, Y).solution
    torch.testing.assert_close(torch.cat([W_moved, intercept[None]]), exact,
                               atol=1e-6, rtol=1e-6)


def test_iterated_forecast_equals_matrix_powers(section):
    torch.manual_seed(1)
    W, X = torch.randn(3, 1).double() / 2, torch.randn(5, 3).double()
    out = section['forecast'](lambda X: X @ W, X, 6)
    shift = torch.zeros(3, 3).double()              # window to next window
    shift[1, 0] = shift[2, 1] = 1
    shift[:, 2:] = W
    for k in range(6):
        last = X @ torch.linalg.matrix_power(shift, k + 1)
        torch.testing.assert_close(out[:, k], last[:, 2])


def test_error_growth_of_the_pendulum(section):
    torch.manual_seed(2)
    x, (a, b) = section['pendulum'](20000)
    X, Y = section['windows'](x, 2, 30)
    W = torch.tensor([[b], [a]]).double()
    error = section['forecast'](lambda X: X @ W, X, 30) - Y
    j, omega = torch.arange(1, 31).double(), 2 * math.pi / 40
    psi = 0.97 ** (j - 1) * torch.sin(j * omega) / math.sin(omega)
    best = psi.square().cumsum(dim=0).sqrt()
    torch.testing.assert_close(error.square().mean(dim=0).sqrt(), best,
                               atol=0, rtol=0.1)


def test_transitions_are_row_stochastic(section):
    level = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 2])
    P = section['transitions'](level, 1)
    assert P.tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert section['transitions'](level, 3).equal(torch.eye(3))


def test_likelihood_is_that_of_the_normal_density(section):
    torch.manual_seed(3)
    x = torch.randn(40).double()
    W, b = torch.randn(4, 1).double(), torch.randn(1).double()
    X, y = section['windows'](x, 4)
    error = (y - X @ W - b) / 0.7
    expected = (-error ** 2 / 2 - math.log(0.7 * math.sqrt(2 * math.pi)))
    torch.testing.assert_close(section['log_likelihood'](x, W, b, 0.7),
                               expected.mean())


def test_future_is_not_trained_on(section):
    data = section['SunspotWindows'](torch.arange(100.), split=60, tau=8,
                                     batch_size=16)
    train = torch.cat([y for _, y in data.train_dataloader()])
    val = torch.cat([y for _, y in data.val_dataloader()])
    assert sorted(train.flatten().tolist()) == list(range(8, 60))
    assert val.flatten().tolist() == list(range(60, 100))


def test_network_predicts_one_value(section):
    assert section['WindowMLP'](4, lr=0.1)(torch.randn(5, 7)).shape == (5, 1)
