"""Section 11.9: the decoder stack, its masks, its cache, and the counts."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

SECTION = ('attention-mechanisms-and-transformers/'
           'large-pretraining-transformers')
WANTED = {'rotate', 'Block', 'Stack', 'influence', 'gpt2', 'cache_bytes'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    return definitions(SECTION, WANTED, {'torch': torch, 'nn': nn, 'F': F})


@pytest.fixture
def net(section):
    torch.manual_seed(0)
    return section['Stack'](12, 32)


def by_hand(block, X, angle, mask):
    """The block written out for one text (steps, width)."""
    def norm(layer, H):
        return layer.weight * H / (H.pow(2).mean(-1, keepdim=True)
                                   + torch.finfo(H.dtype).eps).sqrt()

    def turn(H):
        pairs = torch.complex(*H.chunk(2, -1)) * torch.polar(
            torch.ones_like(angle), angle)
        return torch.cat((pairs.real, pairs.imag), -1)

    heads = []
    Q, K, V = (norm(block.norm1, X) @ block.qkv.weight.T).chunk(3, -1)
    for q, k, v in zip(*(M.split(block.head_size, -1) for M in (Q, K, V))):
        scores = turn(q) @ turn(k).T / block.head_size ** 0.5
        scores = scores.masked_fill(~mask, float('-inf'))
        heads.append(scores.softmax(-1) @ v)
    X = X + torch.cat(heads, -1) @ block.out.weight.T
    gate, value = (norm(block.norm2, X) @ block.up.weight.T).chunk(2, -1)
    return X + (gate * gate.sigmoid() * value) @ block.down.weight.T


def test_block_equals_its_formulas(section):
    torch.manual_seed(1)
    block, X = section['Block'](24).double(), torch.randn(2, 7, 24).double()
    frequency = torch.tensor([1, 0.3, 0.1, 0.02])
    angle = torch.arange(7.0).double()[:, None] * frequency
    causal = torch.ones(7, 7).tril().bool()
    prefix = causal | (torch.arange(7) < 4)
    for mask, meant in ((None, causal), (causal, causal), (prefix, prefix)):
        Y = block(X, angle, mask)
        for x, y in zip(X, Y):
            torch.testing.assert_close(y, by_hand(block, x, angle, meant))


def test_scores_depend_on_the_difference_of_positions(section):
    torch.manual_seed(2)
    q, k = torch.randn(2, 1, 1, 1, 8).double()
    frequency = torch.tensor([1, 0.1, 0.01, 0.001]).double()

    def score(m, n):
        rotate = section['rotate']
        return (rotate(q, m * frequency[None])
                * rotate(k, n * frequency[None])).sum()

    torch.testing.assert_close(score(3, 1), score(103, 101))
    assert not torch.isclose(score(3, 1), score(3, 2))
    turned = section['rotate'](q, 5 * frequency[None])
    torch.testing.assert_close(turned.norm(), q.norm())


def test_future_tokens_cannot_change_the_past(net):
    torch.manual_seed(3)
    tokens = torch.randint(0, 12, (4, 20))
    changed = tokens.clone()
    changed[:, 11:] = torch.randint(0, 12, (4, 9))
    with torch.no_grad():
        before, after = net(tokens), net(changed)
    assert before[:, :11].equal(after[:, :11])
    assert not before[:, 11:].equal(after[:, 11:])


def test_influence_is_the_mask_and_grows_for_windows(section, net):
    causal = torch.ones(6, 6).tril().bool()
    prefix = causal | (torch.arange(6) < 3)
    for mask in (torch.ones(6, 6).bool(), causal, prefix):
        assert section['influence'](net, mask).equal(mask)
    assert section['influence'](net, None).equal(causal)
    window = causal.triu(-2)
    assert section['influence'](net, window).equal(causal.triu(-4))


@pytest.mark.parametrize('first', (1, 5, 15))
def test_cache_changes_nothing(net, first):
    torch.manual_seed(4)
    tokens = torch.randint(0, 12, (3, 16))
    caches = [[] for _ in net.blocks]
    with torch.no_grad():
        parts = [net(tokens[:, :first], caches=caches)]
        parts += [net(tokens[:, t:t + 1], caches=caches)
                  for t in range(first, 16)]
        torch.testing.assert_close(torch.cat(parts, 1), net(tokens))


def test_size_of_the_cache(section, net):
    caches = [[] for _ in net.blocks]
    with torch.no_grad():
        net(torch.zeros(1, 9, dtype=torch.int64), caches=caches)
    numbers = sum(x.numel() for cache in caches for x in cache)
    heads, size = 4, 8
    assert 2 * numbers == section['cache_bytes'](9, 2, 2 * heads * size)
    windowed = section['cache_bytes'](1000, 2, 10, window=100)
    assert windowed == 2 * 10 * (1000 + 100)  # one layer each, 2 bytes


@pytest.mark.parametrize('width, depth, count', (
    (768, 12, 124_439_808), (1024, 24, 354_823_168),
    (1280, 36, 774_030_080), (1600, 48, 1_557_611_200)))
def test_parameters_of_gpt2(section, width, depth, count):
    net = section['gpt2'](width, depth)
    assert sum(p.numel() for p in net.parameters()) == count
