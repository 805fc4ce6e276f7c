"""Section 8.5: batch normalization against PyTorch's layers."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'convolutional-modern/batch-norm'
WANTED = {'standardize', 'backward_by_hand', 'BatchNorm', 'observe',
          'from_scratch', 'concise', 'BNLeNet', 'Shaken'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l}
    return definitions(SECTION, WANTED, names)


def pair(section, shape, **kwargs):
    """Our layer and PyTorch's for inputs of a shape, with random scales."""
    torch.manual_seed(0)
    ours = section['BatchNorm'](shape[1], **kwargs).double()
    Theirs = nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d
    theirs = Theirs(shape[1], **kwargs).double()
    with torch.no_grad():
        ours.gamma.normal_(1, 0.5)
        ours.beta.normal_()
        theirs.weight.copy_(ours.gamma)
        theirs.bias.copy_(ours.beta)
    return ours, theirs


SHAPES = [(7, 5), (2, 3), (4, 3, 6, 5), (1, 2, 3, 3)]


@pytest.mark.parametrize('shape', SHAPES)
@pytest.mark.parametrize('kwargs', [{}, {'eps': 0.1, 'momentum': 0.4}])
def test_training_equals_torch(section, shape, kwargs):
    ours, theirs = pair(section, shape, **kwargs)
    for step in range(4):
        X = torch.randn(shape, dtype=torch.float64) * (step + 1) + step
        G = torch.randn(shape, dtype=torch.float64)
        inputs = [X.clone().requires_grad_() for _ in range(2)]
        outputs = [ours(inputs[0]), theirs(inputs[1])]
        torch.testing.assert_close(*outputs)
        for layer, Y in zip((ours, theirs), outputs):
            layer.zero_grad()
            Y.backward(G)
        torch.testing.assert_close(inputs[0].grad, inputs[1].grad)
        torch.testing.assert_close(ours.gamma.grad, theirs.weight.grad)
        torch.testing.assert_close(ours.beta.grad, theirs.bias.grad)
        torch.testing.assert_close(ours.running_mean, theirs.running_mean)
        torch.testing.assert_close(ours.running_var, theirs.running_var)


@pytest.mark.parametrize('shape', SHAPES)
def test_prediction_equals_torch(section, shape):
    ours, theirs = pair(section, shape)
    for layer in (ours, theirs):
        torch.manual_seed(1)
        for _ in range(3):
            layer(torch.randn(shape, dtype=torch.float64) * 2 + 1)
        layer.eval()
    before = ours.running_mean.clone(), ours.running_var.clone()
    single = torch.randn((1, *shape[1:]), dtype=torch.float64)
    torch.testing.assert_close(ours(single), theirs(single))
    torch.testing.assert_close((ours.running_mean, ours.running_var), before)


def test_state_is_saved_but_statistics_are_not_trained(section):
    layer = section['BatchNorm'](3)
    assert {name for name, _ in layer.named_parameters()} == {'gamma', 'beta'}
    assert set(layer.state_dict()) == {'gamma', 'beta', 'running_mean',
                                       'running_var'}
    layer(torch.randn(8, 3))
    copy = section['BatchNorm'](3)
    copy.load_state_dict(layer.state_dict())
    X = torch.randn(2, 3)
    torch.testing.assert_close(copy.eval()(X), layer.eval()(X))
    assert not layer.running_mean.requires_grad


@pytest.mark.parametrize('shape', [(4, 2), (4,), (4, 2, 5, 5), (4, 3, 5)])
def test_wrong_shapes_are_named(section, shape):
    with pytest.raises(ValueError, match=r'expected an input of shape.*got'):
        section['BatchNorm'](3)(torch.zeros(shape))


@pytest.mark.parametrize('shape', [(1, 3), (1, 3, 1, 1), (0, 3)])
def test_one_value_is_not_enough_in_training(section, shape):
    layer = section['BatchNorm'](3)
    with pytest.raises(ValueError, match='two values'):
        layer(torch.zeros(shape))
    assert layer.eval()(torch.zeros(shape)).shape == shape


@pytest.mark.parametrize('axes, theirs', [
    ((0, 2, 3), lambda X: F.batch_norm(X, None, None, training=True)),
    ((1, 2, 3), lambda X: F.layer_norm(X, X.shape[1:])),
    ((3,), lambda X: F.layer_norm(X, X.shape[3:])),
    ((2, 3), F.instance_norm)])
def test_standardize_equals_torch(section, axes, theirs):
    torch.manual_seed(0)
    X = 3 * torch.randn(4, 6, 5, 2, dtype=torch.float64) + 1
    G = torch.randn_like(X)
    results = []
    for f in (lambda X: section['standardize'](X, axes), theirs):
        Z = X.clone().requires_grad_()
        f(Z).backward(G)
        results.append((f(Z).detach(), Z.grad))
    torch.testing.assert_close(*results)


def test_layer_norm_does_not_look_at_other_examples(section):
    torch.manual_seed(0)
    X = torch.randn(4, 6)
    alone = section['standardize'](X[:1], 1)
    torch.testing.assert_close(section['standardize'](X, 1)[:1], alone)


def test_backward_by_hand(section):
    torch.manual_seed(0)
    X = torch.randn(9, 4, dtype=torch.float64, requires_grad=True)
    G, gamma = torch.randn(9, 4).double(), torch.randn(4).double()
    F.batch_norm(X, None, None, gamma, training=True).backward(G)
    by_hand = section['backward_by_hand'](G, X.detach(), gamma)
    torch.testing.assert_close(by_hand, X.grad)
    zero = torch.zeros(4, dtype=torch.float64)      # what the text says
    torch.testing.assert_close(by_hand.sum(0), zero, atol=1e-12, rtol=0)
    along = (by_hand * X.detach()).sum(0)           # not zero: epsilon
    torch.testing.assert_close(along, zero, atol=1e-3, rtol=0)


def nets(section, **kwargs):
    """BNLeNet with our layer and with PyTorch's, with the same weights."""
    models = []
    for norm in (section['from_scratch'], section['concise']):
        torch.manual_seed(0)
        model = section['BNLeNet'](norm=norm, **kwargs)
        model.apply_init([torch.zeros(2, 1, 28, 28)], d2l.init_cnn)
        models.append(model)
    return models


def test_layers_of_the_network(section):
    ours, theirs = nets(section)
    kinds = [type(layer).__name__ for layer in theirs.net]
    assert kinds == ['Conv2d', 'BatchNorm2d', 'Sigmoid', 'AvgPool2d'] * 2 + [
        'Flatten'] + ['Linear', 'BatchNorm1d', 'Sigmoid'] * 2 + ['Linear']
    plain = d2l.LeNet()
    plain.apply_init([torch.zeros(1, 1, 28, 28)])
    count = [sum(p.numel() for p in m.parameters())
             for m in (plain, ours, theirs)]
    # Each hidden unit exchanges its bias for gamma and beta.
    assert count[0] == 61706
    assert count[1] == count[2] == 61706 + 6 + 16 + 120 + 84
    assert ours.net[-1].bias is not None


def test_networks_train_alike(section):
    ours, theirs = (m.double() for m in nets(
        section, activation=nn.ReLU, pooling=nn.MaxPool2d))
    torch.manual_seed(1)
    X, y = torch.rand(16, 1, 28, 28).double(), torch.randint(0, 10, (16,))
    losses = []
    for model in (ours, theirs):
        optim = torch.optim.SGD(model.parameters(), lr=0.5)
        for _ in range(3):
            optim.zero_grad()
            loss = F.cross_entropy(model(X), y)
            loss.backward()
            optim.step()
        losses.append(loss.detach())
        model.eval()
    torch.testing.assert_close(*losses)
    torch.testing.assert_close(ours(X), theirs(X))


def test_weights_in_front_have_no_length(section):
    model = nets(section, activation=nn.ReLU)[0].double()
    torch.manual_seed(1)
    X, y = torch.rand(16, 1, 28, 28).double(), torch.randint(0, 10, (16,))
    W = model.net[4].weight
    losses, grads = [], []
    for scale in (1, 10):
        with torch.no_grad():
            W *= scale
        loss = F.cross_entropy(model(X), y)
        losses.append(loss.detach())
        grads.append(torch.autograd.grad(loss, W)[0])
    torch.testing.assert_close(*losses, atol=1e-3, rtol=1e-3)   # epsilon
    torch.testing.assert_close(grads[0], 10 * grads[1], atol=1e-4, rtol=0.05)
    cosine = (W * grads[1]).sum() / W.norm() / grads[1].norm()
    assert abs(cosine) < 1e-3


def test_shaken_moves_channels_in_training_only(section):
    torch.manual_seed(0)
    layer = section['Shaken']()
    for shape in ((512, 3), (64, 3, 6, 6)):
        X = torch.randn(shape)
        Y = layer.train()(X)
        axes = [a for a in range(X.dim()) if a != 1]
        standard = section['standardize']
        torch.testing.assert_close(      # an affine map of each channel
            standard(X, axes), standard(Y, axes).mul(
                (Y * X).sum(axes, keepdim=True).sign()), atol=1e-3, rtol=1e-3)
        assert not torch.allclose(Y, layer(X))      # drawn anew
        torch.testing.assert_close(layer.eval()(X), X)
