"""Section 4.6: intervals, leaderboards, and counting, against known values."""
import itertools
import math

import numpy as np
import pytest
import torch
from definitions import definitions
from scipy import optimize, stats

SECTION = 'linear-classification/generalization-classification'
pytestmark = pytest.mark.usefixtures('one_thread')
WANTED = {'intervals', 'play', 'worst_deviation', 'count_labelings',
          'fit_logistic'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    names = {'torch': torch, 'math': math}
    return definitions(SECTION, WANTED, names)


@pytest.mark.parametrize('errors, n', [(0, 20), (3, 40), (50, 99), (9, 9)])
def test_wilson_interval_equals_scipy(section, errors, n):
    z = stats.norm.ppf(0.975)
    rate = torch.tensor(errors, dtype=torch.float64) / n
    low, high = section['intervals'](rate, n, z=z)['Wilson']
    exact = stats.binomtest(errors, n).proportion_ci(0.95, method='wilson')
    assert low.item() == pytest.approx(exact.low, abs=1e-12)
    assert high.item() == pytest.approx(exact.high, abs=1e-12)


def test_hoeffding_interval_holds_for_every_error_rate(section):
    n, delta = 30, 0.1
    rates = torch.arange(n + 1).double() / n
    low, high = section['intervals'](rates, n, delta=delta)['Hoeffding']
    for true in (0.01, 0.2, 0.5, 0.83):
        outside = (low > true) | (high < true)
        chance = stats.binom.pmf(range(n + 1), n, true)
        assert chance[outside.numpy()].sum() <= delta


def test_attack_follows_the_formula_on_public_labels_only(section):
    torch.manual_seed(0)
    n, k = 500, 200
    mean = sum(section['play'](n, k) for _ in range(20)) / 20
    best, public, private = mean[:, -1].tolist()
    theory = stats.norm.cdf(math.sqrt(2 * k / (math.pi * n)))
    assert public == pytest.approx(theory, abs=0.015)
    assert private == pytest.approx(0.5, abs=0.015)
    assert 0.5 < best < 0.5 + math.sqrt(math.log(k) / (2 * n)) + 0.01


def test_training_errors_of_thresholds(section):
    """Against a plain loop over the thresholds."""
    thresholds = torch.tensor([0.9, 0.25, 0.5]).double()
    torch.manual_seed(3)
    found = section['worst_deviation'](40, thresholds)[0]
    torch.manual_seed(3)
    x = torch.rand(40).double().sort()[0]
    y = (x > 0.5) ^ (torch.rand(40) < 0.2)
    largest = 0
    for value, theta in zip(found, thresholds):
        train = ((x > theta) != y).double().mean()
        true = 0.2 + 0.6 * abs(theta - 0.5)
        largest = max(largest, abs(train - true).item())
        assert value.item() == pytest.approx(largest, abs=1e-6)


def test_labelings_by_lines(section):
    """Against Cover's formula, and against linear programs for four points."""
    torch.manual_seed(1)
    for n in range(2, 8):
        points = torch.rand(n, 2, dtype=torch.float64)
        cover = 2 * sum(math.comb(n - 1, k) for k in range(3))
        assert section['count_labelings'](points) == cover
    points = torch.rand(4, 2, dtype=torch.float64).numpy()
    separable = 0
    for signs in itertools.product((-1, 1), repeat=4):
        A = [[-s * x, -s * y, -s] for s, (x, y) in zip(signs, points)]
        separable += optimize.linprog([0, 0, 0], A, [-1] * 4,
                                      bounds=(None, None)).success
    assert separable == 14


def test_logistic_regression_reaches_the_minimum(section):
    torch.manual_seed(0)
    X = torch.randn(60, 3).double()
    y = (X[:, 0] + torch.randn(60) > 0.5).double()
    predict = section['fit_logistic'](X, y, ridge=1e-2)
    A = torch.cat([X, torch.ones(60, 1)], dim=1).numpy()

    def loss(w):
        z = A @ w
        return (np.logaddexp(0, z) - y.numpy() * z).mean() + 0.005 * w @ w

    w = torch.from_numpy(optimize.minimize(loss, np.zeros(4), tol=1e-10).x)
    other = torch.randn(2000, 3).double()
    expected = (other @ w[:-1] + w[-1] > 0).double()
    assert (predict(other) == expected).double().mean() > 0.999
