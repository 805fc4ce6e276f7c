"""Section 3.7: weight decay against PyTorch and the closed form."""

import pytest
import torch
from definitions import definitions
from torch import nn

from d2l import torch as d2l

SECTION = 'linear-regression/weight-decay'
WANTED = {'l2_penalty', 'WeightDecayScratch', 'WeightDecay', 'ridge', 'Data'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l}
    return definitions(SECTION, WANTED, names)


@pytest.fixture
def data(section):
    torch.manual_seed(0)
    return section['Data'](num_train=15, num_val=10, num_inputs=40)


def fit(model, data, epochs):
    model.board.display = False
    d2l.Trainer(max_epochs=epochs).fit(model, data)


def rows(data):
    return data.X[:data.num_train], data.y[:data.num_train]


def test_penalty_and_its_gradient(section):
    w = torch.randn(6, 1, requires_grad=True)
    penalty = section['l2_penalty'](w)
    penalty.backward()
    torch.testing.assert_close(penalty, torch.linalg.norm(w) ** 2 / 2)
    torch.testing.assert_close(w.grad, w.detach())


@pytest.mark.parametrize('lambd', [0.0, 0.1, 2.0])
def test_scratch_penalty_equals_torch_weight_decay(section, data, lambd):
    torch.manual_seed(1)
    model = section['WeightDecayScratch'](40, lambd, lr=0.2, sigma=1)
    w = model.w.detach().clone().requires_grad_()
    b = model.b.detach().clone().requires_grad_()
    optim = torch.optim.SGD([{'params': [w], 'weight_decay': lambd},
                             {'params': [b]}], lr=0.2)
    X, y = rows(data)
    for _ in range(5):
        fit(model, data, 1)
        optim.zero_grad()
        (nn.functional.mse_loss(X @ w + b, y) / 2).backward()
        optim.step()
        torch.testing.assert_close(model.w, w)
        torch.testing.assert_close(model.b, b)


def test_scratch_and_concise_follow_the_same_path(section, data):
    torch.manual_seed(1)
    scratch = section['WeightDecayScratch'](40, 0.3, lr=0.2, sigma=1)
    concise = section['WeightDecay'](wd=0.6, lr=0.1)    # twice, half
    concise(data.X[:1])
    with torch.no_grad():
        concise.net.weight.copy_(scratch.w.T)
        concise.net.bias.copy_(scratch.b)
    for model in (scratch, concise):
        fit(model, data, 7)
    w, b = concise.get_w_b()
    torch.testing.assert_close(scratch.w.T, w)
    torch.testing.assert_close(scratch.b, b)


def test_training_reaches_ridge(section, data):
    model = section['WeightDecayScratch'](40, 0.3, lr=0.2)
    fit(model, data, 400)
    w, b = section['ridge'](*rows(data), 0.3)
    torch.testing.assert_close(model.w, w, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(model.b, b, atol=1e-4, rtol=1e-4)


def test_ridge_equals_the_normal_equations(section):
    torch.manual_seed(0)
    X, y = torch.randn(12, 5).double() + 1, torch.randn(12, 1).double()
    torch.set_default_dtype(torch.float64)
    try:
        w, b = section['ridge'](X, y, 0.2)
    finally:
        torch.set_default_dtype(torch.float32)
    design = torch.cat([X, torch.ones(12, 1)], dim=1)   # bias, unpenalized
    penalty = 12 * 0.2 * torch.diag(torch.tensor([1.] * 5 + [0.])).double()
    exact = torch.linalg.solve(design.T @ design + penalty, design.T @ y)
    torch.testing.assert_close(torch.cat([w, b[:, None]]), exact)


def test_bias_is_not_decayed(section, data):
    concise = section['WeightDecay'](wd=0.5, lr=0.1)
    concise(data.X[:1])
    groups = concise.configure_optimizers().param_groups
    assert [g['weight_decay'] for g in groups] == [0.5, 0]
    assert groups[1]['params'] == [concise.net.bias]


def test_unseen_directions_decay_geometrically(section, data):
    X, _ = rows(data)
    unseen = torch.eye(40) - torch.linalg.pinv(X) @ X
    model = section['WeightDecayScratch'](40, 0.4, lr=0.2, sigma=1)
    start = unseen @ model.w.detach()
    fit(model, data, 10)
    torch.testing.assert_close(unseen @ model.w.detach(),
                               (1 - 0.2 * 0.4) ** 10 * start,
                               atol=1e-5, rtol=1e-4)
