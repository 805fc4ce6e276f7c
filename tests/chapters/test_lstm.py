"""Section 10.1: the LSTM from scratch against PyTorch's."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

pytestmark = pytest.mark.usefixtures('one_thread')
WANTED = {'LSTMScratch', 'step', 'forward', 'LSTM', 'trace',
          'norms_over_time'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l}
    return definitions('recurrent-modern/lstm', WANTED, names)


@pytest.fixture
def pair(section):
    """LSTMScratch and nn.LSTM with the same parameters."""
    torch.manual_seed(0)
    ours = section['LSTMScratch'](5, 7, sigma=0.5)
    theirs = nn.LSTM(5, 7)
    with torch.no_grad():
        ours.b.normal_()
        theirs.weight_ih_l0.copy_(ours.W_x.T)
        theirs.weight_hh_l0.copy_(ours.W_h.T)
        theirs.bias_ih_l0.copy_(ours.b)
        theirs.bias_hh_l0.zero_()
    return ours, theirs


@pytest.mark.parametrize('given', [False, True])
def test_scratch_equals_torch_in_values_and_gradients(pair, given):
    ours, theirs = pair
    X = torch.randn(6, 3, 5)
    state = (torch.randn(3, 7), torch.randn(3, 7)) if given else None
    outputs, (H, C) = ours(X, state)
    wanted, (last_H, last_C) = theirs(
        X, tuple(s[None] for s in state) if given else None)
    torch.testing.assert_close(torch.stack(outputs), wanted)
    torch.testing.assert_close(H, last_H[0])
    torch.testing.assert_close(C, last_C[0])
    weight = torch.randn_like(wanted)
    ((torch.stack(outputs) * weight).sum() + C.sum()).backward()
    ((wanted * weight).sum() + last_C.sum()).backward()
    for a, b in ((ours.W_x, theirs.weight_ih_l0.grad.T),
                 (ours.W_h, theirs.weight_hh_l0.grad.T),
                 (ours.b, theirs.bias_ih_l0.grad)):
        torch.testing.assert_close(a.grad, b, rtol=1e-4, atol=1e-5)


def test_a_cell_with_open_forget_gate_keeps_its_content(section):
    layer = section['LSTMScratch'](5, 2)
    with torch.no_grad():
        layer.b.copy_(torch.tensor([-40., -40, 40, 40, 0, 0, 0, 0]))
    C = torch.tensor([[3., -0.25]])
    _, (_, kept) = layer(torch.randn(200, 1, 5), (torch.zeros(1, 2), C))
    torch.testing.assert_close(kept, C)


def test_language_models_of_both_agree(section, pair):
    ours, theirs = pair
    scratch = d2l.RNNLMScratch(ours, 5)
    layer = section['LSTM'](5, 7)
    layer.rnn.load_state_dict(theirs.state_dict())
    concise = d2l.RNNLM(layer, 5)
    X = torch.randint(5, (3, 6))
    concise(X)
    with torch.no_grad():
        concise.linear.weight.copy_(scratch.W_hq.T)
        concise.linear.bias.copy_(scratch.b_q)
    torch.testing.assert_close(scratch(X), concise(X))


def test_trace_gives_cells_and_forget_gates(section, pair):
    ours, theirs = pair
    tokens = torch.tensor([0, 4, 2, 2, 1])
    with torch.no_grad():
        theirs.bias_hh_l0.normal_()
    cells, forgets = section['trace'](theirs, tokens)
    d2l.check_shape(cells, (5, 7))
    X = F.one_hot(tokens, 5).float()
    for t in range(5):
        torch.testing.assert_close(cells[t], theirs(X[:t + 1])[1][1][0])
    gate = torch.sigmoid((theirs.weight_ih_l0[:, 0] + theirs.bias_ih_l0
                          + theirs.bias_hh_l0)[7:14])
    torch.testing.assert_close(forgets[0], gate)


def test_a_larger_bias_keeps_gradients_longer(section):
    torch.manual_seed(0)
    layer = section['LSTMScratch'](27, 16, 0.05)
    norms = {bias: section['norms_over_time'](layer, bias, steps=20)
             for bias in (0, 1, 3)}
    assert norms[0][-1] < norms[1][-1] < norms[3][-1]
    for bias, curve in norms.items():
        rate = (curve[-1] / curve[4]) ** (1 / 15)
        opening = torch.sigmoid(torch.tensor(float(bias))).item()
        assert rate == pytest.approx(opening, rel=0.1)
