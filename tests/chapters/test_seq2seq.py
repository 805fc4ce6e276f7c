"""Section 10.7 and its parts of B.7: networks, masked loss, BLEU."""
import math
import random

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

PAD, BOS, EOS = 1, 2, 3


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.fixture
def encoder():
    return d2l.Seq2SeqEncoder(10, 6, 8, 2)


@pytest.fixture
def decoder():
    return d2l.Seq2SeqDecoder(11, 6, 8, 2)


@pytest.fixture
def model(encoder, decoder):
    return d2l.Seq2Seq(encoder, decoder, PAD, lr=0.01)


X = torch.tensor([[4, 7, 3, 1, 1], [5, 5, 9, 8, 3]])
LENGTHS = torch.tensor([3, 5])


# -- initialization ---------------------------------------------------------

def test_init_gives_each_gate_glorot_bounds():
    rnn, linear = nn.GRU(20, 50), nn.Linear(20, 50)
    biases = [p.clone() for p in (rnn.bias_ih_l0, linear.bias)]
    nn.Sequential(rnn, linear).apply(d2l.init_seq2seq)
    bound = math.sqrt(6 / (20 + 50))
    for weight in (*rnn.weight_ih_l0.split(50), linear.weight):
        assert 0.98 * bound < weight.abs().max() <= bound
    assert torch.equal(rnn.bias_ih_l0, biases[0])
    assert torch.equal(linear.bias, biases[1])
    assert rnn.weight_ih_l0.requires_grad


def test_init_leaves_others_alone():
    lazy, embedding = nn.LazyLinear(3), nn.Embedding(4, 5)
    before = embedding.weight.clone()
    nn.ModuleList([lazy, embedding]).apply(d2l.init_seq2seq)
    assert torch.equal(embedding.weight, before)
    assert nn.parameter.is_lazy(lazy.weight)


# -- encoder and decoder ----------------------------------------------------

def test_encoder_without_padding_is_gru(encoder):
    outputs, state = encoder(X)
    want = encoder.rnn(encoder.embedding(X).transpose(0, 1))
    assert outputs.shape == (5, 2, 8) and state.shape == (2, 2, 8)
    torch.testing.assert_close((outputs, state), want)
    torch.testing.assert_close(encoder(X, torch.tensor([5, 5])), want)


def test_padding_cannot_change_what_is_valid(encoder):
    outputs, state = encoder(X, LENGTHS)
    other = X.clone()
    other[0, 3:] = torch.tensor([8, 2])
    changed = encoder(other, LENGTHS)
    assert torch.equal(changed[0], outputs)
    assert torch.equal(changed[1], state)
    alone = encoder(X[:1, :3])
    torch.testing.assert_close(state[:, :1], alone[1])
    torch.testing.assert_close(outputs[:3, :1], alone[0])
    assert not outputs[3:, 0].any()


@pytest.mark.parametrize('lengths', [[0, 5], [3, 6], [3], [3, 5, 5]])
def test_encoder_refuses_lengths(encoder, lengths):
    with pytest.raises(ValueError, match='2 valid lengths from 1 to 5'):
        encoder(X, torch.tensor(lengths))


@pytest.mark.parametrize(('tokens', 'error', 'match'), [
    (X[0], ValueError, r'\(batch, steps\).*\(5,\)'),
    (X[:0], ValueError, r'\(0, 5\)'),
    (X.float(), TypeError, 'integers, not torch.float32')])
def test_tokens_are_checked(encoder, decoder, tokens, error, match):
    state = decoder.init_state(encoder(X))
    with pytest.raises(error, match=match):
        encoder(tokens)
    with pytest.raises(error, match=match):
        decoder(tokens, state)


def test_unknown_index_is_an_error(encoder):
    with pytest.raises(IndexError):
        encoder(torch.tensor([[10]]))


def test_decoder_in_one_call_or_step_by_step(encoder, decoder):
    state = decoder.init_state(encoder(X, LENGTHS), LENGTHS)
    Y = torch.tensor([[2, 6, 4], [2, 8, 8]])
    at_once, last = decoder(Y, state)
    assert at_once.shape == (2, 3, 11)
    for t in range(3):
        step, state = decoder(Y[:, t:t + 1], state)
        torch.testing.assert_close(step[:, 0], at_once[:, t])
    torch.testing.assert_close(state, last)


def test_decoder_by_hand(encoder, decoder):
    _, hidden = encoder(X, LENGTHS)
    state = decoder.init_state((None, hidden))
    got, _ = decoder(torch.tensor([[6], [4]]), state)
    inputs = torch.cat((hidden[-1], decoder.embedding.weight[[6, 4]]), 1)
    outputs, _ = decoder.rnn(inputs[None], hidden)
    torch.testing.assert_close(got[:, 0], decoder.dense(outputs[0]))


def test_future_cannot_change_the_past(model):
    Y = torch.tensor([[2, 6, 4, 9], [2, 8, 8, 5]])
    before = model(X, Y, LENGTHS)
    Y[:, 2:] = 7
    after = model(X, Y, LENGTHS)
    assert torch.equal(before[:, :2], after[:, :2])
    assert not torch.allclose(before[:, 2], after[:, 2])


def test_padded_source_cannot_change_the_translation(model):
    Y = torch.tensor([[2, 6, 4], [2, 8, 8]])
    other = X.clone()
    other[0, 3:] = 8
    assert torch.equal(model(X, Y, LENGTHS), model(other, Y, LENGTHS))


def test_dropout_is_between_layers():
    assert d2l.Seq2SeqEncoder(9, 4, 4, 2, dropout=0.3).rnn.dropout == 0.3
    assert d2l.Seq2SeqDecoder(9, 4, 4, 1, dropout=0.3).rnn.dropout == 0


# -- loss and training ------------------------------------------------------

LABELS = torch.tensor([[6, 4, EOS, PAD], [EOS, PAD, PAD, PAD]])


def test_masked_loss_equals_ignore_index(model):
    logits = torch.randn(2, 4, 11, requires_grad=True)
    loss = model.loss(logits, LABELS)
    want = F.cross_entropy(logits.flatten(0, 1), LABELS.flatten(),
                           ignore_index=PAD)
    torch.testing.assert_close(loss, want)
    torch.testing.assert_close(torch.autograd.grad(loss, logits),
                               torch.autograd.grad(want, logits))
    each = model.loss(logits, LABELS, averaged=False)
    want = F.cross_entropy(logits.flatten(0, 1), LABELS.flatten(),
                           ignore_index=PAD, reduction='none')
    torch.testing.assert_close(each, want)


def test_loss_does_not_see_logits_of_padding(model):
    logits = torch.randn(2, 4, 11)
    before = model.loss(logits, LABELS)
    logits[LABELS == PAD] = 1e6
    assert model.loss(logits, LABELS) == before


@pytest.mark.parametrize(('shape', 'labels', 'match'), [
    ((2, 4, 11), torch.full((2, 4), PAD), 'all tokens are padding'),
    ((2, 3, 11), LABELS, r'\(2, 3, 11\) and \(2, 4\)'),
    ((8, 11), LABELS, r'\(8, 11\) and \(2, 4\)')])
def test_loss_refuses(model, shape, labels, match):
    with pytest.raises(ValueError, match=match):
        model.loss(torch.zeros(shape), labels)


def test_lr_must_be_positive(encoder, decoder):
    with pytest.raises(ValueError, match='lr must be'):
        d2l.Seq2Seq(encoder, decoder, PAD, lr=0)


class Pairs(d2l.DataModule):
    """Words over three letters, to be written backwards."""

    def __init__(self, num=200, batch_size=50, num_steps=5):
        super().__init__()
        self.save_hyperparameters()
        lines = [random.Random(i).choices('abc', k=4) for i in range(num)]
        self.tgt_vocab = self.src_vocab = vocab = d2l.Vocab(
            lines, reserved_tokens=['<pad>', '<bos>', '<eos>'])
        src = torch.tensor([vocab[[*line, '<eos>']] for line in lines])
        tgt = torch.tensor([vocab[['<bos>', *line[::-1], '<eos>']]
                            for line in lines])
        self.arrays = (src, tgt[:, :-1], torch.full((num,), 5), tgt[:, 1:])

    def get_dataloader(self, train):
        rows = slice(0, 150) if train else slice(150, None)
        return self.get_tensorloader(self.arrays, train, rows)


def backwards(data, epochs):
    size = len(data.src_vocab), 16, 32, 1
    model = d2l.Seq2Seq(d2l.Seq2SeqEncoder(*size), d2l.Seq2SeqDecoder(*size),
                        data.tgt_vocab['<pad>'], lr=0.02)
    model.board.display = False
    d2l.Trainer(epochs, gradient_clip_val=1).fit(model, data)
    return model


def test_it_learns_and_is_evaluated():
    data = Pairs()
    model = backwards(data, 25)
    curve = [point.y for point in model.board.data['val_loss']]
    assert curve[-1] < 0.3 * curve[0]
    assert d2l.evaluate_translation(model, data) > 0.75
    predictions, references = d2l.translate(model, data)
    assert len(predictions) == len(references) == 50
    assert all(len(r) == 4 for r in references)
    _, short = d2l.translate(model, data, num_steps=2)
    assert short == references


# -- BLEU -------------------------------------------------------------------

def corpus(seed):
    rng = random.Random(seed)
    refs = [rng.choices('abcdef', k=rng.randint(1, 9)) for _ in range(12)]
    return [[w if rng.random() < 0.8 else 'x' for w in
             r[:rng.randint(0, 9)]] for r in refs], refs


@pytest.mark.parametrize('seed', range(30))
@pytest.mark.parametrize('size', [1, 12])
def test_corpus_bleu_is_that_of_sacrebleu(seed, size):
    sacrebleu = pytest.importorskip('sacrebleu')
    predictions, references = corpus(seed)
    predictions, references = predictions[:size], references[:size]
    want = sacrebleu.corpus_bleu(
        [' '.join(p) for p in predictions],
        [[' '.join(r) for r in references]], tokenize='none').score / 100
    got = d2l.corpus_bleu(predictions, references)
    assert got == pytest.approx(want, abs=1e-9)


def test_corpus_bleu_by_hand():
    # 4 of 5 words, 2 of 4 pairs, 1 of 3 triples, no run of four (of two)
    got = d2l.corpus_bleu([list('abcxd')], [list('abcyd')])
    want = (4 / 5 * 2 / 4 * 1 / 3 * 0.5 / 2) ** 0.25
    assert got == pytest.approx(want)
    assert d2l.corpus_bleu([list('abcde')], [list('abcde')]) == 1
    half = d2l.corpus_bleu([list('abcd')], [list('abcdefgh')])
    assert half == pytest.approx(math.exp(1 - 8 / 4))
    # a repeated word is matched as often as the reference has it
    clipped = d2l.corpus_bleu([list('aaaa')], [list('aabb')], max_order=1)
    assert clipped == pytest.approx(0.5)


def test_corpus_bleu_refuses():
    with pytest.raises(ValueError, match='got 0 and 0'):
        d2l.corpus_bleu([], [])
    with pytest.raises(ValueError, match='got 1 and 2'):
        d2l.corpus_bleu([['a']], [['a'], ['b']])
    with pytest.raises(TypeError, match='split it'):
        d2l.corpus_bleu(['a b'], [['a', 'b']])


@pytest.mark.parametrize(('pred', 'label', 'k', 'want'), [
    ('a b c', 'a b c', 2, 1),
    ('a b', 'a b c', 2, math.exp(1 - 3 / 2)),
    ('a c', 'a b c', 2, 0),
    ('a b x', 'a b c', 2, (2 / 3) ** 0.5 * (1 / 2) ** 0.25),
    ('a', 'a', 3, 1), ('', 'a', 2, 0), ('a a', 'a b', 1, 0.5 ** 0.5)])
def test_bleu_of_one_sequence(pred, label, k, want):
    assert d2l.bleu(pred, label, k) == pytest.approx(want)


@pytest.mark.parametrize(('label', 'k'), [('', 2), ('a', 0)])
def test_bleu_refuses(label, k):
    with pytest.raises(ValueError, match='label of one word'):
        d2l.bleu('a', label, k)


def test_words():
    vocab = Pairs(num=9).tgt_vocab
    row = vocab[['a', 'b', '<pad>', '<eos>', 'c', '<eos>']]
    assert d2l.words(row, vocab) == ['a', 'b']
    assert d2l.words(torch.tensor(vocab[['c', 'c']]), vocab) == ['c', 'c']
    assert d2l.words(vocab[['<eos>']], vocab) == []


def test_unknown_words_do_not_match():
    class Parrot(nn.Module):
        def predict_step(self, batch, device, num_steps):
            return batch[-1], []

    data = Pairs()
    assert d2l.evaluate_translation(Parrot(), data) == pytest.approx(0, abs=1)
    data.arrays[-1][:, 0] = data.tgt_vocab.unk
    predictions, references = d2l.translate(Parrot(), data)
    assert predictions == references and references[0][0] == '<unk>'
    counted = d2l.evaluate_translation(Parrot(), data)
    assert counted < 1
    assert counted == pytest.approx(d2l.corpus_bleu(
        predictions, [[None, *r[1:]] for r in references]))


# -- B.7: names of older notebooks ------------------------------------------

def test_masked_softmax_ce_loss():
    logits, valid = torch.randn(2, 4, 11), torch.tensor([3, 1])
    criterion = d2l.MaskedSoftmaxCELoss()
    each = F.cross_entropy(logits.transpose(1, 2), LABELS, reduction='none')
    want = torch.stack((each[0, :3].sum(), each[1, :1].sum())) / 4
    torch.testing.assert_close(criterion(logits, LABELS, valid), want)
    assert criterion.reduction == 'none'
    with pytest.raises(ValueError, match=r'\(2, 4, 11\), \(2, 4\) and \(1,\)'):
        criterion(logits, LABELS, valid[:1])


def test_train_and_predict_seq2seq(capsys):
    data = Pairs()
    src, _, valid, labels = data.arrays
    batches = d2l.load_array((src, valid, labels, valid), 50)
    size = len(data.src_vocab), 16, 32, 1
    net = d2l.EncoderDecoder(d2l.Seq2SeqEncoder(*size),
                             d2l.Seq2SeqDecoder(*size))
    vocab = data.tgt_vocab
    d2l.train_seq2seq(net, batches, 0.02, 25, vocab, d2l.cpu())
    assert 'tokens/s on cpu' in capsys.readouterr().out
    right = 0
    for line in ('a b c a', 'C C A A', 'b a a c', 'b b c b'):
        text, weights = d2l.predict_seq2seq(net, line, vocab, vocab, 5,
                                            d2l.cpu())
        right += text.split() == line.lower().split()[::-1]
        assert weights == []
    assert right >= 3


def test_train_seq2seq_refuses(model):
    vocab = Pairs(num=9).tgt_vocab
    with pytest.raises(ValueError, match='num_epochs'):
        d2l.train_seq2seq(model, [], 0.1, 0, vocab, d2l.cpu())
    with pytest.raises(ValueError, match='nothing to train on'):
        d2l.train_seq2seq(model, [], 0.1, 1, vocab, d2l.cpu())


def test_predict_seq2seq_saves_attention_weights(encoder):
    class Decoder(d2l.Decoder):
        attention_weights = 'weights'

        def init_state(self, enc_all_outputs, *args):
            return 0

        def forward(self, tokens, state):
            scores = torch.zeros(1, 1, 11)
            scores[..., EOS if state == 2 else 5] = 1
            return scores, state + 1

    net = d2l.EncoderDecoder(encoder, Decoder())
    vocab = d2l.Vocab([list('abcdef')],
                      reserved_tokens=['<pad>', '<bos>', '<eos>'])
    assert vocab['<eos>'] < 10
    words, weights = d2l.predict_seq2seq(
        net, 'a b', vocab, vocab, 3, d2l.cpu(), save_attention_weights=True)
    assert len(words.split()) in (2, 3) and set(weights) == {'weights'}
