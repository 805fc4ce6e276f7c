"""Sections 5.1 and 5.2: perceptrons written out against PyTorch's layers."""
import ast
from pathlib import Path

import jupytext
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

CHAPTER = (Path(__file__).resolve().parents[2] / 'chapters'
           / 'multilayer-perceptrons')


def definitions(file, wanted):
    """The functions, classes and added methods of a section, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l, 'F': F}
    for cell in jupytext.read(CHAPTER / file).cells:
        if cell.cell_type == 'code':
            for node in ast.parse(cell.source).body:
                added = any(name in ast.unparse(d) for name in wanted
                            for d in getattr(node, 'decorator_list', ()))
                if getattr(node, 'name', None) in wanted or added:
                    exec(ast.unparse(node), names)
    assert set(names) >= wanted
    return names


@pytest.fixture(scope='module')
def section():
    return definitions('mlp-implementation.md',
                       {'relu', 'MLPScratch', 'MLP', 'active'})


@pytest.fixture(scope='module')
def theory():
    return definitions('mlp.md', {'tent', 'half_negative'})


@pytest.fixture
def batch():
    torch.manual_seed(0)
    return torch.rand(8, 1, 6, 5), torch.arange(8) % 4


@pytest.fixture
def twins(section, batch):
    """A scratch and a concise model with the same weights."""
    torch.manual_seed(1)
    scratch = section['MLPScratch'](30, 4, 16, lr=0.3, sigma=0.4)
    concise = section['MLP'](num_outputs=4, num_hiddens=16, lr=0.3)
    concise(batch[0])
    first, second = concise.net[1], concise.net[3]
    with torch.no_grad():
        first.weight.copy_(scratch.W1.T)
        first.bias.copy_(scratch.b1)
        second.weight.copy_(scratch.W2.T)
        second.bias.copy_(scratch.b2)
    return scratch, concise


def parameters(scratch, concise):
    first, second = concise.net[1], concise.net[3]
    return ((scratch.W1.T, first.weight), (scratch.b1, first.bias),
            (scratch.W2.T, second.weight), (scratch.b2, second.bias))


def test_relu_equals_torch_in_value_and_gradient(section):
    values = torch.tensor([-2.0, -0.0, 0.0, 1e-30, 3.0, float('inf')])
    results = []
    for f in (section['relu'], torch.relu):
        x = values.clone().requires_grad_()
        y = f(x)
        y.sum().backward()
        results.append((y.detach(), x.grad))
    torch.testing.assert_close(results[0], results[1])
    assert results[0][1].tolist() == [0, 0, 0, 1, 1, 1]


def test_scratch_equals_concise_in_value(twins, batch):
    scratch, concise = twins
    assert scratch(batch[0]).shape == (8, 4)
    torch.testing.assert_close(scratch(batch[0]), concise(batch[0]))


def test_scratch_equals_concise_in_gradient(twins, batch):
    X, y = batch
    for model in twins:
        model.loss(model(X), y).backward()
    scratch, concise = twins
    first, second = concise.net[1], concise.net[3]
    for ours, theirs in ((scratch.W1.grad.T, first.weight.grad),
                         (scratch.b1.grad, first.bias.grad),
                         (scratch.W2.grad.T, second.weight.grad),
                         (scratch.b2.grad, second.bias.grad)):
        assert ours.abs().max() > 0
        torch.testing.assert_close(ours, theirs)


def test_scratch_and_concise_train_alike(twins, batch):
    X, y = batch
    start = twins[0].W1.detach().clone()
    for model in twins:
        optimizer = model.configure_optimizers()
        for _ in range(10):
            loss = model.loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert (twins[0].W1 - start).abs().max() > 0.01
    for ours, theirs in parameters(*twins):
        torch.testing.assert_close(ours, theirs)


def test_number_of_parameters_is_that_of_the_text(section):
    model = section['MLPScratch'](784, 10, 256, lr=0.1)
    assert sum(p.numel() for p in model.parameters()) == 203_530


def test_zero_weights_keep_hidden_units_equal(section, batch):
    model = section['MLPScratch'](30, 4, 16, lr=0.3, sigma=0)
    with torch.no_grad():
        model.W1 += 0.1
        model.W2 += torch.randn(4)
    optimizer = model.configure_optimizers()
    for _ in range(3):
        loss = model.loss(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.testing.assert_close(model.W1, model.W1[:, :1].expand(30, 16))


def test_active_units_are_those_with_output(section, batch):
    torch.manual_seed(2)
    model = section['MLPScratch'](30, 4, 16, lr=0.1, sigma=1)
    on = section['active'](model, batch[0])
    hidden = F.relu(F.linear(batch[0].flatten(1), model.W1.T, model.b1))
    assert on.shape == (8, 16) and on.any() and not on.all()
    assert torch.equal(on, hidden > 0)


def test_bad_input_is_refused(twins, batch):
    for model in twins:
        with pytest.raises(RuntimeError):
            model(torch.rand(8, 7))
        with pytest.raises(ValueError, match=r'\(8, 4\).*\(5,\)'):
            model.loss(model(batch[0]), batch[1][:5])


def test_two_rectifiers_solve_xor():
    X = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    H = torch.relu(X @ torch.ones(2, 2) + torch.tensor([0., -1.]))
    assert (H @ torch.tensor([1., -2.])).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize('layers', [1, 2, 3, 6])
def test_each_tent_doubles_the_pieces(theory, layers):
    x = torch.linspace(0, 1, 1025)
    for _ in range(layers):
        x = theory['tent'](x)
    turns = (x.diff().sign().diff() != 0).sum().item()
    assert turns + 1 == 2 ** layers
    assert (x.min(), x.max()) == (0, 1)


def test_negatives_average_to_gray(theory):
    torch.manual_seed(3)
    X = torch.rand(50, 9)
    Y = theory['half_negative'](X)
    same = (Y == X).all(dim=1)
    torch.testing.assert_close(Y[~same], 1 - X[~same])
    assert 10 < same.sum() < 40
