"""Sections 4.4 and 4.5: the written-out parts against those of PyTorch."""
import ast
import math
from pathlib import Path

import jupytext
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

CHAPTER = (Path(__file__).resolve().parents[2] / 'chapters'
           / 'linear-classification')
SCRATCH = {'softmax', 'cross_entropy', 'SoftmaxRegressionScratch'}
CONCISE = {'log_sum_exp', 'stable_cross_entropy', 'naive_cross_entropy'}


def definitions(file, wanted):
    """The functions and classes that a section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l, 'F': F}
    for cell in jupytext.read(CHAPTER / file).cells:
        if cell.cell_type == 'code':
            for node in ast.parse(cell.source).body:
                # Methods added to a class of the section count as well.
                added = any('SoftmaxRegressionScratch' in ast.unparse(d)
                            for d in getattr(node, 'decorator_list', ()))
                if getattr(node, 'name', None) in wanted or added:
                    exec(ast.unparse(node), names)
    assert set(names) >= wanted
    return names


@pytest.fixture(scope='module')
def scratch():
    return definitions('softmax-regression-scratch.md', SCRATCH)


@pytest.fixture(scope='module')
def concise():
    return definitions('softmax-regression-concise.md', CONCISE)


@pytest.fixture
def batch():
    torch.manual_seed(0)
    return torch.rand(6, 1, 5, 4), torch.tensor([0, 2, 1, 2, 0, 1])


def value_and_gradient(f, O, y):
    O = O.clone().requires_grad_()
    loss = f(O, y)
    loss.backward()
    return loss.detach(), O.grad


def test_softmax_equals_torch(scratch):
    torch.manual_seed(0)
    O = 3 * torch.randn(7, 4)
    P = scratch['softmax'](O)
    torch.testing.assert_close(P, O.softmax(dim=1))
    torch.testing.assert_close(P.sum(dim=1), torch.ones(7))
    torch.testing.assert_close(scratch['softmax'](O + 5), P)


def test_softmax_overflows_as_the_section_says(scratch):
    assert scratch['softmax'](torch.tensor([[88., 0.]])).isfinite().all()
    assert scratch['softmax'](torch.tensor([[89., 0.]])).isnan().any()
    assert scratch['softmax'](torch.tensor([[-103., 0.]]))[0, 0] > 0
    assert scratch['softmax'](torch.tensor([[-104., 0.]]))[0, 0] == 0


def test_scratch_cross_entropy_equals_torch(scratch):
    torch.manual_seed(1)
    O, y = 2 * torch.randn(9, 5), torch.randint(0, 5, (9,))

    def ours(O, y):
        return scratch['cross_entropy'](scratch['softmax'](O), y)

    for a, b in zip(value_and_gradient(ours, O, y),
                    value_and_gradient(F.cross_entropy, O, y)):
        torch.testing.assert_close(a, b)


def test_log_sum_exp_equals_torch(concise):
    torch.manual_seed(2)
    for scale in (0, 1, 100, 1e4):
        O = scale * torch.randn(8, 3)
        result = concise['log_sum_exp'](O)
        assert result.shape == (8,)
        torch.testing.assert_close(result, torch.logsumexp(O, dim=1))


@pytest.mark.parametrize('scale', [0.0, 1.0, 100.0, 1e4])
def test_stable_cross_entropy_equals_torch(concise, scale):
    torch.manual_seed(3)
    O, y = scale * torch.randn(9, 5), torch.randint(0, 5, (9,))
    for a, b in zip(
            value_and_gradient(concise['stable_cross_entropy'], O, y),
            value_and_gradient(F.cross_entropy, O, y)):
        assert a.isfinite().all()
        torch.testing.assert_close(a, b)


def test_naive_cross_entropy_agrees_where_it_can(concise):
    O, y = torch.tensor([[1.0, -2.0, 0.5]]), torch.tensor([1])
    naive = concise['naive_cross_entropy']
    torch.testing.assert_close(naive(O, y), F.cross_entropy(O, y))
    assert not naive(100 * O, y).isfinite()


def twins(scratch, batch):
    """A scratch and a concise model with the same weights."""
    torch.manual_seed(4)
    one = scratch['SoftmaxRegressionScratch'](20, 3, lr=0.3, sigma=0.5)
    two = d2l.SoftmaxRegression(num_outputs=3, lr=0.3)
    two(batch[0])
    with torch.no_grad():
        two.net[1].weight.copy_(one.W.T)
        two.net[1].bias.copy_(one.b)
    return one, two


def test_scratch_and_concise_train_alike(scratch, batch):
    one, two = twins(scratch, batch)
    start = one.W.detach().clone()
    X, y = batch
    for model in (one, two):
        optimizer = model.configure_optimizers()
        for _ in range(5):
            loss = model.loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert (one.W - start).abs().max() > 0.05
    torch.testing.assert_close(one.W.T, two.net[1].weight)
    torch.testing.assert_close(one.b, two.net[1].bias)
    torch.testing.assert_close(one(X), two(X).softmax(dim=1))


def test_concise_model_returns_logits(batch):
    torch.manual_seed(5)
    model = d2l.SoftmaxRegression(10, 0.1)
    logits = model(batch[0])
    assert logits.shape == (6, 10) and (logits < 0).any()
    assert [tuple(p.shape) for p in model.parameters()] == [(10, 20), (10,)]
    assert (model.num_outputs, model.lr) == (10, 0.1)
    flat = batch[0].flatten(1)
    torch.testing.assert_close(model(flat), logits)


def test_two_softmaxes_cannot_go_below_the_floor():
    O = 50 * torch.eye(10)
    loss = F.cross_entropy(O.softmax(dim=1), torch.arange(10))
    assert loss.item() == pytest.approx(math.log(1 + 9 / math.e), abs=1e-5)


@pytest.mark.parametrize('num_outputs', [0, -1, 2.5, None, 'ten'])
def test_number_of_classes_must_be_positive(num_outputs):
    with pytest.raises(ValueError, match=f'positive integer.*{num_outputs!r}'):
        d2l.SoftmaxRegression(num_outputs, 0.1)


@pytest.mark.parametrize('lr', [0, -0.1, float('nan')])
def test_learning_rate_must_be_positive(lr):
    with pytest.raises(ValueError, match='lr must be a positive number'):
        d2l.SoftmaxRegression(10, lr)


def test_other_inputs_than_the_first_are_refused(batch):
    model = d2l.SoftmaxRegression(10, 0.1)
    model(batch[0])
    with pytest.raises(RuntimeError, match='6x7.*20x10'):
        model(torch.rand(6, 7))


def test_labels_that_do_not_fit_are_refused(batch):
    model = d2l.SoftmaxRegression(3, 0.1)
    X, y = batch
    with pytest.raises(ValueError, match=r'\(6, 3\).*\(4,\)'):
        model.loss(model(X), y[:4])
    with pytest.raises(IndexError, match='from 0 to 2, not from 1 to 3'):
        model.loss(model(X), y + 1)
    with pytest.raises(ValueError, match='no example'):
        model.loss(model(X[:0]), y[:0])
