"""Section 11.5: attention with several heads against PyTorch's."""
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

BATCH, HEADS, SIZE = 3, 4, 20


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def inputs(queries=5, keys=7, size=SIZE, key_size=None, value_size=None):
    """Random queries, keys and values."""
    return (torch.randn(BATCH, queries, size),
            torch.randn(BATCH, keys, key_size or size),
            torch.randn(BATCH, keys, value_size or size))


def copy_in(ours, theirs, size=SIZE):
    """Give nn.MultiheadAttention the weights of `ours`; return the pairs."""
    W = [getattr(ours, f'W_{name}') for name in 'qkv']
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([w.weight for w in W]))
        theirs.out_proj.weight.copy_(ours.W_o.weight)
        if theirs.in_proj_bias is not None:
            theirs.in_proj_bias.copy_(torch.cat([w.bias for w in W]))
            theirs.out_proj.bias.copy_(ours.W_o.bias)


@pytest.mark.parametrize('bias', [False, True])
@pytest.mark.parametrize('lens', [None, 'example', 'query'])
def test_equal_to_torch(bias, lens):
    ours = d2l.MultiHeadAttention(SIZE, HEADS, 0, bias)
    theirs = nn.MultiheadAttention(SIZE, HEADS, bias=bias, batch_first=True)
    data = inputs()
    ours(*data)
    copy_in(ours, theirs)
    valid = {None: None, 'example': torch.tensor([2, 7, 1]),
             'query': torch.randint(1, 8, (BATCH, 5))}[lens]
    mask = None
    if valid is not None:
        limit = valid.reshape(BATCH, -1, 1).expand(BATCH, 5, 1)
        mask = torch.arange(7) >= limit                 # (batch, 5, 7)
        mask = mask.repeat_interleave(HEADS, dim=0)
    results = []
    for run in (lambda *x: ours(*x, valid),
                lambda *x: theirs(*x, attn_mask=mask)[0]):
        x = [t.clone().requires_grad_() for t in data]
        out = run(*x)
        (out ** 3).sum().backward()
        results.append([out, *(t.grad for t in x)])
    for a, b in zip(*results):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-4)
    grads = torch.cat([ours.W_q.weight.grad, ours.W_k.weight.grad,
                       ours.W_v.weight.grad])
    torch.testing.assert_close(grads, theirs.in_proj_weight.grad,
                               atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(ours.W_o.weight.grad,
                               theirs.out_proj.weight.grad,
                               atol=1e-5, rtol=1e-4)


def test_weights_equal_torch():
    ours = d2l.MultiHeadAttention(SIZE, HEADS, 0)
    theirs = nn.MultiheadAttention(SIZE, HEADS, bias=False, batch_first=True)
    data = inputs()
    ours(*data)
    copy_in(ours, theirs)
    weights = theirs(*data, average_attn_weights=False)[1]
    found = ours.attention.attention_weights.reshape(BATCH, HEADS, 5, 7)
    torch.testing.assert_close(found, weights)


@pytest.mark.parametrize('causal', [False, True])
def test_heads_equal_scaled_dot_product(causal):
    net = d2l.MultiHeadAttention(SIZE, HEADS, 0)
    X = torch.randn(BATCH, 6, SIZE)
    valid = torch.arange(1, 7).repeat(BATCH, 1) if causal else None
    out = net(X, X, X, valid)

    def split(t):
        return t.reshape(BATCH, 6, HEADS, -1).transpose(1, 2)

    heads = F.scaled_dot_product_attention(
        split(net.W_q(X)), split(net.W_k(X)), split(net.W_v(X)),
        is_causal=causal)
    torch.testing.assert_close(
        out, net.W_o(heads.transpose(1, 2).reshape(BATCH, 6, SIZE)))


def test_one_head_is_dot_product_attention():
    net, plain = d2l.MultiHeadAttention(8, 1, 0), d2l.DotProductAttention(0)
    data = inputs(size=8)
    out = net(*data)
    torch.testing.assert_close(
        out, net.W_o(plain(net.W_q(data[0]), net.W_k(data[1]),
                           net.W_v(data[2]))))


def test_heads_do_not_mix_before_the_output():
    """Changing one head's rows of W_v changes that head's features only."""
    net = d2l.MultiHeadAttention(SIZE, HEADS, 0)
    data = inputs()
    net(*data)
    with torch.no_grad():
        net.W_o.weight.copy_(torch.eye(SIZE))
        before = net(*data)
        net.W_v.weight[5:10] += 1                       # the second head
        change = (net(*data) - before).abs().amax(dim=(0, 1))
    assert (change[5:10] > 0).all()
    assert (change[:5] == 0).all() and (change[10:] == 0).all()


def test_sizes_of_queries_keys_values_may_differ():
    net = d2l.MultiHeadAttention(SIZE, HEADS, 0)
    assert net(*inputs(4, 6, 9, 11, 13)).shape == (BATCH, 4, SIZE)
    assert [w.weight.shape[1] for w in (net.W_q, net.W_k, net.W_v)] == [
        9, 11, 13]


def test_transposes_are_inverse_and_keep_heads_apart():
    net = d2l.MultiHeadAttention(SIZE, HEADS, 0)
    X = torch.randn(BATCH, 7, SIZE)
    heads = net.transpose_qkv(X)
    assert heads.shape == (BATCH * HEADS, 7, SIZE // HEADS)
    torch.testing.assert_close(heads[HEADS + 2], X[1, :, 10:15])
    torch.testing.assert_close(net.transpose_output(heads), X)


@pytest.mark.parametrize('kind', ['scratch', 'concise'])
def test_keys_beyond_the_valid_ones_do_not_matter(kind):
    valid = torch.tensor([2, 7, 4])
    if kind == 'scratch':
        net = d2l.MultiHeadAttention(SIZE, HEADS, 0)
        run = lambda q, k, v: net(q, k, v, valid)           # noqa: E731
    else:
        net = nn.MultiheadAttention(SIZE, HEADS, batch_first=True)
        mask = torch.arange(7) >= valid[:, None]
        run = lambda q, k, v: net(q, k, v,                  # noqa: E731
                                  key_padding_mask=mask)[0]
    q, k, v = inputs()
    before = run(q, k, v)
    for i, n in enumerate(valid):
        k[i, n:], v[i, n:] = 100, -100
    assert torch.equal(run(q, k, v), before)


@pytest.mark.parametrize('heads', [0, -1, 3, 2.0, '2'])
def test_bad_number_of_heads(heads):
    with pytest.raises(ValueError, match='num_heads|evenly'):
        d2l.MultiHeadAttention(SIZE, heads, 0)


@pytest.mark.parametrize('shapes', [
    ((3, 5, 20), (2, 7, 20), (2, 7, 20)),       # other batches
    ((3, 5, 20), (3, 7, 20), (3, 6, 20)),       # a key without a value
    ((5, 20), (7, 20), (7, 20))])               # no axis of examples
def test_bad_shapes(shapes):
    net = d2l.MultiHeadAttention(SIZE, HEADS, 0)
    with pytest.raises(ValueError, match='queries, keys and values must'):
        net(*(torch.zeros(s) for s in shapes))


@pytest.mark.parametrize('shape', [(2,), (3, 4), (3, 7), (12,)])
def test_bad_valid_lens(shape):
    net = d2l.MultiHeadAttention(SIZE, HEADS, 0)
    with pytest.raises(ValueError, match='valid_lens must have shape'):
        net(*inputs(), torch.ones(shape, dtype=torch.long))
