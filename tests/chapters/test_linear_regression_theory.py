"""Sections 3.1 and 3.6: the code on the page against PyTorch and theory."""
import ast
from pathlib import Path

import jupytext
import numpy as np
import pytest
import torch
from torch import nn

CHAPTER = (Path(__file__).resolve().parents[2] / 'chapters'
           / 'linear-regression')


def functions(section):
    """The functions that a section defines, by name."""
    notebook = jupytext.read(CHAPTER / f'{section}.md')
    names = {'np': np, 'torch': torch}
    for cell in notebook.cells:
        if cell.cell_type == 'code':
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef):
                    exec(ast.unparse(node), names)
    return names


def numbers(section):
    """The lists of numbers that a section types in, by name."""
    notebook = jupytext.read(CHAPTER / f'{section}.md')
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == 'code':
            for node in ast.parse(cell.source).body:
                if (isinstance(node, ast.Assign)
                        and isinstance(node.value, ast.List)):
                    try:
                        value = ast.literal_eval(node.value)
                    except ValueError:
                        continue
                    found[node.targets[0].id] = value
    return found


@pytest.fixture(scope='module')
def regression():
    return functions('linear-regression')


@pytest.fixture(scope='module')
def generalization():
    return functions('generalization')


@pytest.fixture
def data():
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(40, 3, generator=generator, dtype=torch.float64)
    noise = torch.randn(40, generator=generator, dtype=torch.float64)
    return X, X @ torch.tensor([1.0, -2, 0.5]).double() + 3 + 0.1 * noise


def test_tree_table():
    tables = [numbers(s) for s in ('linear-regression', 'generalization')]
    for name, total in (('inches', 410.7), ('feet', 2356),
                        ('cubic_feet', 935.3)):
        assert tables[0][name] == tables[1][name]
        assert len(tables[0][name]) == 31
        assert sum(tables[0][name]) == pytest.approx(total)


def test_normal_equations(regression, data):
    X, y = data
    A = regression['with_ones'](X)
    w = regression['least_squares'](A, y)
    reference = torch.linalg.lstsq(A, y[:, None]).solution[:, 0]
    torch.testing.assert_close(w, reference)
    assert (A.T @ (y - A @ w)).abs().max() < 1e-10


def test_sgd_steps_are_those_of_torch(regression, data):
    X, y = data
    start = torch.zeros(3, dtype=torch.float64)
    torch.manual_seed(1)
    path = regression['sgd_path'](X, y, start, 0.1, 8, 2)
    net = nn.Linear(3, 1, bias=False, dtype=torch.float64)
    nn.init.zeros_(net.weight)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    torch.manual_seed(1)
    steps = [start]
    for _ in range(2):
        for batch in torch.randperm(len(y)).split(8):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(net(X[batch])[:, 0], y[batch]) / 2
            loss.backward()
            optimizer.step()
            steps.append(net.weight.detach()[0].clone())
    torch.testing.assert_close(path, torch.stack(steps))


def test_normal_density(regression):
    z = torch.linspace(-3, 3, 13)
    reference = torch.distributions.Normal(0.5, 2).log_prob(z).exp()
    torch.testing.assert_close(regression['normal'](z, 0.5, 2), reference)


def test_polynomial_fit_in_batches(generalization):
    torch.manual_seed(0)
    t, y = generalization['readings'](4, 30)
    X = generalization['powers'](t, 5)
    assert X.shape == (4, 30, 6)
    W = generalization['fit'](X, y)
    for features, labels, w in zip(X, y, W):
        reference = torch.linalg.pinv(features) @ labels
        torch.testing.assert_close(w, reference)


def test_legendre_features_are_orthogonal(generalization):
    t = torch.linspace(0, 4, 200001, dtype=torch.float64)
    X = generalization['legendre'](t, 5)
    gram = X.T @ X / len(t)
    scale = 1 / torch.arange(1, 7, dtype=torch.float64) ** 2
    torch.testing.assert_close(gram, scale.diag(), atol=1e-4, rtol=0)


@pytest.mark.parametrize('n, k', [(31, 5), (31, 10), (12, 12), (20, 2)])
def test_folds_partition_the_examples(generalization, n, k):
    pairs = list(generalization['k_fold'](n, k))
    assert len(pairs) == k
    held_out = torch.cat([valid for _, valid in pairs])
    assert sorted(held_out.tolist()) == list(range(n))
    sizes = [len(valid) for _, valid in pairs]
    assert max(sizes) - min(sizes) <= 1
    for train, valid in pairs:
        assert sorted(torch.cat([train, valid]).tolist()) == list(range(n))


def test_leave_one_out_is_the_closed_form(generalization, data):
    X, y = data
    P = X @ torch.linalg.pinv(X)
    residual = (y - P @ y) / (1 - P.diagonal())
    value = generalization['cross_validate'](X, y, len(y))
    assert value == pytest.approx(residual.pow(2).mean().item())


def test_cross_validation_with_transformed_labels(generalization, data):
    X, y = data
    y = y.exp() / 100
    torch.manual_seed(3)
    value = generalization['cross_validate'](X, y, 4, torch.log, torch.exp)
    torch.manual_seed(3)
    order = torch.randperm(40)
    errors = []
    for i in range(4):
        held_out = set(order[10 * i:10 * i + 10].tolist())
        rest = [j for j in range(40) if j not in held_out]
        w = torch.linalg.pinv(X[rest]) @ y[rest].log()
        errors += [((X[j] @ w).exp() - y[j]).item() ** 2 for j in held_out]
    assert value == pytest.approx(sum(errors) / 40)
