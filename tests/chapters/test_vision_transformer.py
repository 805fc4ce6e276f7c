"""Section 11.8: the vision Transformer against PyTorch's own layers."""
import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'attention-mechanisms-and-transformers/vision-transformer'
WANTED = {'PatchEmbedding', 'ViTMLP', 'ViTBlock', 'ViT'}


@pytest.fixture(scope='module')
def section():
    """The classes that the section defines, by name."""
    return definitions(SECTION, WANTED,
                       {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l})


def model(section, **kwargs):
    torch.manual_seed(0)
    return section['ViT'](12, 4, 8, 16, 2, 2, 0.0, 0.0, lr=0.1,
                          **kwargs).eval()


def test_patches_are_embedded_one_by_one(section):
    torch.manual_seed(0)
    embedding = section['PatchEmbedding']((6, 8), (3, 2), 5)
    X = torch.randn(2, 4, 6, 8)
    E = embedding(X)
    assert embedding.num_patches == 8 and E.shape == (2, 8, 5)
    kernel, bias = embedding.project.weight, embedding.project.bias
    for i in range(2):
        for j in range(4):
            patch = X[:, :, 3 * i:3 * i + 3, 2 * j:2 * j + 2].flatten(1)
            torch.testing.assert_close(E[:, 4 * i + j],
                                       patch @ kernel.flatten(1).T + bias)


def test_bad_sizes(section):
    with pytest.raises(ValueError, match='28 × 28 .* patches of 5 × 5'):
        section['PatchEmbedding'](28, 5, 8)
    embedding = section['PatchEmbedding'](28, 7, 8)
    with pytest.raises(ValueError, match=r'\(28, 28\).*\(32, 32\)'):
        embedding(torch.zeros(1, 1, 32, 32))


def test_block_equals_torch(section):
    torch.manual_seed(0)
    ours = section['ViTBlock'](8, 8, 16, 2, 0.0, use_bias=True)
    X = torch.randn(3, 5, 8, requires_grad=True)
    ours(X)
    theirs = nn.TransformerEncoderLayer(8, 2, 16, 0.0, F.gelu,
                                        batch_first=True, norm_first=True)
    a = ours.attention
    linear = [m for m in ours.mlp.modules() if isinstance(m, nn.Linear)]
    with torch.no_grad():
        for norm in ours.norms:
            nn.init.normal_(norm.weight)
            nn.init.normal_(norm.bias)
        theirs.self_attn.in_proj_weight.copy_(
            torch.cat([a.W_q.weight, a.W_k.weight, a.W_v.weight]))
        theirs.self_attn.in_proj_bias.copy_(
            torch.cat([a.W_q.bias, a.W_k.bias, a.W_v.bias]))
        for mine, other in ((a.W_o, theirs.self_attn.out_proj),
                            (linear[0], theirs.linear1),
                            (linear[1], theirs.linear2),
                            (ours.norms[0], theirs.norm1),
                            (ours.norms[1], theirs.norm2)):
            other.load_state_dict(mine.state_dict())
    torch.testing.assert_close(ours(X), theirs(X), atol=1e-5, rtol=1e-5)
    grads = [torch.autograd.grad(block(X).square().sum(), X)[0]
             for block in (ours, theirs)]
    torch.testing.assert_close(*grads, atol=1e-4, rtol=1e-4)


def test_output_and_attention_shapes(section):
    net = model(section)
    assert net(torch.rand(3, 1, 12, 12)).shape == (3, 10)
    weights = net.blks[0].attention.attention.attention_weights
    assert weights.shape == (3 * 2, 10, 10)


@pytest.mark.parametrize('positions', [False, True])
def test_only_positions_tell_patches_apart(section, positions):
    net = model(section, positions=positions)
    with torch.no_grad():
        E = net.embedding(torch.rand(4, 1, 12, 12))
        order = torch.randperm(9)
        same = torch.allclose(net.encode(E), net.encode(E[:, order]),
                              atol=1e-6)
    assert same != positions


def test_examples_do_not_mix(section):
    net = model(section)
    X = torch.rand(4, 1, 12, 12)
    with torch.no_grad():
        torch.testing.assert_close(net(X)[1:2], net(X[1:2]))


def test_arguments_of_old_notebooks(section):
    net = section['ViT'](img_size=28, patch_size=14, num_hiddens=8,
                         mlp_num_hiddens=8, num_heads=2, num_blks=1,
                         emb_dropout=0.1, blk_dropout=0.1, lr=0.1)
    assert net(torch.rand(2, 1, 28, 28)).shape == (2, 10)
    assert section['ViTMLP'](6, 4)(torch.rand(2, 3, 5)).shape == (2, 3, 4)
