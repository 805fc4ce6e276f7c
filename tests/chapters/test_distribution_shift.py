"""Section 4.7: corrections of shift against cases with known answers."""
import math

import pytest
import torch
from definitions import definitions
from torch.nn import functional as F

SECTION = 'linear-classification/environment-and-distribution-shift'
pytestmark = pytest.mark.usefixtures('one_thread')
WANTED = {'fit_softmax', 'error', 'importance_weights', 'effective_size',
          'confusion_matrix', 'estimate_by_confusion', 'reweight',
          'estimate_by_em', 'follow', 'play_bandit', 'average',
          'upper_bound', 'patrol', 'select', 'whiteness'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    names = {'torch': torch, 'math': math, 'F': F, 'iterations': 60}
    return definitions(SECTION, WANTED, names)


def mixture(n, q):
    """Two normal classes at -1 and 1: exact source posteriors and labels.

    The classes are equally frequent in the source; in the sample they have
    the frequencies q.
    """
    y = torch.multinomial(q, n, replacement=True)
    x = torch.randn(n, dtype=torch.float64) + 2 * y - 1
    p1 = torch.sigmoid(2 * x)
    return torch.stack([1 - p1, p1], dim=1), y


def test_weights_of_normal_distributions(section):
    """For N(0, I) and N(m, I) the ratio is exp(m x - m^2 / 2)."""
    torch.manual_seed(0)
    m = torch.tensor([0.8, -0.5])
    source, target = torch.randn(6000, 2), torch.randn(3000, 2) + m
    found = section['importance_weights'](source, target)
    exact = torch.exp(source @ m - m @ m / 2)
    assert found.shape == (6000,)
    assert (found.log() - exact.log()).abs().mean() < 0.1
    assert found.mean() == pytest.approx(1, abs=0.05)   # E_p[q / p] = 1


def test_weighted_mean_is_that_of_the_target(section):
    torch.manual_seed(0)
    source, target = torch.randn(6000, 1), torch.randn(6000, 1) + 0.7
    w = section['importance_weights'](source, target)
    value = (w * source[:, 0] ** 2).sum() / w.sum()
    assert value == pytest.approx(1 + 0.7 ** 2, abs=0.15)


def test_effective_size(section):
    size = section['effective_size']
    assert size(torch.full((7,), 3.0)) == pytest.approx(7)
    assert size(torch.tensor([1.0, 0, 0])) == pytest.approx(1)
    w = torch.tensor([1.0, 2, 3, 4])
    variance = ((w / w.sum()) ** 2).sum()       # of a mean of unit variances
    assert size(w) == pytest.approx(1 / variance.item())


def test_integer_weights_are_repetitions(section):
    torch.manual_seed(0)
    X, y = torch.randn(40, 3), torch.randint(0, 3, (40,))
    times = torch.randint(1, 4, (40,))
    weighted = section['fit_softmax'](X, y, times.float(), decay=0.01)
    i = torch.arange(40).repeat_interleave(times)
    repeated = section['fit_softmax'](X[i], y[i], decay=0.01)
    new = torch.randn(100, 3)
    torch.testing.assert_close(weighted(new).softmax(1),
                               repeated(new).softmax(1), atol=2e-3, rtol=0)


def test_fit_is_a_minimum(section):
    torch.manual_seed(0)
    X, y = torch.randn(50, 3), torch.randint(0, 3, (50,))
    f = section['fit_softmax'](X, y, decay=0.1)
    b = f(torch.zeros(1, 3)).requires_grad_()
    W = (f(torch.eye(3)) - b).detach().requires_grad_()
    loss = F.cross_entropy(X @ W + b, y) + 0.05 * (W ** 2).sum()
    loss.backward()
    assert W.grad.abs().max() < 1e-4
    assert b.grad.abs().max() < 1e-4


def test_weighted_error(section):
    def f(X):
        return F.one_hot(X, 2).float()

    X, y = torch.tensor([0, 1, 1, 0]), torch.tensor([0, 0, 1, 1])
    assert section['error'](f, X, y) == pytest.approx(0.5)
    weights = torch.tensor([1.0, 2, 3, 4])
    assert section['error'](f, X, y, weights) == pytest.approx(0.6)


def test_selection_follows_the_stated_ratio(section):
    """Bright over dark acceptance is exp(a u) up to a constant."""
    torch.manual_seed(0)
    X = torch.tensor([0.15, 0.45]).repeat_interleave(20000)
    X, y = X.view(-1, 1, 1, 1), torch.zeros(40000)
    counts = [[(section['select'](X, y, bright)[0] == v).sum().item()
               for v in (0.15, 0.45)] for bright in (False, True)]
    (dark_p, bright_p), (dark_q, bright_q) = counts
    ratio = (bright_q / bright_p) / (dark_q / dark_p)
    assert ratio == pytest.approx(math.exp(7 * 0.6), rel=0.15)


def test_confusion_matrix(section):
    predicted = torch.tensor([0, 0, 1, 1, 1, 2])
    y = torch.tensor([0, 1, 1, 1, 1, 2])
    C = section['confusion_matrix'](predicted, y, 3)
    expected = torch.tensor([[1, 0.25, 0], [0, 0.75, 0], [0, 0, 1]])
    torch.testing.assert_close(C, expected)


def test_exact_confusion_gives_exact_frequencies(section):
    C = torch.tensor([[0.7, 0.2, 0.1], [0.2, 0.6, 0.1], [0.1, 0.2, 0.8]])
    q = torch.tensor([0.5, 0.2, 0.3])
    counts = (1000 * C @ q).round().long()
    predicted = torch.arange(3).repeat_interleave(counts)
    found = section['estimate_by_confusion'](C, predicted)
    torch.testing.assert_close(found, q, atol=1e-5, rtol=0)
    assert (counts / 1000 - q).abs().max() > 0.05       # counting fails


def test_estimates_are_distributions(section):
    C = torch.tensor([[0.6, 0.4], [0.4, 0.6]])
    q = section['estimate_by_confusion'](C, torch.zeros(10).long())
    torch.testing.assert_close(q, torch.tensor([1.0, 0.0]))


def test_reweighting_is_bayes_theorem(section):
    torch.manual_seed(0)
    likelihood = torch.rand(5, 3)                       # p(x | y)
    p, q = torch.tensor([0.2, 0.3, 0.5]), torch.tensor([0.6, 0.3, 0.1])
    source = likelihood * p / (likelihood @ p)[:, None]
    target = likelihood * q / (likelihood @ q)[:, None]
    torch.testing.assert_close(section['reweight'](source, p, q), target)


def test_em_recovers_frequencies_and_increases_the_likelihood(section):
    torch.manual_seed(0)
    q = torch.tensor([0.85, 0.15], dtype=torch.float64)
    p = torch.full((2,), 0.5, dtype=torch.float64)
    probs, _ = mixture(5000, q)
    estimates = [section['estimate_by_em'](probs, p, k) for k in range(12)]
    likelihoods = [((probs / p) @ e).log().mean().item() for e in estimates]
    assert likelihoods == sorted(likelihoods)
    found = section['estimate_by_em'](probs, p)
    torch.testing.assert_close(found, q, atol=0.02, rtol=0)


def test_adjusted_decisions_err_less(section):
    torch.manual_seed(0)
    q = torch.tensor([0.9, 0.1], dtype=torch.float64)
    p = torch.full((2,), 0.5, dtype=torch.float64)
    probs, y = mixture(5000, q)
    before = (probs.argmax(1) != y).double().mean()
    adjusted = section['reweight'](probs, p,
                                   section['estimate_by_em'](probs, p))
    after = (adjusted.argmax(1) != y).double().mean()
    assert after < before - 0.04


def test_online_learners(section):
    torch.manual_seed(0)
    rates = torch.tensor([[0.0, 0.1]]).repeat(600, 1)
    wrong = section['follow'](rates, 50, period=1e9, noise=0)
    assert wrong.shape == (600, 2)
    assert wrong[:, 0].mean() == pytest.approx(0.5, abs=0.02)
    assert wrong[300:, 1].mean() < 0.1
    noisy = section['follow'](rates, 50, period=1e9, noise=0.5)
    assert noisy[:, 1].mean() == pytest.approx(0.5, abs=0.02)


def test_bandit_regret(section):
    torch.manual_seed(0)
    play, rates = section['play_bandit'], torch.tensor([0.0, 1.0, 0.0])
    regret = play(section['average'], rates, 50, 20)
    assert regret.tolist() == [1, 1] + 48 * [2]         # tries each once
    explored = play(section['average'], rates, 300, 500, explore=0.3)
    slope = (explored[-1] - explored[50]) / 249
    assert slope == pytest.approx(0.3 * 2 / 3, abs=0.02)


def test_upper_bound_is_that_of_hoeffding(section):
    """The bar fails with probability at most 1 / t."""
    S, N, t = torch.tensor([30.0]), torch.tensor([100.0]), 50
    bar = section['upper_bound'](S, N, t) - S / N
    assert math.exp(-2 * 100 * bar.item() ** 2) == pytest.approx(1 / t)


def test_patrols(section):
    torch.manual_seed(0)
    patrol = section['patrol']
    found = patrol('most', days=10, runs=4, crime=1.0)
    assert found.tolist() == pytest.approx([16 / 20] * 4)
    proportional = patrol('proportional', days=300, runs=2000)
    assert proportional.mean() == pytest.approx(0.6, abs=0.02)
    weighted = patrol('weighted', days=2000, runs=300)
    assert weighted.mean() == pytest.approx(0.5, abs=0.01)
