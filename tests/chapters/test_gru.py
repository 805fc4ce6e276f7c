"""Section 10.2: the gated recurrent unit from scratch against PyTorch's."""

import pytest
import torch
from definitions import definitions
from torch import nn

from d2l import torch as d2l

pytestmark = pytest.mark.usefixtures('one_thread')
WANTED = {'GRUScratch', 'step', 'forward', 'GRU', 'copy_of'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l}
    return definitions('recurrent-modern/gru', WANTED, names)


@pytest.fixture
def pair(section):
    """GRUScratch and nn.GRU with the same parameters."""
    torch.manual_seed(0)
    theirs = nn.GRU(5, 7)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_(std=0.5)
    return section['copy_of'](theirs), theirs


@pytest.mark.parametrize('given', [False, True])
def test_scratch_equals_torch_in_values_and_gradients(pair, given):
    ours, theirs = pair
    X, state = torch.randn(6, 3, 5), torch.randn(3, 7) if given else None
    outputs, H = ours(X, state)
    wanted, last = theirs(X, state[None] if given else None)
    torch.testing.assert_close(torch.stack(outputs), wanted)
    torch.testing.assert_close(H, last[0])
    weight = torch.randn_like(wanted)
    (torch.stack(outputs) * weight).sum().backward()
    (wanted * weight).sum().backward()
    for a, b in ((ours.W_x, theirs.weight_ih_l0.grad.T),
                 (ours.W_h, theirs.weight_hh_l0.grad.T),
                 (ours.b_x, theirs.bias_ih_l0.grad),
                 (ours.b_h, theirs.bias_hh_l0.grad)):
        torch.testing.assert_close(a.grad, b, rtol=1e-4, atol=1e-5)


def test_the_update_gate_keeps_or_replaces(section):
    layer = section['GRUScratch'](5, 7)
    H, X = torch.rand(3, 7), torch.randn(40, 3, 5)
    with torch.no_grad():
        layer.b_x[7:14] = 40.0              # kept
        torch.testing.assert_close(layer(X, H)[1], H)
        layer.b_x[7:14] = -40.0             # replaced by the candidate
        layer.b_x[:7] = -40.0               # which does not see the state
        candidate = torch.tanh(X[-1] @ layer.W_x[:, 14:])
        torch.testing.assert_close(layer(X, H)[1], candidate)


def test_the_state_is_a_moving_average(section):
    layer = section['GRUScratch'](1, 1)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.W_x[0, 2] = 1.0
        layer.b_x[1] = torch.logit(torch.tensor(0.8))
        X = torch.randn(100, 1, 1)
        weights = 0.2 * 0.8 ** torch.arange(99, -1, -1)
        average = (weights * torch.tanh(X).flatten()).sum()
        torch.testing.assert_close(layer(X)[1].squeeze(), average)


def test_language_models_of_both_agree(section, pair):
    ours, theirs = pair
    scratch = d2l.RNNLMScratch(ours, 5)
    layer = section['GRU'](5, 7)
    layer.rnn.load_state_dict(theirs.state_dict())
    concise = d2l.RNNLM(layer, 5)
    X = torch.randint(5, (3, 6))
    concise(X)
    with torch.no_grad():
        concise.linear.weight.copy_(scratch.W_hq.T)
        concise.linear.bias.copy_(scratch.b_q)
    torch.testing.assert_close(scratch(X), concise(X))
