"""Section 9.7: gradients through time against PyTorch's own."""
import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'recurrent-neural-networks/bptt'
WANTED = {'with_radius', 'init_params', 'forward', 'output_adjoint',
          'backward', 'gradients_by_lag', 'cuts'}


@pytest.fixture(scope='module')
def section():
    """The functions that the section defines, by name."""
    return definitions(SECTION, WANTED,
                       {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l})


@pytest.fixture
def case(section):
    """Inputs (9, 4, 3), labels (9, 4) and parameters, in double precision."""
    torch.manual_seed(0)
    X = torch.randn(9, 4, 3).double()
    Y = torch.randint(3, (9, 4))
    params = [p.detach().double().requires_grad_()
              for p in section['init_params'](3, 5, 3, radius=1.2)]
    return X, Y, params


def mean_loss(section, X, Y, params, scales=None):
    O, _ = section['forward'](X, params, scales)
    return F.cross_entropy(O.flatten(0, 1), Y.flatten())


def recurrent_gradient(section, X, Y, params, scales=None):
    loss = mean_loss(section, X, Y, params, scales)
    return torch.autograd.grad(loss, params[1])[0]


def test_spectral_radius(section):
    W = section['with_radius'](30, 0.7)
    radius = torch.linalg.eigvals(W).abs().max()
    torch.testing.assert_close(radius, torch.tensor(0.7))


def test_forward_equals_torch(section, case):
    X, _, (W_xh, W_hh, b_h, W_hq, b_q) = case
    rnn = nn.RNN(3, 5).double()
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(W_xh.T)
        rnn.weight_hh_l0.copy_(W_hh.T)
        rnn.bias_ih_l0.copy_(b_h)
        rnn.bias_hh_l0.zero_()
    O, H = section['forward'](*case[::2])
    torch.testing.assert_close(H[1:], rnn(X)[0])
    torch.testing.assert_close(O, rnn(X)[0] @ W_hq + b_q)


def test_backward_equals_autograd(section, case):
    X, Y, params = case
    auto = torch.autograd.grad(mean_loss(section, X, Y, params), params)
    with torch.no_grad():
        ours = section['backward'](X, Y, params)
    for a, b in zip(ours, auto, strict=True):
        torch.testing.assert_close(a, b)


def test_lags_add_up(section, case):
    parts = section['gradients_by_lag'](*case)
    assert len(parts) == 9
    torch.testing.assert_close(sum(parts), recurrent_gradient(section, *case))


def test_lags_are_what_a_cut_removes(section, case):
    """Cutting before every step leaves lag 0, a single factor scales lags."""
    X, Y, params = case
    parts = section['gradients_by_lag'](X, Y, params)
    alone = recurrent_gradient(section, X, Y, params, [0.0] * 9)
    torch.testing.assert_close(alone, parts[0])
    scaled = recurrent_gradient(section, X, Y, params, [0.5] * 9)
    torch.testing.assert_close(
        scaled, sum(0.5 ** k * g for k, g in enumerate(parts)))


def test_truncation_is_that_of_separate_pieces(section, case):
    X, Y, params = case
    scales = section['cuts']('truncated', 9, 3)
    ours = recurrent_gradient(section, X, Y, params, scales)
    W_xh, W_hh, b_h, W_hq, b_q = params
    h, loss = X.new_zeros(4, 5), 0
    for t in range(9):
        h = torch.tanh(X[t] @ W_xh + b_h
                       + (h.detach() if t % 3 == 0 else h) @ W_hh)
        loss = loss + F.cross_entropy(h @ W_hq + b_q, Y[t]) / 9
    torch.testing.assert_close(ours, torch.autograd.grad(loss, W_hh)[0])


def test_factors_of_random_cuts(section):
    torch.manual_seed(1)
    factors = torch.tensor([section['cuts']('random', 40, 5)
                            for _ in range(500)])
    assert set(factors.unique().tolist()) == {0.0, 1.25}
    assert factors.mean().item() == pytest.approx(1, abs=0.01)
    assert section['cuts']('full', 3, None) == [1.0] * 3


def test_random_truncation_is_unbiased(section, case):
    X, Y, params = case
    X, Y = X[:4], Y[:4]
    p, total = 0.6, 0
    for bits in range(16):                  # all outcomes of four cuts
        keep = [bits >> t & 1 for t in range(4)]
        chance = p ** sum(keep) * (1 - p) ** (4 - sum(keep))
        scales = [k / p for k in keep]
        total = total + chance * recurrent_gradient(section, X, Y, params,
                                                    scales)
    torch.testing.assert_close(total,
                               recurrent_gradient(section, X, Y, params))
