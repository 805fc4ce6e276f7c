"""Section 6.2: tied gradients, frozen layers, and what is said of PyTorch."""
import ast
import copy
from pathlib import Path

import jupytext
import pytest
import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

SECTION = (Path(__file__).resolve().parents[2] / 'chapters'
           / 'builders-guide' / 'parameters.md')


@pytest.fixture(scope='module')
def word_model():
    """The class WordModel of the section."""
    names = {'torch': torch, 'nn': nn}
    for cell in jupytext.read(SECTION).cells:
        if cell.cell_type == 'code':
            for node in ast.parse(cell.source).body:
                if getattr(node, 'name', None) == 'WordModel':
                    exec(ast.unparse(node), names)
    return names['WordModel']


def gradients(model):
    words, following = torch.tensor([3, 7, 7, 2]), torch.tensor([7, 1, 0, 3])
    model.zero_grad()
    F.cross_entropy(model(words), following).backward()
    return model.embed.weight.grad, model.score.weight.grad


def test_tied_gradient_is_the_sum_over_uses(word_model):
    torch.manual_seed(0)
    tied, free = word_model(9, 4, True), word_model(9, 4, False)
    free.load_state_dict(tied.state_dict())
    total, same = gradients(tied)
    as_input, as_output = gradients(free)
    assert total is same
    torch.testing.assert_close(total, as_input + as_output)
    assert (as_input != 0).any(dim=1).nonzero().flatten().tolist() == [2, 3,
                                                                       7]
    assert (as_output != 0).any(dim=1).all()


def test_tied_parameters_are_counted_once_and_saved_twice(word_model):
    tied, free = word_model(9, 4, True), word_model(9, 4, False)
    assert sum(p.numel() for p in tied.parameters()) == 36
    assert sum(p.numel() for p in free.parameters()) == 72
    assert list(tied.state_dict()) == list(free.state_dict())


def test_ties_survive_copies_conversion_and_loading(word_model):
    tied = copy.deepcopy(word_model(9, 4, True)).double()
    tied.load_state_dict(copy.deepcopy(tied.state_dict()))
    assert tied.embed.weight is tied.score.weight


@pytest.mark.parametrize(('options', 'equal'), [
    ({}, True), ({'weight_decay': 0.1}, False), ({'momentum': 0.9}, True)])
def test_shared_memory_is_not_tying(word_model, options, equal):
    torch.manual_seed(0)
    tied, shared = word_model(9, 4, True), word_model(9, 4, False)
    shared.score.weight.data = shared.embed.weight.data
    shared.load_state_dict(tied.state_dict())
    assert len(list(shared.parameters())) == 2
    for model in (tied, shared):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5, **options)
        for _ in range(3):
            gradients(model)
            optimizer.step()
    difference = (tied.embed.weight - shared.embed.weight).abs().max()
    assert (difference < 1e-6) == equal
    shared.double()
    assert (shared.score.weight.data_ptr()
            != shared.embed.weight.data_ptr())


def test_number_of_parameters():
    sizes = (1, 64, 64, 1)
    layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    counted = sum(p.numel() for p in nn.Sequential(*layers).parameters())
    assert counted == sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
    assert counted == 4353


def test_data_hides_a_change_that_detach_reports():
    w = nn.Parameter(torch.tensor(3.0))
    loss = w * w
    w.data.fill_(100)
    loss.backward()
    assert w.grad == 200
    w = nn.Parameter(torch.tensor(3.0))
    loss = w * w
    w.detach().fill_(100)
    with pytest.raises(RuntimeError, match='modified by an inplace'):
        loss.backward()


def test_state_dict_is_live_and_functional_call_is_not():
    net = nn.Linear(3, 2)
    state, frozen = net.state_dict(), copy.deepcopy(net.state_dict())
    with torch.no_grad():
        net.weight.add_(1)
    assert torch.equal(state['weight'], net.weight)
    assert not torch.equal(frozen['weight'], net.weight)
    X = torch.randn(4, 3)
    out = functional_call(net, frozen, (X,))
    torch.testing.assert_close(
        out, F.linear(X, frozen['weight'], frozen['bias']))
    assert torch.equal(state['weight'], net.weight)
    with pytest.raises(RuntimeError, match='size mismatch'):
        nn.Linear(4, 2).load_state_dict(frozen, strict=False)


@pytest.mark.parametrize(('clear', 'moves'), [
    (lambda layer, optimizer: None, True),
    (lambda layer, optimizer: optimizer.zero_grad(False), True),
    (lambda layer, optimizer: optimizer.zero_grad(), False)])
def test_frozen_layers_move_while_they_have_gradients(clear, moves):
    layer = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    layer.requires_grad_(False)
    clear(layer, optimizer)
    before = layer.weight.clone()
    optimizer.step()
    assert (not torch.equal(before, layer.weight)) == moves


def test_gradients_flow_through_a_frozen_layer():
    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 3), nn.Linear(3, 1))
    net[1].requires_grad_(False)
    net(torch.ones(1, 2)).sum().backward()
    assert [p.grad is None for p in net.parameters()] == [
        False, False, True, True, False, False]


def test_parameter_in_two_groups_is_refused():
    layer = nn.Linear(2, 1)
    with pytest.raises(ValueError, match='more than one parameter group'):
        torch.optim.SGD([{'params': layer.parameters()},
                         {'params': [layer.bias]}], lr=0.1)
