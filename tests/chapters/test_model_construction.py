"""Section 6.1: the rebuilt module and container against those of PyTorch."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

SECTION = 'builders-guide/model-construction'
WANTED = {'Wave', 'BetterWave', 'GatedUnit', 'MiniModule', 'Mini',
          'MiniLinear', 'MiniGated', 'Standardize', 'Chain', 'ManyHeads',
          'inspect_outputs', 'Settle'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F}
    return definitions(SECTION, WANTED, names)


def test_list_hides_modules_and_module_list_does_not(section):
    torch.manual_seed(0)
    wave = section['Wave'](8)
    torch.manual_seed(0)
    better = section['BetterWave'](8)
    x = torch.linspace(-1, 1, 5).reshape(-1, 1)
    torch.testing.assert_close(wave(x), better(x))
    missing = {name for name, _ in better.named_parameters()}
    missing -= {name for name, _ in wave.named_parameters()}
    assert missing == {'hidden.0.weight', 'hidden.0.bias',
                       'hidden.1.weight', 'hidden.1.bias'}
    wave.eval(), better.eval()
    assert wave.hidden[0].training and not better.hidden[0].training
    wave.double(), better.double()
    assert wave.hidden[0].weight.dtype == torch.float32
    assert better.hidden[0].weight.dtype == torch.float64


def test_gated_unit_equals_torch(section):
    torch.manual_seed(0)
    unit, X = section['GatedUnit'](3, 4), torch.randn(5, 3)
    both = nn.Linear(3, 8)
    with torch.no_grad():
        for name in ('weight', 'bias'):
            getattr(both, name).copy_(torch.cat(
                [getattr(unit.value, name), getattr(unit.gate, name)]))
    torch.testing.assert_close(unit(X), F.glu(both(X)))


def test_mini_module_behaves_like_torch(section):
    mini, unit = section['MiniGated'](3, 2), section['GatedUnit'](3, 2)
    ours = dict(mini.named_parameters())
    theirs = dict(unit.named_parameters())
    assert list(ours) == list(theirs)
    with torch.no_grad():
        for name, param in ours.items():
            param.copy_(theirs[name])
    X = torch.randn(5, 3)
    mini(X).pow(2).sum().backward()
    unit(X).pow(2).sum().backward()
    for name, param in ours.items():
        torch.testing.assert_close(param.grad, theirs[name].grad)
    assert 'value' not in mini.__dict__ and mini.value is not mini.gate
    mini.number = 3
    assert mini.__dict__['number'] == 3
    with pytest.raises(AttributeError, match='MiniGated has no other'):
        mini.other()


def test_buffers_follow_the_module(section):
    X = torch.randn(50, 3) * 4 + 2
    standardize = section['Standardize'](X)
    Z = standardize(X)
    torch.testing.assert_close(Z.mean(0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(Z.std(0), torch.ones(3))
    assert list(standardize.state_dict()) == ['mean', 'scale']
    assert not list(standardize.parameters())
    standardize.double()
    assert standardize.mean.dtype == torch.float64
    assert standardize.plain_scale.dtype == torch.float32


@pytest.fixture
def parts(section):
    torch.manual_seed(0)
    return [section['GatedUnit'](3, 4), nn.Dropout(0.5), nn.Linear(4, 2)]


def test_chain_equals_sequential(section, parts):
    chain, net = section['Chain'](*parts), nn.Sequential(*parts)
    X, results = torch.randn(6, 3), []
    for module in (chain, net):
        module.zero_grad()
        torch.manual_seed(1)
        out = module(X)
        out.pow(2).sum().backward()
        results.append((out, [p.grad.clone() for p in module.parameters()]))
    torch.testing.assert_close(results[0], results[1])
    assert list(chain.state_dict()) == list(net.state_dict())
    assert [n for n, _ in chain.named_modules()] == [
        n for n, _ in net.named_modules()]
    assert len(chain) == len(net) == 3
    assert all(chain[i] is net[i] for i in (0, 1, 2, -1))
    chain.eval()
    assert not parts[1].training
    with pytest.raises(TypeError, match='not a Module subclass'):
        section['Chain'](torch.relu)


def test_empty_chain_is_the_identity(section):
    X = torch.randn(2, 3)
    assert section['Chain']()(X) is nn.Sequential()(X) is X


def test_heads_share_the_body(section):
    heads = section['ManyHeads'](3, 8, {'price': 1, 'district': 5})
    X = torch.randn(6, 3)
    assert heads(X, 'price').shape == (6, 1)
    heads(X, 'district').sum().backward()
    assert heads.body.gate.weight.grad is not None
    assert heads.heads['price'].weight.grad is None
    with pytest.raises(KeyError):
        heads(X, 'color')


def test_inspection_reports_and_cleans_up(section, capsys):
    net = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 3))
    inspect_outputs = section['inspect_outputs']
    inspect_outputs(net, torch.randn(7, 2), nn.Linear)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [['0', 'Linear'],
                                                    ['2', 'Linear']]
    with pytest.raises(RuntimeError):
        inspect_outputs(net, torch.randn(7, 5), nn.Linear)
    assert not any(m._forward_hooks for m in net.modules())


@pytest.mark.parametrize('rho', [0.1, 0.9])
def test_settle_solves_its_equation(section, rho):
    torch.manual_seed(0)
    settle = section['Settle'](3, 16, rho, tol=1e-12).double()
    weight = settle.feedback.weight
    torch.testing.assert_close(
        torch.linalg.matrix_norm(weight, ord=2).item(), rho)
    X = torch.randn(6, 3).double()
    H = settle(X)
    torch.testing.assert_close(
        H, torch.tanh(settle.drive(X) + settle.feedback(H)))
    # the gradient, by implicit differentiation: a = g + W^T (s * a)
    H.sum().backward()
    with torch.no_grad():
        slope = 1 - H ** 2                              # (n, hidden)
        adjoint = torch.stack([torch.linalg.solve(
            torch.eye(16).double() - weight.T @ torch.diag(s),
            torch.ones(16).double()) for s in slope])
        expected = (slope * adjoint).T @ H
    torch.testing.assert_close(weight.grad, expected, atol=1e-8, rtol=1e-6)


def test_claims_on_pytorch(section):
    settle = section['Settle'](3, 4, 0.5)
    with pytest.raises(torch.fx.proxy.TraceError):
        torch.fx.symbolic_trace(settle)
    with pytest.raises(NotImplementedError, match='ModuleList'):
        nn.ModuleList([nn.ReLU()])(torch.zeros(1))
    seen, layer = [], nn.Linear(2, 2)
    layer.register_forward_pre_hook(lambda m, args: seen.append('pre'))
    layer.register_forward_hook(lambda m, args, out: seen.append('post'))
    layer.forward(torch.zeros(1, 2))
    assert not seen
    layer(torch.zeros(1, 2))
    assert seen == ['pre', 'post']
