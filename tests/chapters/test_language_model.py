"""Sections 9.3 and 9.4: models by counting, and the recurrence."""
import collections
import math

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

COUNTING = 'recurrent-neural-networks/language-model'
RECURRENCE = 'recurrent-neural-networks/rnn'


@pytest.fixture(scope='module')
def lm():
    return definitions(COUNTING, {
        'ngram_numbers', 'count_ngrams', 'smooth', 'ngram_perplexity',
        'interpolate', 'share_unseen', 'write'},
        {'torch': torch, 'math': math})


@pytest.fixture(scope='module')
def unroll():
    return definitions(RECURRENCE, {'unroll'}, {'torch': torch})['unroll']


@pytest.fixture
def tokens():
    torch.manual_seed(0)
    return torch.randint(0, 4, (300,))


@pytest.mark.parametrize('n', [1, 2, 3])
def test_counts(lm, tokens, n):
    text = tokens.tolist()
    wanted = collections.Counter(zip(*(text[i:] for i in range(n))))
    counts = lm['count_ngrams'](tokens, n, 4)
    assert counts.shape == (4,) * n
    assert counts.sum() == len(tokens) - n + 1
    for gram in counts.nonzero().tolist():
        assert counts[tuple(gram)] == wanted[tuple(gram)]


def test_perplexity_is_that_of_the_cross_entropy(lm, tokens):
    p = lm['smooth'](lm['count_ngrams'](tokens, 3, 4), 0.5)
    logits = p[tokens[:-2], tokens[1:-1]].log()
    wanted = F.cross_entropy(logits, tokens[2:]).exp().item()
    assert lm['ngram_perplexity'](p, tokens) == pytest.approx(wanted)


def test_perplexity_of_known_models(lm, tokens):
    assert lm['ngram_perplexity'](torch.full((4,), 0.25),
                                  tokens) == pytest.approx(4)
    cycle = torch.arange(40) % 4
    p = lm['smooth'](lm['count_ngrams'](cycle, 2, 4), 0)
    assert lm['ngram_perplexity'](p, cycle) == 1
    assert lm['ngram_perplexity'](p, tokens) == math.inf


@pytest.mark.parametrize('n', [1, 2, 3])
def test_probabilities_sum_to_one(lm, tokens, n):
    counts = [lm['count_ngrams'](tokens[:20], k, 4) for k in range(1, n + 1)]
    for p in (lm['smooth'](counts[-1], 0.1),
              lm['interpolate'](counts, 2.0)[-1]):
        assert p.min() > 0
        torch.testing.assert_close(p.sum(-1), torch.ones(p.shape[:-1]))


def test_interpolation(lm):
    counts = [torch.tensor([3.0, 1.0]),
              torch.tensor([[2.0, 0.0], [0.0, 0.0]])]
    unigram, bigram = lm['interpolate'](counts, 4.0)
    torch.testing.assert_close(unigram, torch.tensor([5 / 8, 3 / 8]))
    torch.testing.assert_close(bigram[0], torch.tensor([4.5 / 6, 1.5 / 6]))
    torch.testing.assert_close(bigram[1], unigram)      # never seen


def test_share_unseen(lm):
    assert lm['share_unseen'](list('ababba'), 4, 1) == 0
    assert lm['share_unseen'](list('ababbc'), 4, 1) == 0.5
    assert lm['share_unseen'](list('ababba'), 4, 2) == 0


def test_write_follows_the_counts(lm):
    cycle = torch.arange(12) % 3
    counts = lm['count_ngrams'](cycle, 2, 3)
    assert lm['write'](counts, [0], 5) == [0, 1, 2, 0, 1, 2]
    ones = lm['count_ngrams'](torch.ones(5, dtype=torch.int64), 1, 3)
    assert lm['write'](ones, [0, 2], 3) == [0, 2, 1, 1, 1]


def test_recurrence_equals_that_of_pytorch(unroll):
    torch.manual_seed(1)
    rnn = nn.RNN(5, 7)
    X, H = torch.randn(6, 3, 5), torch.randn(3, 7)
    ours = unroll(X, H, rnn.weight_ih_l0.T, rnn.weight_hh_l0.T,
                  rnn.bias_ih_l0 + rnn.bias_hh_l0)
    torch.testing.assert_close(ours, rnn(X, H[None])[0])


def test_the_future_does_not_change_the_past(unroll):
    torch.manual_seed(2)
    X, changed = torch.randn(2, 8, 2, 3).double()
    changed[:5] = X[:5]
    weights = torch.randn(3, 4).double(), torch.randn(4, 4).double()
    a, b = (unroll(x, torch.zeros(2, 4).double(), *weights)
            for x in (X, changed))
    assert torch.equal(a[:5], b[:5]) and not torch.equal(a[5], b[5])
