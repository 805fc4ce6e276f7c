"""Section 4.1: what the section states about softmax and cross-entropy."""
import math

import pytest
import torch
from definitions import definitions
from torch.nn import functional as F

SECTION = 'linear-classification/softmax-regression'
WANTED = {'softmax', 'cross_entropy'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    names = {'torch': torch, 'math': math}
    return definitions(SECTION, WANTED, names)


@pytest.fixture
def scores():
    torch.manual_seed(0)
    return 3 * torch.randn(6, 4, dtype=torch.float64)


@pytest.fixture
def softmax(section):
    return section['softmax']


def test_softmax_equals_torch(softmax, scores):
    torch.testing.assert_close(softmax(scores), scores.softmax(dim=-1))
    torch.testing.assert_close(softmax(scores[0]), scores[0].softmax(dim=-1))


def test_shift_order_and_odds(softmax, scores):
    p = softmax(scores)
    torch.testing.assert_close(softmax(scores - 7), p)
    assert torch.equal(p.argsort(dim=1), scores.argsort(dim=1))
    torch.testing.assert_close((p[:, 0] / p[:, 1]).log(),
                               scores[:, 0] - scores[:, 1])
    without = softmax(scores[:, :3])        # the others keep their odds
    torch.testing.assert_close(without[:, 0] / without[:, 1],
                               p[:, 0] / p[:, 1])


def test_two_classes_are_the_sigmoid(softmax):
    o = torch.linspace(-5, 5, 11)
    p = softmax(torch.stack([o, torch.zeros(11)], dim=1))[:, 0]
    torch.testing.assert_close(p, torch.sigmoid(o))


def test_temperature(softmax):
    o = torch.tensor([2.0, 1.0, -1.0])
    values = {T: [round(v, 2) for v in softmax(o / T).tolist()]
              for T in (0.25, 1, 4)}
    assert values == {0.25: [0.98, 0.02, 0.00], 1: [0.71, 0.26, 0.04],
                      4: [0.44, 0.35, 0.21]}


def test_cross_entropy_as_log_sum_exp_and_its_gradient(softmax, scores):
    labels = softmax(scores.flip(0))                # soft labels
    o = scores.clone().requires_grad_()
    loss = (torch.logsumexp(o, dim=1) - (labels * o).sum(dim=1)).mean()
    torch.testing.assert_close(
        loss, -(labels * softmax(o).log()).sum(dim=1).mean())
    torch.testing.assert_close(loss, F.cross_entropy(o, labels))
    loss.backward()
    torch.testing.assert_close(o.grad, (softmax(scores) - labels) / 6)


def test_gradient_by_the_weights(softmax, scores):
    torch.manual_seed(1)
    X = torch.randn(6, 3, dtype=torch.float64)
    W = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    y = torch.randint(0, 4, (6,))
    F.cross_entropy(X @ W, y).backward()
    residual = softmax(X @ W.detach()) - F.one_hot(y, 4)
    torch.testing.assert_close(W.grad, X.T @ residual / 6)


def test_hessian_and_convexity(softmax, scores):
    o, label = scores[0], torch.tensor(2)
    hessian = torch.autograd.functional.hessian(
        lambda v: F.cross_entropy(v, label), o)
    p = softmax(o)
    torch.testing.assert_close(hessian, torch.diag(p) - torch.outer(p, p))
    assert torch.linalg.eigvalsh(hessian).min() > -1e-12
    v = scores[1]
    torch.testing.assert_close(v @ hessian @ v,
                               (p * v ** 2).sum() - (p @ v) ** 2)


def test_log_sum_exp_is_a_smooth_maximum(scores):
    top, smooth = scores.amax(dim=1), torch.logsumexp(scores, dim=1)
    assert (top <= smooth).all() and (smooth <= top + math.log(4)).all()


def test_squared_distance_gives_up(softmax):
    o = torch.tensor([-10.0, 0.0, 0.0], requires_grad=True)
    target = torch.tensor([1.0, 0.0, 0.0])
    by_log, = torch.autograd.grad(F.cross_entropy(o, target), o)
    by_square, = torch.autograd.grad(((softmax(o) - target) ** 2).sum(), o)
    assert by_log[0] < -0.99 and abs(by_square[0]) < 1e-3
    p = softmax(o.detach())
    torch.testing.assert_close(
        by_square, 2 * p * ((p - target) - (p * (p - target)).sum()))


def test_lengths_of_codes(section):
    bits = section['cross_entropy']
    truth = (1/2, 1/4, 1/8, 1/8)
    assert bits(truth, truth) == 1.75
    assert bits(truth, (1/4,) * 4) == 2
    assert bits(truth, truth[::-1]) == 2.625
    assert bits((1, 0), (1, 0.5)) == 0      # 0 log 0 = 0


def test_divergence_is_positive(section, softmax, scores):
    bits = section['cross_entropy']
    for P in softmax(scores).tolist():
        for Q in softmax(scores).tolist():
            excess = bits(P, Q) - bits(P, P)
            assert excess > 0 if P != Q else excess == 0


@pytest.mark.parametrize('T', [0.3, 1.0, 5.0])
def test_softmax_has_maximum_entropy(softmax, scores, T):
    o, p = scores[0], softmax(scores[1])
    q = softmax(o / T)

    def value(p):
        return p @ o - T * (p @ p.log())

    divergence = (p * (p / q).log()).sum()
    best = T * torch.logsumexp(o / T, dim=0)
    torch.testing.assert_close(value(p), best - T * divergence)
    torch.testing.assert_close(value(q), best)
    assert value(p) < value(q)


def test_training_reaches_the_minimum(softmax):
    """The section's gradient descent against PyTorch's L-BFGS."""
    torch.manual_seed(0)
    y = torch.arange(60) % 3
    Z = torch.randn(60, 2, dtype=torch.float64)
    Z += torch.tensor([[1., 0.], [0., 1.], [-1., -1.]])[y]
    Y = F.one_hot(y, 3)
    W = torch.zeros(2, 3, dtype=torch.float64)
    b = torch.zeros(3, dtype=torch.float64)
    for _ in range(1000):
        R = softmax(Z @ W + b) - Y
        W -= Z.T @ R / 60
        b -= R.mean(dim=0)
    V = torch.zeros(3, 3, dtype=torch.float64, requires_grad=True)
    optim = torch.optim.LBFGS([V], max_iter=200, tolerance_grad=1e-12,
                              tolerance_change=0, line_search_fn='strong_wolfe'
                              )

    def closure():
        optim.zero_grad()
        loss = F.cross_entropy(Z @ V[:2] + V[2], y)
        loss.backward()
        return loss

    optim.step(closure)
    torch.testing.assert_close(softmax(Z @ W + b),
                               softmax(Z @ V[:2] + V[2]).detach(),
                               atol=1e-5, rtol=1e-5)
