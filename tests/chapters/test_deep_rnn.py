"""Sections 10.3 and 10.4: stacks and two directions against PyTorch."""

import pytest
import torch
from definitions import definitions
from torch import nn

from d2l import torch as d2l


@pytest.fixture(scope='module')
def deep():
    return definitions('recurrent-modern/deep-rnn',
                       {'StackedRNNScratch', 'layer_states'},
                       {'torch': torch, 'nn': nn, 'd2l': d2l})


@pytest.fixture(scope='module')
def bi():
    return definitions('recurrent-modern/bi-rnn', {'BiRNNScratch'},
                       {'torch': torch, 'nn': nn, 'd2l': d2l})


def copy_weights(layer, theirs, suffix):
    """Give a layer of `theirs` the weights of a scratch `layer`."""
    with torch.no_grad():
        for name, value in (('weight_ih_', layer.W_xh.T),
                            ('weight_hh_', layer.W_hh.T),
                            ('bias_ih_', layer.b_h),
                            ('bias_hh_', torch.zeros_like(layer.b_h))):
            getattr(theirs, name + suffix).copy_(value)


def assert_equal_gradients(layer, theirs, suffix):
    for ours, name in ((layer.W_xh.grad.T, 'weight_ih_'),
                       (layer.W_hh.grad.T, 'weight_hh_'),
                       (layer.b_h.grad, 'bias_ih_')):
        torch.testing.assert_close(ours, getattr(theirs, name + suffix).grad)


@pytest.mark.parametrize('given', [False, True])
@pytest.mark.parametrize('num_layers', [1, 3])
def test_stack_equals_torch(deep, num_layers, given):
    torch.manual_seed(0)
    ours = deep['StackedRNNScratch'](5, 7, num_layers, sigma=0.4).double()
    theirs = nn.RNN(5, 7, num_layers).double()
    for i, layer in enumerate(ours.layers):
        torch.nn.init.normal_(layer.b_h)
        copy_weights(layer, theirs, f'l{i}')
    X = torch.randn(6, 4, 5, dtype=torch.float64, requires_grad=True)
    start = torch.randn(num_layers, 4, 7).double() if given else None
    outputs, states = ours(X, list(start) if given else None)
    expected, state = theirs(X, start)
    torch.testing.assert_close(torch.stack(outputs), expected)
    torch.testing.assert_close(torch.stack(states), state)
    weight = torch.randn_like(expected)
    grad, = torch.autograd.grad((expected * weight).sum(), X,
                                retain_graph=True)
    (expected * weight).sum().backward()
    X.grad = None
    (torch.stack(outputs) * weight).sum().backward()
    torch.testing.assert_close(X.grad, grad)
    for i, layer in enumerate(ours.layers):
        assert_equal_gradients(layer, theirs, f'l{i}')


def test_stack_refuses_a_wrong_number_of_states(deep):
    stack = deep['StackedRNNScratch'](5, 7, 2)
    with pytest.raises(ValueError, match='length 2, but it is 1'):
        stack(torch.randn(3, 2, 5), [torch.zeros(2, 7)])


def test_layer_states_are_those_of_the_layers(deep):
    torch.manual_seed(0)
    model = d2l.RNNLM(d2l.GRU(9, 6, 2), 9)
    X = torch.randint(9, (4, 5))
    states = deep['layer_states'](model, X)
    assert states.shape == (5, 2, 4, 6)
    outputs, last = model.rnn(model.one_hot(X))
    torch.testing.assert_close(states[:, 1], outputs)
    torch.testing.assert_close(states[-1], last)


def test_gru():
    torch.manual_seed(0)
    gru = d2l.GRU(9, 6, num_layers=3, dropout=0.5)
    assert isinstance(gru, d2l.RNN)
    assert gru.num_hiddens == 6
    X = torch.randn(5, 4, 9)
    outputs, state = gru.eval()(X)
    assert outputs.shape == (5, 4, 6)
    assert state.shape == (3, 4, 6)
    plain = nn.GRU(9, 6, 3)
    plain.load_state_dict(gru.rnn.state_dict())
    torch.testing.assert_close(outputs, plain(X)[0])
    gru.train()
    assert not torch.equal(gru(X)[0], gru(X)[0])
    head, carried = gru.eval()(X[:2])
    tail, _ = gru(X[2:], carried)
    torch.testing.assert_close(torch.cat([head, tail]), outputs)


def test_gru_of_one_layer_has_no_dropout():
    gru = d2l.GRU(9, 6, 1, dropout=0.5).train()
    X = torch.randn(5, 4, 9)
    assert torch.equal(gru(X)[0], gru(X)[0])


def test_gru_in_a_language_model():
    model = d2l.RNNLM(d2l.GRU(28, 8, 2), 28)
    assert model(torch.randint(28, (3, 5))).shape == (3, 5, 28)


@pytest.mark.parametrize('num_layers', [0, -1])
def test_gru_refuses(num_layers):
    with pytest.raises(ValueError, match='1 or more'):
        d2l.GRU(9, 6, num_layers)


def test_two_directions_equal_torch(bi):
    torch.manual_seed(0)
    ours = bi['BiRNNScratch'](5, 7, sigma=0.4).double()
    theirs = nn.RNN(5, 7, bidirectional=True).double()
    pairs = ((ours.ahead, 'l0'), (ours.back, 'l0_reverse'))
    for layer, suffix in pairs:
        torch.nn.init.normal_(layer.b_h)
        copy_weights(layer, theirs, suffix)
    X = torch.randn(6, 4, 5).double()
    start = torch.randn(2, 4, 7).double()
    outputs, states = ours(X, tuple(start))
    expected, state = theirs(X, start)
    torch.testing.assert_close(torch.stack(outputs), expected)
    torch.testing.assert_close(torch.stack(states), state)
    weight = torch.randn_like(expected)
    (torch.stack(outputs) * weight).sum().backward()
    (expected * weight).sum().backward()
    for layer, suffix in pairs:
        assert_equal_gradients(layer, theirs, suffix)


def test_two_directions_in_a_language_model_scratch(bi):
    model = d2l.RNNLMScratch(bi['BiRNNScratch'](9, 4), 9)
    assert model(torch.randint(9, (3, 5))).shape == (3, 5, 9)
