"""Section 10.8: greedy, exhaustive and beam search."""
import math

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from d2l import torch as d2l

BOS, EOS = 4, 0


def table_step(seed, scale, vocab_size=4):
    """A random language in which a token depends on the one before."""
    generator = torch.Generator().manual_seed(seed)
    logits = scale * torch.randn(vocab_size + 1, vocab_size,
                                 generator=generator)
    table = logits.log_softmax(1)
    return lambda token, state: (table[token], state)


def trap(first=0.6, second=0.28, long=False):
    """A language in which a beam of two loses the greedy sequence.

    Greedy: 1 (`first`), 4 (`second`), then with certainty 0.  The prefixes
    2 5 and 2 6 can be more probable, but end in one of many ways.  If it is
    `long`, greedy goes by 10, the others by 3 or 7, and it is behind twice.
    """
    P = torch.zeros(12, 11)
    P[11, [1, 2]] = torch.tensor([first, 1 - first])
    P[1, [4, 7, 8, 9]] = torch.tensor([second, *3 * [(1 - second) / 3]])
    P[2, [5, 6]] = 0.5
    P[[3, 5, 6, 7, 8, 9, 10]] = 1 / 11
    P[[0, 4], 0] = 1
    if long:
        P[[5, 6, 10]] = 0
        P[4] = torch.tensor([*10 * [0.05], 0.5])
        P[5, [3, 7]] = P[6, [3, 7]] = 0.5
        P[10, 0] = 1
    return lambda token, state: (P[token].log(), state)


languages = st.builds(table_step, st.integers(0, 2 ** 31),
                      st.floats(0, 8), st.just(4))
beams = st.integers(1, 5)
alphas = st.sampled_from([0.0, 0.5, 0.75, 1.0, 2.0])
lengths = st.integers(1, 5)


@settings(deadline=None, max_examples=200)
@given(st.one_of(languages, st.builds(trap, st.floats(0.5, 0.7),
                                      st.floats(0.26, 0.6), st.booleans())),
       lengths, beams, alphas)
@example(trap(), 3, 2, 0.0)
@example(trap(long=True), 4, 2, 0.0)
def test_beam_never_scores_less_than_greedy(step, num_steps, k, alpha):
    bos = len(step(0, None)[0])
    args = step, None, bos, EOS, num_steps
    greedy = d2l.greedy_search(*args)
    found = d2l.beam_search(*args, k, alpha)
    assert found.score(alpha) >= greedy.score(alpha)
    if alpha == 0:
        assert found.log_prob >= greedy.log_prob
    if k == 1:
        assert found.tokens == greedy.tokens


@settings(deadline=None, max_examples=30)
@given(languages, st.integers(1, 4), alphas)
def test_exhaustive_search_is_best_and_wide_beams_agree(step, num_steps,
                                                        alpha):
    args = step, None, BOS, EOS, num_steps
    every = d2l.exhaustive_search(*args, alpha)
    assert len({h.tokens for h in every}) == len(every) == (
        sum(3 ** i for i in range(num_steps)) + 3 ** num_steps)
    assert math.isclose(sum(math.exp(h.log_prob) for h in every), 1,
                        rel_tol=1e-4)
    best = every[0].score(alpha)
    assert best == max(h.score(alpha) for h in every)
    assert d2l.beam_search(*args, 2, alpha).score(alpha) <= best
    wide = d2l.beam_search(*args, 4 ** num_steps, alpha)
    assert wide.score(alpha) == pytest.approx(best, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(languages, lengths, beams, alphas)
def test_log_prob_is_that_of_the_tokens(step, num_steps, k, alpha):
    found = d2l.beam_search(step, None, BOS, EOS, num_steps, k, alpha)
    want = sum(step(a, None)[0][b].item() for a, b in
               zip((BOS, *found.tokens), found.tokens))
    assert found.log_prob == pytest.approx(want, abs=1e-5)
    assert len(found.tokens) == num_steps or found.tokens[-1] == EOS
    assert EOS not in found.tokens[:-1]


@pytest.mark.parametrize(('long', 'tokens'), [
    (False, (1, 4, 0)), (True, (1, 4, 10, 0))])
def test_reserved_seat_saves_the_greedy_sequence(long, tokens):
    args = trap(long=long), None, 11, 0, 4
    greedy = d2l.greedy_search(*args)
    assert greedy.tokens == tokens
    plain = d2l.beam_search(*args, 2, keep_greedy=False)
    assert plain.log_prob < greedy.log_prob - 1
    kept = d2l.beam_search(*args, 2)
    assert kept.tokens == greedy.tokens and kept.greedy


def test_beam_finds_what_greedy_misses():
    P = torch.tensor([[0, .4, .35, .25], [.05, 0, .75, .2], [.05, .1, 0, .85],
                      [.25] * 4, [.5, .4, .1, 0]]).log()
    args = (lambda token, state: (P[token], state)), None, 4, 3, 4
    assert d2l.greedy_search(*args).tokens == (0, 1, 2, 3)
    found = d2l.beam_search(*args, 2)
    assert found.tokens == (1, 2, 3) and not found.greedy
    assert math.exp(found.log_prob) == pytest.approx(0.255)


def test_length_penalty_prefers_long():
    # stop at once with 0.3, or go on with 0.7 and then 0.4 for sure
    P = torch.tensor([[1, 0, 0], [.4, .6, 0], [.3, .7, 0]]).log()
    args = (lambda token, state: (P[token], state)), None, 2, 0, 2
    assert d2l.beam_search(*args, 3).tokens == (1, 1)
    P[2] = torch.tensor([.5, .5, 0]).log()
    assert d2l.beam_search(*args, 3).tokens == (0,)
    assert d2l.beam_search(*args, 3, length_penalty=1).tokens == (1, 1)


@pytest.mark.parametrize(('arguments', 'match'), [
    ((0, 2), 'num_steps'), ((3, 0), 'beam_size'), ((3, 2, -1), 'penalty')])
def test_bad_arguments(arguments, match):
    with pytest.raises(ValueError, match=match):
        d2l.beam_search(table_step(0, 1), None, BOS, EOS, *arguments)


@pytest.mark.parametrize('bad', [
    torch.zeros(1, 4), torch.zeros(0), torch.tensor([0.0, math.nan])])
def test_bad_steps(bad):
    with pytest.raises(ValueError, match='log-probabilities'):
        d2l.greedy_search(lambda token, state: (bad, state), None, BOS, EOS,
                          2)


# -- models -----------------------------------------------------------------

def model():
    torch.manual_seed(1)
    net = d2l.Seq2Seq(d2l.Seq2SeqEncoder(9, 8, 16, 2),
                      d2l.Seq2SeqDecoder(9, 8, 16, 2), 1, lr=0.01)
    with torch.no_grad():       # make it decided
        net.decoder.dense.weight *= 8
    return net


SRC = torch.tensor([[4, 7, 3, 1], [5, 8, 8, 3], [6, 3, 1, 1]])
LENGTHS = torch.tensor([3, 4, 2])


def test_greedy_search_is_predict_step():
    net = model()
    batch = SRC, torch.full((3, 5), 2), LENGTHS, torch.zeros(3, 5)
    want, _ = net.predict_step(batch, None, 5)
    for row, length, tokens in zip(SRC, LENGTHS, want.tolist()):
        step, state = d2l.decoder_steps(net, row, length)
        found = d2l.greedy_search(step, state, 2, 3, 5).tokens
        assert list(found) == tokens[:len(found)]
        assert len(found) == 5 or found[-1] == 3


def test_log_prob_is_that_of_the_model():
    net = model()
    step, state = d2l.decoder_steps(net, SRC[0], 3)
    found = d2l.beam_search(step, state, 2, 3, 5, 3)
    inputs = torch.tensor([[2, *found.tokens[:-1]]])
    scores = net(SRC[:1], inputs, LENGTHS[:1]).log_softmax(2)[0]
    want = sum(scores[t, y].item() for t, y in enumerate(found.tokens))
    assert found.log_prob == pytest.approx(want, abs=1e-4)


class Listing(d2l.Decoder):
    """A decoder whose state is a list that it changes in place."""

    def init_state(self, enc_all_outputs, *args):
        return [enc_all_outputs, []]

    def forward(self, X, state):
        state[1].append(X.item())
        scores = torch.full((1, 1, 4), -1.0)
        scores[0, 0, (7 * sum(state[1]) + len(state[1])) % 4] = 1.0
        return scores, state


class Nothing(d2l.Encoder):
    def forward(self, X, *args):
        return X


def test_states_changed_in_place_are_copied():
    net = d2l.EncoderDecoder(Nothing(), Listing())
    step, state = d2l.decoder_steps(net, [1, 2])
    for _ in range(2):      # the same from the same state
        values, after = step(3, state)
        assert state[1] == [] and after[1] == [3]
        assert values.argmax() == (7 * 3 + 1) % 4
    every = d2l.exhaustive_search(step, state, 3, 0, 4)
    wide = d2l.beam_search(step, state, 3, 0, 4, 300)
    assert wide.log_prob == pytest.approx(every[0].log_prob)


def test_decoder_steps_refuses_a_batch():
    with pytest.raises(ValueError, match=r'\(3, 4\)'):
        d2l.decoder_steps(model(), SRC)


def test_model_is_in_evaluation_mode():
    net = model().train()
    d2l.decoder_steps(net, SRC[0])
    assert not net.training and isinstance(net, nn.Module)
