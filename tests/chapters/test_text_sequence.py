"""Sections 9.2 and 9.3: vocabularies, texts, windows."""
import collections
import os
from pathlib import Path

import pytest
import torch

from d2l import data as catalogue
from d2l import torch as d2l

TEXT = 'The whale! The white whale; a whale?'
NOVEL = 'Call me Ishmael. ' * 40


class Novel(d2l.MobyDick):
    """A short text in place of the long one."""

    def _download(self):
        return NOVEL


@pytest.fixture
def vocab():
    return d2l.Vocab(['b', 'a', 'c', 'a', 'b', 'a'], reserved_tokens=['<pad>'])


@pytest.fixture(scope='module')
def moby():
    if not (catalogue.cache_folder() / 'moby-dick').is_dir():
        pytest.skip('the novel has not been fetched')
    return d2l.MobyDick(batch_size=64, num_steps=32)


def test_vocab_order_and_counts(vocab):
    assert vocab.idx_to_token == ['<unk>', '<pad>', 'a', 'b', 'c']
    assert vocab.token_to_idx == {'<unk>': 0, '<pad>': 1, 'a': 2, 'b': 3,
                                  'c': 4}
    assert vocab.token_freqs == [('a', 3), ('b', 2), ('c', 1)]
    assert len(vocab) == 5 and vocab.unk == 0


def test_vocab_lookup(vocab):
    assert vocab['b'] == 3
    assert vocab[['a', 'zebra', '<pad>']] == [2, 0, 1]
    assert vocab[[['a'], ('b', 'c')]] == [[2], [3, 4]]
    assert vocab.to_tokens(3) == 'b'
    assert vocab.to_tokens([2]) == ['a']
    assert vocab.to_tokens(torch.tensor(4)) == 'c'
    assert vocab.to_tokens(torch.tensor([[2, 3], [4, 0]])) == [
        ['a', 'b'], ['c', '<unk>']]


def test_membership_ends(vocab):
    """Without __contains__ Python would ask for 0, 1, 2, ... for ever."""
    assert 'a' in vocab and 'zebra' not in vocab and 0 not in vocab
    assert list(vocab) == vocab.idx_to_token


@pytest.mark.parametrize('index', [5, -1, [0, 9]])
def test_no_token_of_that_number(vocab, index):
    with pytest.raises(IndexError, match='vocabulary of 5 tokens'):
        vocab.to_tokens(index)


def test_vocab_of_lines_minimum_and_nothing():
    vocab = d2l.Vocab([['a', 'b'], ['a'], []], min_freq=2)
    assert list(vocab) == ['<unk>', 'a'] and vocab['b'] == vocab.unk
    assert list(d2l.Vocab()) == ['<unk>']
    assert list(d2l.Vocab(iter('bab'))) == ['<unk>', 'a', 'b']
    pairs = d2l.Vocab([('of', 'the'), ('of', 'a'), ('of', 'the')])
    assert pairs.token_freqs[0] == (('of', 'the'), 2)


def test_special_tokens_are_not_listed_twice():
    vocab = d2l.Vocab(['<unk>', 'a', '<eos>'], min_freq=2,
                      reserved_tokens=['<unk>', '<eos>'])
    assert list(vocab) == ['<unk>', '<eos>']


def test_preprocess_and_tokenize():
    data = Novel(2, 3)
    assert data._preprocess('Don’t—stop, 1851!\nNow') == 'don t stop now'
    assert data._tokenize('a b') == ['a', ' ', 'b']
    data.token = 'word'
    assert data._tokenize(' a bc ') == ['a', 'bc']
    data.token = 'phoneme'
    with pytest.raises(ValueError, match='phoneme'):
        data._tokenize('a')


def test_build():
    data = Novel(2, 3)
    corpus, vocab = data.build(TEXT)
    assert ''.join(vocab.to_tokens(corpus)) == (
        'the whale the white whale a whale ')
    assert data.build('hat', vocab) == (vocab[['h', 'a', 't']], vocab)


def test_windows_are_views_of_the_corpus():
    data = Novel(2, 5)
    n = len(data.corpus)
    assert data.X.shape == data.Y.shape == (n - 5, 5)
    assert data.X.dtype == torch.int64
    assert torch.equal(data.X[7], data.corpus[7:12])
    assert torch.equal(data.Y[7], data.corpus[8:13])
    assert data.X.untyped_storage().data_ptr() == (
        data.corpus.untyped_storage().data_ptr())


def test_words_of_the_last_tenth_are_unknown():
    class Two(Novel):
        def _download(self):
            return 'x ' * 9 + 'y'
    data = Two(1, 1, token='word')
    assert data.split == 9 and list(data.vocab) == ['<unk>', 'x']
    assert data.corpus.tolist() == [1] * 9 + [0]
    assert list(Novel(1, 1, token='word', min_freq=99).vocab) == ['<unk>']


@pytest.mark.parametrize('wrong', [
    {'batch_size': 0}, {'num_steps': 0}, {'num_steps': 2.5},
    {'num_steps': 100_000}, {'token': 'line'}])
def test_bad_arguments(wrong):
    with pytest.raises(ValueError):
        Novel(**{'batch_size': 4, 'num_steps': 5} | wrong)


def test_no_text_of_its_own():
    with pytest.raises(NotImplementedError, match='TextData'):
        d2l.TextData()._download()


def starts_of(data, train):
    """Where the windows of an epoch start, found by their contents."""
    data.corpus.copy_(torch.arange(len(data.corpus)))
    batches = list(data.get_dataloader(train))
    for X, Y in batches:
        assert X.shape == Y.shape == (len(X), data.num_steps)
        assert torch.equal(X + 1, Y)
    return torch.cat([X[:, 0] for X, _ in batches]), batches


def test_validation_windows_cover_the_last_tenth_in_order():
    data = Novel(4, 7)
    starts, batches = starts_of(data, train=False)
    length = len(data.corpus) - data.split
    assert starts.tolist() == [data.split + 7 * i
                               for i in range((length - 1) // 7)]
    assert len(data.get_dataloader(False)) == len(batches)
    assert batches[-1][1].max() < len(data.corpus)


def test_training_windows_are_side_by_side_and_new_each_time():
    data = Novel(4, 7)
    torch.manual_seed(0)
    offsets = set()
    for _ in range(60):
        starts, batches = starts_of(data, train=True)
        ordered = starts.sort().values
        assert (ordered.diff() == 7).all() and ordered[0] < 7
        assert ordered[-1] + 7 < data.split
        assert data.split - (ordered[-1] + 7) < 3 * 7
        assert not torch.equal(starts, ordered)
        assert len(batches) == len(data.get_dataloader(True))
        offsets.add(int(ordered[0]))
    assert offsets == set(range(7))


def test_a_loader_draws_anew_in_each_pass():
    loader = Novel(4, 7).get_dataloader(True)
    torch.manual_seed(0)
    first, second = (torch.cat([X for X, _ in loader]) for _ in range(2))
    assert not torch.equal(first, second)
    torch.manual_seed(0)
    assert torch.equal(first, torch.cat([X for X, _ in loader]))


def test_limits():
    data = Novel(4, 7, num_train=6, num_val=3)
    assert [len(X) for X, _ in data.get_dataloader(True)] == [4, 2]
    assert [len(X) for X, _ in data.get_dataloader(False)] == [3]
    with pytest.raises(ValueError, match='999 were asked for'):
        Novel(4, 7, num_train=999).get_dataloader(True)
    with pytest.raises(ValueError, match='side by side'):
        d2l.WindowSampler(0, 5, 5, 1)
    with pytest.raises(ValueError):
        Novel(4, 7, num_val=0).get_dataloader(False)


def test_moby_dick(moby):
    assert list(moby.vocab) == ['<unk>', ' ', *'abcdefghijklmnopqrstuvwxyz']
    assert moby.corpus.min() == 1
    assert len(moby.corpus) == 1_148_977
    assert moby.split == len(moby.corpus) * 9 // 10
    text = ''.join(moby.vocab.to_tokens(moby.corpus[:42]))
    assert text == 'chapter loomings call me ishmael some year'
    X, Y = next(iter(moby.get_dataloader(True)))
    assert X.shape == (64, 32) and X.dtype == Y.dtype == torch.int64
    assert torch.equal(X[:, 1:], Y[:, :-1])


def old_file():
    mirror = os.environ.get('D2L_DATA_MIRROR', '')
    places = (catalogue.cache_folder(), Path(mirror))
    return any((p / 'timemachine' / 'timemachine.txt').is_file()
               for p in places)


@pytest.mark.skipif(not old_file(), reason='The Time Machine is not here')
def test_time_machine():
    data = d2l.TimeMachine(batch_size=1024, num_steps=10)
    assert len(data.vocab) == 28
    X, Y = next(iter(data.val_dataloader()))
    assert torch.equal(X, data.X[10000:11024])
    assert torch.equal(Y[:, :-1], X[:, 1:])
    assert sum(len(X) for X, _ in data.train_dataloader()) == 10000


def test_time_machine_of_old_notebooks(monkeypatch):
    """Their own constructor and methods, put into our class."""
    class Old(d2l.TimeMachine):
        def __init__(self, batch_size, num_steps, num_train=30, num_val=20):
            super(d2l.TimeMachine, self).__init__()
            self.save_hyperparameters()
            corpus, self.vocab = self.build(NOVEL)
            self._set_corpus(corpus)

    data = Old(8, 4)
    assert sum(len(X) for X, _ in data.train_dataloader()) == 30
    assert [len(X) for X, _ in data.val_dataloader()] == [8, 8, 4]
    monkeypatch.setattr(d2l.TimeMachine, '_download', lambda self: TEXT)
    with pytest.raises(ValueError, match='windows of'):
        d2l.TimeMachine(4, 5)
    data = d2l.TimeMachine(4, 5, num_train=12, num_val=4)
    assert collections.Counter(len(X) for X, _ in data.train_dataloader()) \
        == {4: 3}
    (X, Y), = data.val_dataloader()
    assert torch.equal(X, data.X[12:16]) and torch.equal(Y, data.Y[12:16])
