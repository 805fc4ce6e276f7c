"""Section 11.7: blocks, encoder and decoder against PyTorch's."""
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

BATCH, STEPS, SIZE, FFN, HEADS, VOCAB = 3, 6, 16, 24, 4, 11
LENS = torch.tensor([4, 6, 1])


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def close(a, b):
    torch.testing.assert_close(a, b, atol=2e-5, rtol=1e-4)


def attention_pairs(ours, theirs):
    """(our parameters, PyTorch's tensor) of one attention layer."""
    W = ours.W_q, ours.W_k, ours.W_v
    return [([w.weight for w in W], theirs.in_proj_weight),
            ([w.bias for w in W], theirs.in_proj_bias),
            ([ours.W_o.weight], theirs.out_proj.weight),
            ([ours.W_o.bias], theirs.out_proj.bias)]


def block_pairs(ours, theirs):
    """(our parameters, PyTorch's tensor) of an encoder or decoder block."""
    if hasattr(ours, 'attention'):
        pairs = attention_pairs(ours.attention, theirs.self_attn)
        norms = [ours.addnorm1, ours.addnorm2]
    else:
        pairs = (attention_pairs(ours.attention1, theirs.self_attn)
                 + attention_pairs(ours.attention2, theirs.multihead_attn))
        norms = [ours.addnorm1, ours.addnorm2, ours.addnorm3]
    layers = [(ours.ffn.dense1, theirs.linear1),
              (ours.ffn.dense2, theirs.linear2)]
    layers += [(norm.ln, getattr(theirs, f'norm{i}'))
               for i, norm in enumerate(norms, 1)]
    for a, b in layers:
        pairs += [([a.weight], b.weight), ([a.bias], b.bias)]
    return pairs


def randomize(pairs):
    """Random values in our parameters, and the same in PyTorch's."""
    with torch.no_grad():
        for parts, whole in pairs:
            for part in parts:
                part.normal_(std=0.4)
            whole.copy_(torch.cat(parts))


def same_gradients(pairs):
    for parts, whole in pairs:
        close(torch.cat([part.grad for part in parts]), whole.grad)


def data():
    return torch.randn(BATCH, STEPS, SIZE)


def padding(lens=LENS, steps=STEPS):
    return torch.arange(steps) >= lens[:, None]


def causal(steps=STEPS):
    return torch.ones(steps, steps, dtype=torch.bool).triu(1)


def encoder_twins():
    ours = d2l.TransformerEncoderBlock(SIZE, FFN, HEADS, 0, use_bias=True)
    theirs = nn.TransformerEncoderLayer(SIZE, HEADS, FFN, 0, batch_first=True)
    ours(data())
    pairs = block_pairs(ours, theirs)
    assert len(pairs) == len(list(theirs.parameters()))
    randomize(pairs)
    return ours, theirs, pairs


@pytest.mark.parametrize('lens', [None, LENS])
def test_encoder_block_equals_torch(lens):
    ours, theirs, pairs = encoder_twins()
    X, weight = data(), data()
    mask = None if lens is None else padding(lens)
    results = []
    for run in (lambda x: ours(x, lens),
                lambda x: theirs(x, src_key_padding_mask=mask)):
        x = X.clone().requires_grad_()
        out = run(x)
        (out * weight).sum().backward()
        results.append((out, x.grad))
    for a, b in zip(*results):
        close(a, b)
    same_gradients(pairs)


def test_encoder_block_without_bias_equals_torch():
    ours = d2l.TransformerEncoderBlock(SIZE, FFN, HEADS, 0)
    theirs = nn.TransformerEncoderLayer(SIZE, HEADS, FFN, 0, batch_first=True)
    X = data()
    ours(X)
    with torch.no_grad():
        for parts, whole in block_pairs(ours, theirs):
            if parts[0] is None:
                whole.zero_()
            else:
                whole.copy_(torch.cat(parts))
    close(ours(X), theirs(X))


@pytest.mark.parametrize('lens', [None, torch.tensor([2, 5, 1])])
def test_decoder_block_equals_torch(lens):
    ours = d2l.TransformerDecoderBlock(SIZE, FFN, HEADS, 0, use_bias=True)
    theirs = nn.TransformerDecoderLayer(SIZE, HEADS, FFN, 0, batch_first=True)
    memory, X, weight = torch.randn(BATCH, 5, SIZE), data(), data()
    ours(X, None, memory)
    pairs = block_pairs(ours, theirs)
    assert len(pairs) == len(list(theirs.parameters()))
    randomize(pairs)
    mask = None if lens is None else padding(lens, 5)
    results = []
    for run in (lambda x, m: ours(x, None, m, lens)[0],
                lambda x, m: theirs(x, m, tgt_mask=causal(),
                                    memory_key_padding_mask=mask)):
        x, m = X.clone().requires_grad_(), memory.clone().requires_grad_()
        out = run(x, m)
        (out * weight).sum().backward()
        results.append((out, x.grad, m.grad))
    for a, b in zip(*results):
        close(a, b)
    same_gradients(pairs)


def test_encoder_equals_torch():
    ours = d2l.TransformerEncoder(VOCAB, SIZE, FFN, HEADS, 2, 0, True).eval()
    tokens = torch.randint(0, VOCAB, (BATCH, STEPS))
    ours(tokens)
    theirs = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(SIZE, HEADS, FFN, 0, batch_first=True), 2,
        enable_nested_tensor=False)
    for a, b in zip(ours.blks, theirs.layers):
        randomize(block_pairs(a, b))
    X = ours.embedding(tokens) * SIZE ** 0.5 + ours.pos_encoding.P[:, :STEPS]
    close(ours(tokens, LENS), theirs(X, src_key_padding_mask=padding()))


def small_decoder(num_blks=2):
    decoder = d2l.TransformerDecoder(VOCAB, SIZE, FFN, HEADS, num_blks, 0)
    memory = torch.randn(BATCH, 5, SIZE)
    tokens = torch.randint(0, VOCAB, (BATCH, STEPS))
    lens = torch.tensor([2, 5, 1])
    decoder(tokens, decoder.init_state(memory, lens))
    return decoder.eval(), tokens, memory, lens


@pytest.mark.parametrize('cuts', [[1] * 6, [3, 3], [1, 4, 1], [5, 1]])
def test_decoding_step_by_step_equals_decoding_at_once(cuts):
    decoder, tokens, memory, lens = small_decoder()
    whole, end = decoder(tokens, decoder.init_state(memory, lens))
    state, outputs = decoder.init_state(memory, lens), []
    for part in tokens.split(cuts, dim=1):
        out, state = decoder(part, state)
        outputs.append(out)
    close(torch.cat(outputs, dim=1), whole)
    for a, b in zip(state[2], end[2]):
        close(a, b)


def test_state_is_not_changed():
    decoder, tokens, memory, lens = small_decoder()
    state = decoder(tokens[:, :2], decoder.init_state(memory, lens))[1]
    first = decoder(tokens[:, 2:3], state)[0]
    decoder(tokens[:, 3:], state)
    assert torch.equal(decoder(tokens[:, 2:3], state)[0], first)
    assert all(past.shape[1] == 2 for past in state[2])


@pytest.mark.parametrize('training', [True, False])
def test_future_tokens_do_not_change_the_past(training):
    decoder, tokens, memory, lens = small_decoder()
    decoder.train(training)
    before = decoder(tokens, decoder.init_state(memory, lens))[0]
    for t in range(1, STEPS):
        other = tokens.clone()
        other[:, t:] = (other[:, t:] + 1) % VOCAB
        after = decoder(other, decoder.init_state(memory, lens))[0]
        assert torch.equal(after[:, :t], before[:, :t])
        assert (after[:, t:] != before[:, t:]).any()


def test_future_does_not_change_the_past_in_the_concise_block():
    layer = nn.TransformerDecoderLayer(SIZE, HEADS, FFN, 0, batch_first=True)
    memory, X = torch.randn(BATCH, 5, SIZE), data()
    for t in range(1, STEPS):
        other = X.clone()
        other[:, t:] += 1
        a, b = (layer(x, memory, tgt_mask=causal()) for x in (X, other))
        close(a[:, :t], b[:, :t])
        assert not torch.allclose(a[:, t:], b[:, t:])


def test_padding_of_the_source_does_not_matter():
    encoder = d2l.TransformerEncoder(VOCAB, SIZE, FFN, HEADS, 2, 0).eval()
    decoder, _, _, _ = small_decoder()
    source = torch.randint(0, VOCAB, (BATCH, STEPS))
    other = torch.where(padding(), (source + 3) % VOCAB, source)
    target = torch.randint(0, VOCAB, (BATCH, 4))
    outputs = []
    for tokens in (source, other):
        H = encoder(tokens, LENS)
        logits = decoder(target, decoder.init_state(H, LENS))[0]
        outputs.append((H[~padding()], logits))
    for a, b in zip(*outputs):
        assert torch.equal(a, b)
    # without the lengths the same change is felt everywhere
    assert not torch.allclose(encoder(source)[~padding()],
                              encoder(other)[~padding()])


def test_padding_does_not_matter_in_the_concise_block():
    layer = nn.TransformerEncoderLayer(SIZE, HEADS, FFN, 0, batch_first=True)
    X = data()
    other = torch.where(padding()[:, :, None], X + 1, X)
    a, b = (layer(x, src_key_padding_mask=padding()) for x in (X, other))
    assert torch.equal(a[~padding()], b[~padding()])


def test_steps_beyond_the_source_may_be_cut_off():
    encoder = d2l.TransformerEncoder(VOCAB, SIZE, FFN, HEADS, 2, 0).eval()
    source = torch.randint(0, VOCAB, (BATCH, STEPS))
    whole = encoder(source, LENS)
    close(encoder(source[:1, :4], LENS[:1]), whole[:1, :4])


def test_encoder_without_positions_is_equivariant():
    """Permuting what comes in permutes what goes out."""
    block = d2l.TransformerEncoderBlock(SIZE, FFN, HEADS, 0)
    X, order = data(), torch.randperm(STEPS)
    close(block(X[:, order]), block(X)[:, order])


def test_attention_weights():
    encoder = d2l.TransformerEncoder(VOCAB, SIZE, FFN, HEADS, 3, 0)
    decoder, tokens, memory, lens = small_decoder()
    encoder(tokens, LENS)
    weights = encoder.attention_weights
    assert [w.shape for w in weights] == [(BATCH * HEADS, STEPS, STEPS)] * 3
    for w in weights:
        close(w.sum(dim=-1), torch.ones(BATCH * HEADS, STEPS))
        w = w.reshape(BATCH, HEADS, STEPS, STEPS)
        assert (w[0, :, :, 4:] == 0).all() and (w[0, :, :, :4] > 0).all()
    decoder(tokens, decoder.init_state(memory, lens))
    inner, cross = decoder.attention_weights
    assert [w.shape for w in inner] == [(BATCH * HEADS, STEPS, STEPS)] * 2
    assert [w.shape for w in cross] == [(BATCH * HEADS, STEPS, 5)] * 2
    assert (inner[1].triu(1) == 0).all() and (inner[1].tril() > 0).any()


def test_ffn_is_the_same_at_every_position():
    ffn = d2l.PositionWiseFFN(FFN, 5)
    X = data()
    out = ffn(X)
    assert out.shape == (BATCH, STEPS, 5)
    close(ffn(X[1, 2]), out[1, 2])
    close(out, F.linear(F.linear(X, ffn.dense1.weight, ffn.dense1.bias)
                        .clamp(min=0), ffn.dense2.weight, ffn.dense2.bias))


def test_add_norm():
    layer = d2l.AddNorm(SIZE, 0)
    X, Y = data(), data()
    close(layer(X, Y), F.layer_norm(X + Y, (SIZE,)))
    assert d2l.AddNorm([STEPS, SIZE], 0)(X, Y).shape == X.shape
    with pytest.raises(ValueError, match='the same shape'):
        layer(X, Y[:, :1])          # would be broadcast


def test_dropout_acts_on_what_is_added():
    layer = d2l.AddNorm(SIZE, 0.9999999)
    X, Y = data(), data()
    close(layer(X, Y), F.layer_norm(X, (SIZE,)))
    close(layer.eval()(X, Y), F.layer_norm(X + Y, (SIZE,)))


@pytest.mark.parametrize('make', [
    lambda: d2l.PositionWiseFFN(0, 4),
    lambda: d2l.PositionWiseFFN(4, 2.5),
    lambda: d2l.TransformerEncoderBlock(16, -1, 4, 0),
    lambda: d2l.TransformerEncoder(0, 16, 24, 4, 2, 0),
    lambda: d2l.TransformerEncoder(VOCAB, 16, 24, 4, 0, 0),
    lambda: d2l.TransformerDecoder(VOCAB, 16, 24, 4, 0, 0),
    lambda: d2l.TransformerDecoder(VOCAB, 16, 24, 3, 1, 0)])
def test_bad_sizes(make):
    with pytest.raises(ValueError, match='positive integer|evenly'):
        make()


def test_too_long_a_sequence():
    decoder = d2l.TransformerDecoder(VOCAB, 16, 24, 4, 1, 0, max_len=8)
    state = decoder.init_state(torch.randn(1, 5, 16), torch.tensor([5]))
    _, state = decoder(torch.zeros(1, 8, dtype=torch.long), state)
    with pytest.raises(ValueError, match='positions 8 to 8'):
        decoder(torch.zeros(1, 1, dtype=torch.long), state)


class Tokens(d2l.DataModule):
    """A few random pairs of sequences."""
    batch_size = 4

    def get_dataloader(self, train):
        X = torch.randint(1, VOCAB, (16, STEPS))
        arrays = X, X, torch.full((16,), STEPS), X
        return self.get_tensorloader(arrays, train) if train else None


def translator(**kwargs):
    encoder = d2l.TransformerEncoder(VOCAB, SIZE, FFN, HEADS, 1, 0)
    decoder = d2l.TransformerDecoder(VOCAB, SIZE, FFN, HEADS, 1, 0)
    model = d2l.WarmupSeq2Seq(encoder, decoder, 0, **kwargs)
    model.board.display = False
    return model


@pytest.mark.parametrize('warmup, rates', [
    (0, [8, 7, 6, 5, 4, 3, 2, 1]), (3, [2, 4, 6, 8, 6.4, 4.8, 3.2, 1.6])])
def test_learning_rate_rises_and_falls(warmup, rates):
    model, seen = translator(lr=0.008, warmup=warmup), []
    step = model.training_step

    def training_step(batch):
        seen.append(model.trainer.optim.param_groups[0]['lr'])
        return step(batch)

    model.training_step = training_step
    d2l.Trainer(max_epochs=2).fit(model, Tokens())
    assert seen == pytest.approx([r / 1000 for r in rates])
    assert model.trainer.optim.param_groups[0]['lr'] == 0


@pytest.mark.parametrize('warmup', [-1, 2.5, None])
def test_bad_warmup(warmup):
    with pytest.raises(ValueError, match='warmup must be a number of steps'):
        translator(lr=0.01, warmup=warmup)


def test_warmup_longer_than_the_training():
    with pytest.raises(ValueError, match='too many for a training of 8'):
        d2l.Trainer(max_epochs=2).fit(translator(lr=0.01, warmup=8), Tokens())


def test_greedy_decoding_of_the_model():
    model = translator(lr=0.01, warmup=2)
    data = Tokens()
    d2l.Trainer(max_epochs=2).fit(model, data)
    batch = next(iter(data.get_dataloader(True)))
    tokens, _ = model.predict_step(batch, None, 5)
    inputs = torch.cat([batch[1][:, :1], tokens[:, :-1]], dim=1)
    scores = model.eval()(batch[0], inputs, batch[2])    # all steps at once
    assert torch.equal(scores.argmax(dim=2), tokens)
