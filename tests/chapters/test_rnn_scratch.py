"""Sections 9.5 and 9.6: recurrent networks against PyTorch's."""

import math

import pytest
import torch
from torch import nn

from d2l import torch as d2l

pytestmark = pytest.mark.usefixtures('one_thread')


class Letters:
    """A stand-in for `d2l.Vocab`, of the letters a to e."""

    def __len__(self):
        return 5

    def __getitem__(self, tokens):
        return ['abcde'.index(token) for token in tokens]

    def to_tokens(self, indices):
        return ['abcde'[index] for index in indices]


class Windows(d2l.DataModule):
    """Windows of the text 'abcdeabcde…', as minibatches X, Y."""

    def __init__(self, sizes=(4, 3)):
        super().__init__()
        start = torch.arange(sum(sizes))[:, None]
        text = (start + torch.arange(7)) % 5     # (windows, steps + 1)
        self.batches = [(t[:, :-1], t[:, 1:]) for t in text.split(sizes)]

    def get_dataloader(self, train):
        return self.batches


def rnn_pair(num_inputs=5, num_hiddens=7):
    """RNNScratch and nn.RNN with the same parameters."""
    torch.manual_seed(0)
    ours = d2l.RNNScratch(num_inputs, num_hiddens, sigma=0.5)
    theirs = nn.RNN(num_inputs, num_hiddens)
    with torch.no_grad():
        ours.b_h.normal_()
        theirs.weight_ih_l0.copy_(ours.W_xh.T)
        theirs.weight_hh_l0.copy_(ours.W_hh.T)
        theirs.bias_ih_l0.copy_(ours.b_h)
        theirs.bias_hh_l0.zero_()
    return ours, theirs


@pytest.mark.parametrize('given', [False, True])
def test_rnn_scratch_equals_torch_in_values_and_gradients(given):
    ours, theirs = rnn_pair()
    X, state = torch.randn(6, 3, 5), torch.randn(3, 7) if given else None
    outputs, last = ours(X, state)
    wanted, wanted_last = theirs(X, state[None] if given else None)
    d2l.check_len(outputs, 6)
    torch.testing.assert_close(torch.stack(outputs), wanted)
    torch.testing.assert_close(last, wanted_last[0])
    weight = torch.randn_like(wanted)
    (torch.stack(outputs) * weight).sum().backward()
    (wanted * weight).sum().backward()
    for a, b in ((ours.W_xh, theirs.weight_ih_l0.grad.T),
                 (ours.W_hh, theirs.weight_hh_l0.grad.T),
                 (ours.b_h, theirs.bias_ih_l0.grad)):
        torch.testing.assert_close(a.grad, b, rtol=1e-4, atol=1e-5)


def test_rnn_scratch_continues_where_its_state_left_off():
    ours, _ = rnn_pair()
    X = torch.randn(6, 3, 5)
    whole, _ = ours(X)
    _, state = ours(X[:2])
    rest, _ = ours(X[2:], state)
    torch.testing.assert_close(torch.stack(rest), torch.stack(whole[2:]))


@pytest.mark.parametrize(('shape', 'state', 'message'), [
    ((6, 3, 4), None, r'\(steps, batch, 5\), not \(6, 3, 4\)'),
    ((6, 5), None, r'not \(6, 5\)'),
    ((0, 3, 5), None, 'at least one time step'),
    ((6, 3, 5), (2, 7), r'shape \(3, 7\), but it is \(2, 7\)'),
])
def test_rnn_scratch_refuses_other_shapes(shape, state, message):
    state = None if state is None else torch.zeros(state)
    with pytest.raises(ValueError, match=message):
        rnn_pair()[0](torch.zeros(shape), state)


def test_checks():
    d2l.check_len([1, 2], 2)
    d2l.check_shape(torch.zeros(2, 3), (2, 3))
    d2l.check_shape(torch.zeros(2, 3), torch.ones(2, 3).shape)
    with pytest.raises(ValueError, match='length 3, but it is 2'):
        d2l.check_len([1, 2], 3)
    with pytest.raises(ValueError, match=r'\(3, 2\), but it is \(2, 3\)'):
        d2l.check_shape(torch.zeros(2, 3), (3, 2))


def language_models():
    """Scratch and concise language model with the same parameters."""
    ours, theirs = rnn_pair()
    scratch = d2l.RNNLMScratch(ours, 5, lr=1)
    rnn = d2l.RNN(5, 7)
    rnn.rnn.load_state_dict(theirs.state_dict())
    concise = d2l.RNNLM(rnn, 5, lr=1)
    concise(torch.zeros(1, 2, dtype=torch.int64))
    with torch.no_grad():
        scratch.b_q.normal_()
        concise.linear.weight.copy_(scratch.W_hq.T)
        concise.linear.bias.copy_(scratch.b_q)
    for model in (scratch, concise):
        model.board.display = False
    return scratch, concise


def test_one_hot_has_time_first():
    scratch, _ = language_models()
    X = torch.tensor([[0, 1, 2], [4, 3, 2]])
    one_hot = scratch.one_hot(X)
    d2l.check_shape(one_hot, (3, 2, 5))
    assert one_hot.dtype == torch.float32
    assert one_hot.argmax(dim=2).T.equal(X)
    assert one_hot.sum(dim=2).eq(1).all()


@pytest.mark.parametrize(('X', 'error'), [
    (torch.tensor([[0.0]]), TypeError), (torch.tensor([0, 1]), ValueError),
    (torch.tensor([[5]]), IndexError), (torch.tensor([[-1]]), IndexError),
])
def test_one_hot_refuses(X, error):
    with pytest.raises(error):
        language_models()[0].one_hot(X)


def test_scratch_and_concise_give_the_same_scores():
    scratch, concise = language_models()
    X = torch.tensor([[0, 1, 2], [4, 3, 2]])
    d2l.check_shape(scratch(X), (2, 3, 5))
    torch.testing.assert_close(scratch(X), concise(X))
    state = torch.randn(2, 7)
    torch.testing.assert_close(scratch(X, state), concise(X, state[None]))


def test_output_layer_takes_a_list_or_a_tensor():
    scratch, _ = language_models()
    H = torch.randn(4, 2, 7)
    torch.testing.assert_close(scratch.output_layer(H),
                               scratch.output_layer(list(H)))


def test_scratch_and_concise_learn_alike_with_clipping():
    scratch, concise = language_models()
    concise.rnn.rnn.bias_hh_l0.requires_grad_(False)    # a second b_h
    for model in (scratch, concise):
        trainer = d2l.Trainer(max_epochs=4, gradient_clip_val=0.5)
        trainer.fit(model, Windows())
    torch.testing.assert_close(scratch.W_hq, concise.linear.weight.T,
                               rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(scratch.rnn.W_hh,
                               concise.rnn.rnn.weight_hh_l0.T,
                               rtol=1e-3, atol=1e-4)


def test_the_optimizer_is_that_which_was_asked_for():
    scratch, _ = language_models()
    assert type(scratch.configure_optimizers()) is torch.optim.SGD
    adam = d2l.RNNLM(d2l.RNN(5, 7), 5, lr=0.3, optimizer=torch.optim.Adam)
    optimizer = adam.configure_optimizers()
    assert type(optimizer) is torch.optim.Adam
    assert optimizer.param_groups[0]['lr'] == 0.3


def test_the_learning_rate_decays_in_a_straight_line():
    rates = []

    class Watched(d2l.RNNLMScratch):
        def training_step(self, batch):
            rates.append(self.trainer.optim.param_groups[0]['lr'])
            return super().training_step(batch)

    torch.manual_seed(0)
    model = Watched(d2l.RNNScratch(5, 7), 5, lr=0.8, decay=True)
    with pytest.raises(RuntimeError, match='needs a trainer'):
        model.configure_optimizers()
    model.board.display = False
    d2l.Trainer(max_epochs=2).fit(model, Windows())     # 2 minibatches each
    assert rates == pytest.approx([0.8, 0.6, 0.4, 0.2])
    assert model.trainer.optim.param_groups[0]['lr'] == 0


def test_perplexity_weighs_every_token_alike():
    scratch, _ = language_models()
    X = torch.cat([x for x, _ in Windows().batches])
    Y = torch.cat([y for _, y in Windows().batches])
    loss = nn.functional.cross_entropy(scratch(X).reshape(-1, 5),
                                       Y.reshape(-1))
    assert d2l.perplexity(scratch, Windows()) == pytest.approx(
        math.exp(loss.item()))
    with torch.no_grad():
        scratch.W_hq.zero_()
        scratch.b_q.zero_()
    assert d2l.perplexity(scratch, Windows()) == pytest.approx(5)
    assert scratch.training


def test_perplexity_is_measured_in_evaluation_mode():
    class Dropping(d2l.RNNLMScratch):
        def forward(self, X, state=None):
            assert not self.training and not torch.is_grad_enabled()
            return super().forward(X, state)

    d2l.perplexity(Dropping(d2l.RNNScratch(5, 7), 5), Windows())


@pytest.mark.parametrize('loader', [None, []])
def test_perplexity_needs_data(loader):
    data = Windows()
    data.batches = loader
    with pytest.raises(ValueError, match='no validation data'):
        d2l.perplexity(language_models()[0], data)


@pytest.mark.parametrize('value', [0.1, 2.0, 1e6])
def test_clipping_equals_torch(value):
    torch.manual_seed(0)
    a, b = nn.Linear(4, 3), nn.Linear(4, 3)
    b.load_state_dict(a.state_dict())
    X = torch.randn(6, 4)
    for net in (a, b):
        (10 * net(X) ** 2).sum().backward()
    norm = d2l.Trainer(1).clip_gradients(value, a)
    torch.testing.assert_close(
        norm, nn.utils.clip_grad_norm_(b.parameters(), value))
    for p, q in zip(a.parameters(), b.parameters()):
        torch.testing.assert_close(p.grad, q.grad)


def test_clipping_keeps_zero_and_refuses_nonsense():
    net = nn.Linear(4, 3)
    trainer = d2l.Trainer(1)
    with pytest.raises(RuntimeError, match='backward first'):
        trainer.clip_gradients(1, net)
    (0 * net(torch.ones(1, 4))).sum().backward()
    assert trainer.clip_gradients(1, net) == 0
    assert net.weight.grad.eq(0).all()
    for value in (0, -1, math.nan):
        with pytest.raises(ValueError, match='must be positive'):
            trainer.clip_gradients(value, net)


def learned():
    """Models that know the text abcdeabcde…"""
    models = language_models()
    for model in models:
        d2l.Trainer(20, gradient_clip_val=0.5).fit(model, Windows())
    return models


def test_prediction_continues_the_text():
    for model in learned():
        points = model.board.data
        assert {'train_ppl', 'val_ppl'} == set(points)
        assert points['val_ppl'][-1].y < 1.1 < 2 < points['train_ppl'][0].y
        assert model.predict('cde', 8, Letters()) == 'cdeabcdeabc'
        assert model.predict(['d', 'e'], 2, Letters()) == [*'deab']
        assert model.predict('a', 0, Letters()) == 'a'
        assert not model.training    # as the trainer has left it
        model.train()
        model.predict('a', 1, Letters())
        assert model.training


def test_prediction_by_sampling_follows_the_probabilities():
    scratch, _ = language_models()
    with torch.no_grad():
        scratch.W_hq.zero_()
        scratch.b_q.copy_(torch.tensor([0.4, 0.3, 0.1, 0.1, 0.1]).log())
    torch.manual_seed(0)
    text = scratch.predict('a', 2000, Letters(), temperature=1)[1:]
    assert text.count('a') == pytest.approx(800, abs=100)
    text = scratch.predict('a', 2000, Letters(), temperature=0.5)[1:]
    assert text.count('a') == pytest.approx(2000 * 16 / 28, abs=100)
    torch.manual_seed(1)
    first = scratch.predict('a', 20, Letters(), temperature=1)
    torch.manual_seed(1)
    assert scratch.predict('a', 20, Letters(), temperature=1) == first


@pytest.mark.parametrize(('prefix', 'count', 'temperature'), [
    ('', 3, 0), ('a', -1, 0), ('a', 3, -0.5)])
def test_prediction_refuses(prefix, count, temperature):
    with pytest.raises(ValueError):
        language_models()[0].predict(prefix, count, Letters(),
                                     temperature=temperature)
