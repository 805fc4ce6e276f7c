"""Section 11.4: a decoder with attention."""
import pytest
import torch
from torch import nn

from d2l import torch as d2l

PAD, BOS = 1, 2


def make(num_layers=1, dropout=0, seed=0):
    torch.manual_seed(seed)
    return (d2l.Seq2SeqEncoder(20, 5, 6, num_layers),
            d2l.Seq2SeqAttentionDecoder(15, 5, 6, num_layers, dropout))


@pytest.fixture
def batch():
    """Three sources of 5 steps, of which 5, 2 and 3 are valid, and targets.
    """
    torch.manual_seed(1)
    src, lens = torch.randint(3, 20, (3, 5)), torch.tensor([5, 2, 3])
    src[torch.arange(5) >= lens[:, None]] = PAD
    tgt = torch.randint(3, 15, (3, 4))
    return src, torch.cat((torch.full((3, 1), BOS), tgt[:, :-1]), 1), lens, tgt


@pytest.mark.parametrize('num_layers', [1, 2])
def test_shapes_and_weights(batch, num_layers):
    encoder, decoder = make(num_layers)
    src, dec_X, lens, _ = batch
    state = decoder.init_state(encoder(src, lens), lens)
    scores, new_state = decoder(dec_X, state)
    assert scores.shape == (3, 4, 15)
    assert [s.shape for s in new_state] == [s.shape for s in state]
    weights = decoder.attention_weights
    assert [w.shape for w in weights] == [(3, 1, 5)] * 4
    for w in weights:
        assert (w[:, 0][torch.arange(5) >= lens[:, None]] == 0).all()
        torch.testing.assert_close(w.sum(dim=2), torch.ones(3, 1))


def test_forward_equals_its_formulas(batch):
    """One example without padding, from the cell's and layers' weights."""
    encoder, decoder = make()
    src, dec_X, lens, _ = (t[:1] for t in batch)
    H, hidden = encoder(src, lens)
    scores, _ = decoder(dec_X, decoder.init_state((H, hidden), lens))
    cell = nn.GRUCell(11, 6)
    for name in ('weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'):
        getattr(cell, name).data = getattr(decoder.rnn, f'{name}_l0').data
    s, att = hidden[0, 0], decoder.attention
    for t in range(4):
        a = torch.stack([att.w_v.weight[0] @ torch.tanh(
            att.W_q.weight @ s + att.W_k.weight @ h) for h in H[:, 0]])
        c = a.softmax(dim=0) @ H[:, 0]
        s = cell(torch.cat((c, decoder.embedding.weight[dec_X[0, t]])), s)
        torch.testing.assert_close(scores[0, t], decoder.dense(s))


def test_step_by_step_equals_all_at_once(batch):
    encoder, decoder = make(num_layers=2)
    src, dec_X, lens, _ = batch
    state = decoder.init_state(encoder(src, lens), lens)
    whole, _ = decoder(dec_X, state)
    whole_weights = decoder.attention_weights
    for t in range(4):
        scores, state = decoder(dec_X[:, t:t + 1], state)
        torch.testing.assert_close(scores[:, 0], whole[:, t])
        torch.testing.assert_close(decoder.attention_weights[0],
                                   whole_weights[t])


def test_padding_cannot_change_the_output(batch):
    encoder, decoder = make()
    src, dec_X, lens, tgt = batch
    model = d2l.Seq2Seq(encoder, decoder, PAD, lr=0.01)
    before = model(src, dec_X, lens)
    tokens, _ = model.predict_step(batch, None, 6)
    other = src.clone()
    other[torch.arange(5) >= lens[:, None]] = 7
    wide = torch.cat((other, torch.full((3, 3), 9)), dim=1)
    for changed in (other, wide):
        torch.testing.assert_close(model(changed, dec_X, lens), before)
        again, _ = model.predict_step((changed, dec_X, lens, tgt), None, 6)
        assert torch.equal(again, tokens)
    # The decoder alone: what the encoder says of padding is not used.
    H, hidden = encoder(src, lens)
    noisy = H.clone()
    noisy[torch.arange(5)[:, None] >= lens] = 1e3
    scores = [decoder(dec_X, decoder.init_state((X, hidden), lens))[0]
              for X in (H, noisy)]
    assert torch.equal(*scores)
    noisy[0] += 1
    changed, _ = decoder(dec_X, decoder.init_state((noisy, hidden), lens))
    assert (changed != scores[0]).any(dim=(1, 2)).all()


def test_future_tokens_cannot_change_the_past(batch):
    encoder, decoder = make()
    src, dec_X, lens, _ = batch
    state = decoder.init_state(encoder(src, lens), lens)
    before, _ = decoder(dec_X, state)
    for t in range(1, 4):
        other = dec_X.clone()
        other[:, t:] = (other[:, t:] + 1) % 15
        after, _ = decoder(other, state)
        assert torch.equal(after[:, :t], before[:, :t])
        assert not torch.isclose(after[:, t], before[:, t]).all()


def test_gradients_reach_every_parameter(batch):
    encoder, decoder = make(num_layers=2)
    model = d2l.Seq2Seq(encoder, decoder, PAD, lr=0.01)
    model.loss(model(*batch[:-1]), batch[-1]).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.any(), name


def test_it_learns_to_copy_longer_than_it_could_by_chance():
    torch.manual_seed(0)
    encoder = d2l.Seq2SeqEncoder(12, 16, 32, 1)
    decoder = d2l.Seq2SeqAttentionDecoder(12, 16, 32, 1)
    model = d2l.Seq2Seq(encoder, decoder, PAD, lr=0.01)
    optimizer = model.configure_optimizers()
    lens = torch.full((64,), 5)
    for _ in range(150):
        src = torch.randint(3, 12, (64, 5))
        dec_X = torch.cat((torch.full((64, 1), BOS), src[:, :-1]), dim=1)
        loss = model.loss(model(src, dec_X, lens), src)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    tokens, weights = model.predict_step((src, dec_X, lens, src), None, 5,
                                         save_attention_weights=True)
    assert (tokens == src).float().mean() > 0.9
    assert len(weights) == 5 and weights[0][0].shape == (64, 1, 5)


def test_weights_as_old_notebooks_read_them(batch):
    model = d2l.Seq2Seq(*make(), tgt_pad=PAD, lr=0.01)
    _, weights = model.predict_step(batch, d2l.cpu(), 4, True)
    matrix = torch.cat([step[0][0][0] for step in weights], 0)
    assert matrix.reshape((1, 1, -1, 5)).shape == (1, 1, 4, 5)


def test_without_lengths_every_step_is_valid(batch):
    encoder, decoder = make()
    src, dec_X, *_ = (t[:1] for t in batch)
    every = torch.tensor([5])
    torch.testing.assert_close(
        decoder(dec_X, decoder.init_state(encoder(src)))[0],
        decoder(dec_X, decoder.init_state(encoder(src, every), every))[0])


def test_dropout_is_for_training_only(batch):
    encoder, decoder = make(dropout=0.5)
    src, dec_X, lens, _ = batch
    state = decoder.init_state(encoder(src, lens), lens)
    assert not torch.equal(decoder(dec_X, state)[0], decoder(dec_X, state)[0])
    decoder.eval()
    assert torch.equal(decoder(dec_X, state)[0], decoder(dec_X, state)[0])


def test_decoder_refuses(batch):
    encoder, decoder = make()
    src, dec_X, lens, _ = batch
    state = decoder.init_state(encoder(src, lens), lens)
    with pytest.raises(ValueError, match='shape'):
        decoder(dec_X[0], state)
    with pytest.raises(TypeError, match='integers'):
        decoder(dec_X.float(), state)
    with pytest.raises(ValueError, match='valid_lens'):
        decoder(dec_X, (*state[:2], lens[:2]))


def test_base_class_names_what_is_missing():
    class Half(d2l.AttentionDecoder):
        pass

    with pytest.raises(NotImplementedError, match='Half must define'):
        Half().attention_weights        # noqa: B018
