"""Chapter 11: attention against PyTorch, masks against perturbation."""
import copy

import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

from d2l import torch as d2l

LENS = {'none': None, 'example': torch.tensor([2, 5, 1]),
        'query': torch.tensor([[1, 2, 3, 4], [5, 5, 1, 2], [3, 1, 4, 5]])}


@pytest.fixture
def qkv():
    """Queries (3, 4, 6), keys (3, 5, 6), values (3, 5, 2), with gradients."""
    torch.manual_seed(0)
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True)
            for shape in ((3, 4, 6), (3, 5, 6), (3, 5, 2))]


def allowed(valid_lens, num_queries=4, num_keys=5):
    """The mask that PyTorch expects: true where a key may be used."""
    if valid_lens is None:
        return None
    lens = (valid_lens[:, None].expand(-1, num_queries)
            if valid_lens.dim() == 1 else valid_lens)
    return torch.arange(num_keys) < lens[..., None]


def gradients(output, inputs):
    torch.manual_seed(1)
    weight = torch.randn_like(output)
    return torch.autograd.grad((output * weight).sum(), inputs)


@pytest.mark.parametrize('lens', LENS.values(), ids=LENS)
def test_dot_product_attention_equals_torch(qkv, lens):
    ours = d2l.DotProductAttention(dropout=0.5).eval()(*qkv, lens)
    theirs = nn.functional.scaled_dot_product_attention(
        *qkv, attn_mask=allowed(lens))
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(gradients(ours, qkv), gradients(theirs, qkv))


@pytest.mark.parametrize('lens', LENS.values(), ids=LENS)
def test_masked_softmax_equals_softmax_of_the_valid_part(lens):
    torch.manual_seed(0)
    X = torch.randn(3, 4, 5)
    weights = d2l.masked_softmax(X, lens)
    mask = allowed(lens)
    mask = torch.ones(3, 4, 5, dtype=bool) if mask is None else mask
    for i in range(3):
        for j in range(4):
            n = mask[i, j].sum()
            assert (weights[i, j, n:] == 0).all()
            torch.testing.assert_close(weights[i, j, :n],
                                       X[i, j, :n].softmax(dim=0))


def test_masked_softmax_with_huge_and_infinite_scores_of_invalid_keys():
    X = torch.tensor([[[0., 1., 3e38], [0., 1., float('inf')]]])
    weights = d2l.masked_softmax(X, torch.tensor([2]))
    expected = torch.tensor([0., 1.]).softmax(dim=0)
    torch.testing.assert_close(weights[0, :, :2], expected.expand(2, 2))
    assert (weights[..., 2] == 0).all()


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16,
                                   torch.float32, torch.float64])
def test_masked_softmax_without_any_valid_key(dtype):
    X = torch.randn(2, 3, 4).to(dtype).requires_grad_()
    weights = d2l.masked_softmax(X, torch.tensor([0, 4]))
    assert weights.dtype == dtype
    assert (weights[0] == 0).all()
    torch.testing.assert_close(weights[1].sum(dim=-1),
                               torch.ones(3, dtype=dtype), rtol=0, atol=1e-2)
    (gradient,) = gradients(weights, [X])
    assert (gradient[0] == 0).all() and gradient.isfinite().all()


def test_masked_softmax_leaves_its_input_alone():
    X = torch.randn(2, 3, 4)
    before = X.clone()
    d2l.masked_softmax(X, torch.tensor([1, 2]))
    assert torch.equal(X, before)


@pytest.mark.parametrize(('X', 'lens'), [
    ((3, 4), None), ((3, 4, 5), (4,)), ((3, 4, 5), (3, 5)),
    ((3, 4, 5), (3, 4, 5)), ((3, 4, 5), (1,)), ((3, 4, 5), ())])
def test_masked_softmax_refuses(X, lens):
    lens = None if lens is None else torch.ones(lens, dtype=torch.int64)
    with pytest.raises(ValueError, match='shape'):
        d2l.masked_softmax(torch.zeros(X), lens)


def layers():
    torch.manual_seed(0)
    return {'dot': d2l.DotProductAttention(0.5).eval(),
            'additive': d2l.AdditiveAttention(7, 0.5).double().eval()}


@pytest.mark.parametrize('kind', ['dot', 'additive'])
@pytest.mark.parametrize('name', ['example', 'query'])
def test_padding_cannot_change_the_output(qkv, kind, name):
    attention, lens = layers()[kind], LENS[name]
    queries, keys, values = (X.detach().clone() for X in qkv)
    before = attention(queries, keys, values, lens)
    weights = attention.attention_weights
    assert (weights[~allowed(lens)] == 0).all()
    for i in range(3):          # what no query of the example may see
        keys[i, lens[i].max():] = 1e6 * torch.randn(6, dtype=torch.float64)
        values[i, lens[i].max():] = -1e6
    after = attention(queries, keys, values, lens)
    assert torch.equal(before, after)
    keys[:, 0] += 1
    values[:, 0] += 1
    assert not torch.isclose(attention(queries, keys, values, lens),
                             before).any()


@pytest.mark.parametrize('kind', ['dot', 'additive'])
def test_padding_gets_no_gradient(qkv, kind):
    lens = LENS['example']
    output = layers()[kind](*qkv, lens)
    _, keys, values = gradients(output, qkv)
    beyond = torch.arange(5) >= lens[:, None]
    for gradient in (keys, values):
        assert (gradient[beyond] == 0).all()
        assert (gradient[~beyond] != 0).any()


def test_additive_attention_equals_its_formula(qkv):
    queries, keys, values = qkv
    keys = keys[..., :3]                    # keys and queries may differ
    attention = layers()['additive']
    lens = LENS['query']
    output = attention(queries, keys, values, lens)
    W_q, W_k, w_v = (layer.weight for layer in
                     (attention.W_q, attention.W_k, attention.w_v))
    for i in range(3):
        for j in range(4):
            n = lens[i, j]
            scores = torch.stack([
                w_v[0] @ torch.tanh(W_q @ queries[i, j] + W_k @ keys[i, m])
                for m in range(n)])
            torch.testing.assert_close(
                output[i, j], scores.softmax(dim=0) @ values[i, :n])


@pytest.mark.parametrize('kind', ['dot', 'additive'])
def test_attention_weights(qkv, kind):
    attention = layers()[kind]
    output = attention(*qkv)
    weights = attention.attention_weights
    assert weights.shape == (3, 4, 5) and not weights.requires_grad
    torch.testing.assert_close(weights @ qkv[2].detach(), output.detach())
    copy.deepcopy(attention)                # no graph hangs on the layer


@pytest.mark.parametrize('kind', ['dot', 'additive'])
def test_order_of_the_keys_does_not_matter(qkv, kind):
    attention, (queries, keys, values) = layers()[kind], qkv
    order = torch.randperm(5)
    torch.testing.assert_close(
        attention(queries, keys, values),
        attention(queries, keys[:, order], values[:, order]))


@pytest.mark.parametrize('kind', ['dot', 'additive'])
def test_dropout_drops_weights_in_training_only(qkv, kind):
    attention = layers()[kind]
    before = attention(*qkv)
    assert torch.equal(before, attention(*qkv))
    attention.train()
    assert not torch.equal(before, attention(*qkv))
    torch.testing.assert_close(attention.attention_weights.sum(dim=-1),
                               torch.ones(3, 4, dtype=torch.float64))


@pytest.mark.parametrize('kind', ['dot', 'additive'])
@pytest.mark.parametrize('shapes', [
    ((2, 3), (2, 4, 3), (2, 4, 5)), ((2, 1, 3), (1, 4, 3), (2, 4, 5)),
    ((2, 1, 3), (2, 4, 3), (2, 5, 5)), ((2, 1, 3), (2, 4, 3), (4, 5))])
def test_attention_refuses_shapes(kind, shapes):
    attention = {'dot': d2l.DotProductAttention(0),
                 'additive': d2l.AdditiveAttention(4, 0)}[kind]
    with pytest.raises(ValueError, match='queries, keys and values'):
        attention(*(torch.zeros(shape) for shape in shapes))


def test_dot_product_needs_vectors_of_one_length():
    with pytest.raises(ValueError, match='no dot product'):
        d2l.DotProductAttention(0)(torch.zeros(2, 1, 3), torch.zeros(2, 4, 5),
                                   torch.zeros(2, 4, 5))


def panels(*args, **kwargs):
    d2l.show_heatmaps(*args, **kwargs)
    return plt.gcf().axes


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close('all')


def test_heatmaps_show_each_matrix_on_one_scale():
    X = torch.arange(24.).reshape(2, 1, 3, 4).requires_grad_()
    axes = panels(X, 'keys', 'queries', titles=['a'], xticks='wxyz',
                  yticks=['p', 'q', 'r'])
    assert len(axes) == 3                   # two panels, one color bar
    for ax, matrix in zip(axes, X.detach()[:, 0], strict=False):
        image, = ax.get_images()
        assert (image.get_array() == matrix.numpy()).all()
        assert image.get_clim() == (0, 23)
        assert ax.get_ylabel() == 'queries'
    assert axes[0].get_title() == 'a' and axes[1].get_xlabel() == 'keys'
    assert [t.get_text() for t in axes[1].get_xticklabels()] == [*'wxyz']
    assert [t.get_text() for t in axes[0].get_yticklabels()] == [*'pqr']


def test_heatmaps_as_old_notebooks_call_them():
    axes = panels(torch.eye(10).reshape(1, 1, 10, 10), 'Keys', 'Queries',
                  figsize=(3, 2), cmap='Blues')
    assert axes[0].get_images()[0].get_cmap().name == 'Blues'
    panels(torch.rand(2, 4, 5, 5), 'Key positions', 'Query positions',
           titles=[f'Head {i}' for i in range(1, 5)])
    panels(torch.eye(3).reshape(1, 1, 3, 3).numpy(), 'keys', 'queries')


@pytest.mark.parametrize(('shape', 'names'), [
    ((3, 4), {}), ((1, 1, 0, 4), {}), ((1, 2, 3, 4), {'titles': ['a']}),
    ((1, 1, 3, 4), {'xticks': 'abc'}), ((1, 1, 3, 4), {'yticks': 'abcd'})])
def test_heatmaps_refuse(shape, names):
    with pytest.raises(ValueError, match='must h'):
        d2l.show_heatmaps(torch.zeros(shape), 'keys', 'queries', **names)
