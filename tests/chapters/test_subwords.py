"""Section 9.2: byte-pair encoding, against counting anew in each round."""
import collections
import math

import pytest
from definitions import definitions
from hypothesis import given, settings
from hypothesis import strategies as st

SECTION = 'recurrent-neural-networks/text-sequence'
names = definitions(SECTION, {'merge', 'learn_bpe', 'encode'},
                    {'collections': collections, 'math': math})
merge, learn_bpe, encode = (
    names[name] for name in ('merge', 'learn_bpe', 'encode'))

COUNTS = {'low': 5, 'lower': 2, 'newest': 6, 'widest': 3, 'ooo': 4}
words = st.text('abc', min_size=1, max_size=8)
corpora = st.dictionaries(words, st.integers(1, 9), max_size=12)


def ranks(merges):
    return {pair: rank for rank, pair in enumerate(merges)}


def test_merge():
    assert merge(('a', 'b', 'a', 'b', 'c'), ('a', 'b')) == ('ab', 'ab', 'c')
    assert merge(('a', 'a', 'a'), ('a', 'a')) == ('aa', 'a')
    assert merge(('a',), ('a', 'b')) == ('a',)
    assert merge((), ('a', 'b')) == ()


@settings(deadline=None)
@given(corpora, st.integers(0, 12))
def test_every_merge_is_a_most_frequent_pair(counts, num_merges):
    segmented = {word: ('_', *word) for word in counts}
    merges = learn_bpe(counts, num_merges)
    for pair in merges:
        pairs = collections.Counter()
        for word, symbols in segmented.items():
            for found in zip(symbols, symbols[1:]):
                pairs[found] += counts[word]
        assert pairs[pair] == max(pairs.values())
        segmented = {word: merge(symbols, pair)
                     for word, symbols in segmented.items()}
    if len(merges) < num_merges:        # nothing was left to merge
        assert all(len(symbols) == 1 for symbols in segmented.values())
    # encoding does what learning did, and loses nothing
    for word, symbols in segmented.items():
        assert encode(word, ranks(merges)) == symbols


@settings(deadline=None)
@given(corpora, words)
def test_nothing_is_lost_or_unknown(counts, word):
    symbols = encode(word, ranks(learn_bpe(counts, 8)))
    assert ''.join(symbols) == '_' + word


def test_known_example():
    merges = learn_bpe(COUNTS, 4)
    assert merges[:2] == [('e', 's'), ('es', 't')]
    assert encode('slowest', ranks(merges))[-1] == 'est'


@pytest.mark.parametrize('counts', [{}, {'a': 1}])
def test_short_of_pairs(counts):
    assert len(learn_bpe(counts, 5)) == len(counts)
