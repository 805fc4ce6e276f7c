"""Section 6.4: the dry run, and what is said about lazy layers."""
import copy
import io
import pickle

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import UninitializedParameter, is_lazy

from d2l import torch as d2l

SECTION = 'builders-guide/lazy-init'
WANTED = {'LateLinear', 'LazyScale', 'Small', 'init_he', 'groups'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l,
             'LazyModuleMixin': LazyModuleMixin,
             'UninitializedParameter': UninitializedParameter}
    return definitions(SECTION, WANTED, names)


class Model(d2l.Module):
    def __init__(self, *layers):
        super().__init__()
        self.net = nn.Sequential(*layers)


X = torch.arange(12.).reshape(2, 6)


def test_late_linear_equals_lazy_linear(section):
    late, lazy, outputs = section['LateLinear'](3), nn.LazyLinear(3), []
    assert not list(late.parameters())
    for layer in (late, lazy):
        torch.manual_seed(0)
        outputs.append(layer(X))
    torch.testing.assert_close(*outputs)
    assert [n for n, _ in late.named_parameters()] == ['weight', 'bias']
    weight = late.weight
    late(X)
    assert late.weight is weight        # made once
    late(X).sum().backward()
    lazy(X).sum().backward()
    torch.testing.assert_close(late.weight.grad, lazy.weight.grad)


def test_lazy_scale(section):
    layer = section['LazyScale']()
    assert is_lazy(layer.scale)
    param = layer.scale
    torch.testing.assert_close(layer(X), X)
    assert layer.scale is param and param.shape == (6,)
    with torch.no_grad():
        param.mul_(3)
    torch.testing.assert_close(layer(X), 3 * X)


def test_apply_init_gives_shapes_then_values(section):
    torch.manual_seed(0)
    model = section['Small']()
    model.apply_init([torch.zeros(4, 1, 28, 28)], section['init_he'])
    weight = model.net[1].weight
    assert weight.shape == (32, 784)
    assert abs(weight.std() / (2 / 784) ** 0.5 - 1) < 0.03
    assert not model.net[4].bias.any()
    assert all(p.requires_grad and p.grad is None
               for p in model.parameters())


def test_apply_init_without_init_keeps_the_default():
    torch.manual_seed(0)
    model = Model(nn.LazyLinear(3), nn.LazyLinear(2))
    assert model.apply_init((X,)) is None
    torch.manual_seed(0)
    eager = nn.Sequential(nn.Linear(6, 3), nn.Linear(3, 2))
    for ours, theirs in zip(model.parameters(), eager.parameters()):
        torch.testing.assert_close(ours, theirs)


def test_apply_init_passes_all_arguments_of_forward():
    class Two(d2l.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.LazyLinear(2), nn.LazyLinear(2)

        def forward(self, A, B):
            return self.a(A) + self.b(B)

    model = Two()
    model.apply_init([X, X[:, :4]])
    assert model.a.weight.shape == (2, 6)
    assert model.b.weight.shape == (2, 4)


def test_dry_run_leaves_statistics_modes_and_random_numbers_alone():
    model = Model(nn.LazyLinear(3), nn.LazyBatchNorm1d(), nn.Dropout(0.5))
    model.net[2].eval()
    modes = [m.training for m in model.modules()]
    torch.manual_seed(0)
    model.apply_init([X[:1]])           # one example is enough
    assert [m.training for m in model.modules()] == modes
    assert True in modes and False in modes
    assert not model.net[1].running_mean.any()
    assert model.net[1].num_batches_tracked == 0
    ours = torch.rand(1)
    torch.manual_seed(0)
    nn.Linear(6, 3)
    assert torch.equal(ours, torch.rand(1))


def test_modes_are_restored_after_a_failure():
    model = Model(nn.LazyLinear(3), nn.Linear(4, 2))
    with pytest.raises(RuntimeError, match='cannot be multiplied'):
        model.apply_init([X])
    assert all(m.training for m in model.modules())


@pytest.mark.parametrize(('arguments', 'error', 'message'), [
    ((X,), TypeError, r'as in \[X\], but is a Tensor'),
    (([],), ValueError, 'inputs is empty'),
    (([X], 'he'), TypeError, 'init must be a function .* is a str')])
def test_bad_arguments(arguments, error, message):
    model = Model(nn.LazyLinear(3))
    with pytest.raises(error, match=message):
        model.apply_init(*arguments)
    assert is_lazy(model.net[0].weight)


def test_layers_out_of_reach_are_named():
    model = Model(nn.LazyLinear(3))
    model.extra = nn.LazyLinear(2)
    model.norm = nn.LazyBatchNorm1d(affine=False)
    with pytest.raises(RuntimeError, match=r'extra.weight, extra.bias, '
                                           r'norm.running_mean'):
        model.apply_init([X])


def test_placeholder_becomes_the_parameter():
    net = nn.Sequential(nn.LazyLinear(3), nn.LazyLinear(2))
    before = list(net.parameters())
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    net(X).sum().backward()
    assert all(p is q for p, q in zip(before, net.parameters()))
    start = net[0].weight.clone()
    optimizer.step()
    assert not torch.equal(start, net[0].weight)
    assert type(net[0]) is nn.Linear and not net[0]._forward_pre_hooks


def test_groups_by_axes_are_wrong_before_the_first_call(section):
    net = nn.Sequential(nn.LazyLinear(3), nn.LazyLinear(2))
    assert section['groups'](net) == '0 decay, 4 do not'
    net(X)
    assert section['groups'](net) == '2 decay, 2 do not'


def test_early_values_are_refused_or_lost():
    layer = nn.LazyLinear(3)
    with pytest.raises(RuntimeError, match="Can't access the shape"):
        nn.init.kaiming_normal_(layer.weight)
    with pytest.raises(ValueError, match='uninitialized parameter'):
        nn.init.zeros_(layer.bias)
    layer.weight.data.fill_(7)
    layer(X)
    assert not (layer.weight == 7).any()


def test_copies_ties_and_files_of_lazy_layers():
    layer = nn.LazyLinear(3)
    twin = copy.deepcopy(layer)
    layer(X), twin(X)
    assert not torch.equal(layer.weight, twin.weight)

    lazy = nn.LazyLinear(3)
    with pytest.raises(RuntimeError, match='DataParallel'):
        lazy._replicate_for_data_parallel()
    assert is_lazy(pickle.loads(pickle.dumps(lazy)).weight)
    file = io.BytesIO()
    torch.save(lazy.state_dict(), file)
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError):
        torch.load(file)
    lazy.load_state_dict(layer.state_dict())
    torch.testing.assert_close(lazy(X), layer(X))

    for bias in (True, False):
        a, b = nn.LazyLinear(6, bias=bias), nn.LazyLinear(6, bias=bias)
        b.weight = a.weight
        tied = nn.Sequential(a, b)
        if bias:
            with pytest.raises(AttributeError, match='materialize'):
                tied(X)
        else:
            tied(X)
            assert a.weight is b.weight


def test_a_wrong_first_batch_decides():
    layer = nn.LazyLinear(10)
    assert layer(torch.zeros(8, 28, 28)).shape == (8, 28, 10)
    with pytest.raises(RuntimeError, match='8x784 and 28x10'):
        layer(torch.zeros(8, 784))


def test_a_failed_call_leaves_shapes_behind():
    net = nn.Sequential(nn.LazyLinear(3), nn.Linear(4, 2), nn.LazyLinear(2))
    with pytest.raises(RuntimeError):
        net(X)
    assert not is_lazy(net[0].weight) and is_lazy(net[2].weight)


@pytest.mark.parametrize(('last', 'equal'), [(nn.LazyLinear, True),
                                             (nn.Linear, False)])
def test_ordinary_layers_draw_before_lazy_ones(last, equal):
    torch.manual_seed(0)
    eager = nn.Sequential(nn.Linear(6, 3), nn.Linear(3, 2))
    torch.manual_seed(0)
    lazy = nn.Sequential(nn.LazyLinear(3),
                         last(2) if last is nn.LazyLinear else last(3, 2))
    lazy(X)
    assert torch.equal(eager[0].weight, lazy[0].weight) == equal
