"""Section 10.6: the interface, with a model whose answers are known."""

import pytest
import torch
from definitions import definitions
from torch import nn

from d2l import torch as d2l


class Reader(d2l.Encoder):
    def forward(self, X, *args):
        self.seen = args
        return X


class Copier(d2l.Decoder):
    """Scores that point at the source's next token; the state is a step."""

    def __init__(self, vocab_size):
        super().__init__()
        self.vocab_size = vocab_size
        self.weight = nn.Parameter(torch.ones(1))
        self.dropout = nn.Dropout(0.9)

    def init_state(self, enc_all_outputs, *args):
        return enc_all_outputs, 0

    def forward(self, X, state):
        source, step = state
        tokens = source[:, step:step + X.shape[1]]
        scores = self.dropout(nn.functional.one_hot(
            tokens, self.vocab_size).float() * self.weight)
        self.attention_weights = step
        return scores, (source, step + X.shape[1])


@pytest.fixture
def model():
    return d2l.EncoderDecoder(Reader(), Copier(9))


@pytest.fixture
def batch():
    src = torch.tensor([[4, 5, 6, 3, 1], [8, 7, 3, 1, 1]])
    dec_X = torch.full((2, 5), 2)
    return src, dec_X, torch.tensor([4, 3]), dec_X


def test_forward_gives_the_scores_only(model, batch):
    model.eval()
    scores = model(*batch[:-1])
    assert scores.shape == (2, 5, 9)
    assert torch.equal(scores.argmax(2), batch[0])
    assert model.encoder.seen[0] is batch[2]
    assert isinstance(model, d2l.Classifier)


def test_prediction_carries_the_state(model, batch):
    model.train()
    tokens, weights = model.predict_step(batch, torch.device('cpu'), 4)
    assert torch.equal(tokens, batch[0][:, :4])
    assert weights == []
    assert model.training
    assert not tokens.requires_grad
    tokens, weights = model.eval().predict_step(batch, None, 3, True)
    assert tokens.shape == (2, 3)
    assert weights == [0, 1, 2]
    assert not model.training


class Echo(d2l.Decoder):
    """The next token is the last one plus one."""

    def init_state(self, enc_all_outputs, *args):
        return None

    def forward(self, X, state):
        return nn.functional.one_hot(X + 1, 50).float(), None


def test_prediction_feeds_tokens_back(batch):
    model = d2l.EncoderDecoder(Reader(), Echo())        # no parameters
    tokens, _ = model.predict_step(batch, 'cpu', 6)
    assert tokens.tolist() == [[3, 4, 5, 6, 7, 8]] * 2


def test_targets_are_not_read(model, batch):
    changed = (batch[0], batch[1].clone(), batch[2], batch[3] * 0)
    changed[1][:, 1:] = 7
    a, _ = model.predict_step(batch, None, 5)
    b, _ = model.predict_step(changed, None, 5)
    assert torch.equal(a, b)


def test_wrong_arguments(model, batch):
    with pytest.raises(ValueError, match='1 or more'):
        model.predict_step(batch, None, 0)
    with pytest.raises(RuntimeError, match='is on cpu, not on meta'):
        model.predict_step(batch, 'meta', 3)


@pytest.mark.parametrize('call', [
    lambda: d2l.Encoder()(torch.zeros(1)),
    lambda: d2l.Decoder()(torch.zeros(1), None),
    lambda: d2l.Decoder().init_state(None)])
def test_base_classes_say_what_is_missing(call):
    with pytest.raises(NotImplementedError, match='must define'):
        call()


def test_the_model_that_can_be_read():
    names = {'torch': torch, 'nn': nn, 'd2l': d2l, 'Encoder': d2l.Encoder,
             'Decoder': d2l.Decoder, 'pad': 26, 'bos': 27, 'eos': 28}
    definitions('recurrent-modern/encoder-decoder',
                {'Keep', 'Backwards', 'arrays', 'spell'}, names)
    model = d2l.EncoderDecoder(names['Keep'](), names['Backwards']())
    batch = names['arrays'](['abc', 'vwxyz', ''], num_steps=7)
    tokens, _ = model.predict_step(batch, None, 7)
    assert [names['spell'](t) for t in tokens.tolist()] == ['cba', 'zyxwv',
                                                             '']
    src, dec_X, valid_len, labels = batch
    scores = model(src, dec_X, valid_len)
    keep = labels != 26
    assert torch.equal(scores.argmax(2)[keep], labels[keep])
    state = model.decoder.init_state(model.encoder(src, valid_len))
    first, state = model.decoder(dec_X[:, :2], state)
    rest, _ = model.decoder(dec_X[:, 2:], state)
    assert torch.equal(torch.cat([first, rest], dim=1), scores)
