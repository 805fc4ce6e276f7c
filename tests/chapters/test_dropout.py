"""Section 5.6: dropout against PyTorch's own, and its moments."""

import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l

SECTION = 'multilayer-perceptrons/dropout'
WANTED = {'dropout_layer', 'DropoutMLPScratch', 'DropoutMLP', 'FewImages',
          'probabilities'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'F': F, 'd2l': d2l}
    return definitions(SECTION, WANTED, names)


class Source:
    """Stands for Fashion-MNIST: 60,000 small images and a few to test."""

    def __init__(self):
        g = torch.Generator().manual_seed(0)
        self.train = self.Part(60_000, g)
        self.val = self.Part(50, g)

    class Part:
        def __init__(self, n, g):
            self.X = torch.rand(n, 1, 2, 2, generator=g)
            self.y = torch.randint(0, 10, (n,), generator=g)

        def __getitem__(self, i):
            return self.X[i], self.y[i]


@pytest.mark.parametrize('p', [0.1, 0.5, 0.8])
def test_mean_and_variance(section, p):
    torch.manual_seed(0)
    X = torch.linspace(-2, 3, 6).expand(100_000, 6)
    Z = section['dropout_layer'](X, p)
    torch.testing.assert_close(Z.mean(dim=0), X[0], atol=0.06, rtol=0)
    torch.testing.assert_close(Z.var(dim=0), p / (1 - p) * X[0] ** 2,
                               atol=0.01, rtol=0.03)
    assert abs((Z[:, 0] == 0).double().mean() - p) < 0.01


def test_nothing_and_everything_dropped(section):
    X = torch.randn(5, 7, requires_grad=True)
    assert section['dropout_layer'](X, 0).equal(X)
    Z = section['dropout_layer'](X, 1)
    assert Z.equal(torch.zeros(5, 7))
    Z.sum().backward()
    assert X.grad.equal(torch.zeros(5, 7))


def test_equals_torch_dropout_with_the_same_mask(section, monkeypatch):
    torch.manual_seed(0)
    p = 0.3
    X = (torch.rand(40, 30) + 1).requires_grad_()
    theirs = nn.Dropout(p)(X)
    dropped = (theirs == 0).float()         # known from PyTorch's result
    assert 0 < dropped.mean() < 1
    uniform = (1 - dropped) * p + (1 - p) * (1 - dropped) * 0.5
    monkeypatch.setattr(torch, 'rand_like', lambda x: uniform)
    ours = section['dropout_layer'](X, p)
    torch.testing.assert_close(ours, theirs)
    weights = torch.randn_like(theirs)
    grads = [torch.autograd.grad(Z, X, weights)[0] for Z in (ours, theirs)]
    torch.testing.assert_close(*grads)


@pytest.mark.parametrize('p', [-0.1, 1.1, 50, float('nan')])
def test_bad_probability(section, p):
    with pytest.raises(ValueError, match='from 0 to 1'):
        section['dropout_layer'](torch.ones(3), p)


def test_scratch_equals_concise_with_the_same_weights(section):
    torch.manual_seed(0)
    sizes, X = (16, 12, 8, 10), torch.randn(6, 1, 4, 4)
    scratch = section['DropoutMLPScratch'](sizes).eval()
    concise = section['DropoutMLP'](sizes).eval()
    layers = [m for m in concise.net if isinstance(m, nn.Linear)]
    for a, b in zip(scratch.linear, layers, strict=True):
        b.load_state_dict(a.state_dict())
    torch.testing.assert_close(scratch(X), concise(X))
    assert [m.p for m in concise.net if isinstance(m, nn.Dropout)] == [
        0.2, 0.5, 0.5]
    assert isinstance(concise.net[-1], nn.Linear)


@pytest.mark.parametrize('name', ['DropoutMLPScratch', 'DropoutMLP'])
def test_random_in_training_only(section, name):
    torch.manual_seed(0)
    model, X = section[name](), torch.randn(4, 1, 28, 28)
    assert not model(X).equal(model(X))
    model.eval()
    assert model(X).equal(model(X))
    for p in (0, 1):                    # all that PyTorch would drop, too
        model = section[name](dropout=(p, p, p))
        Y = model(X)
        assert Y.shape == (4, 10)
        assert Y.equal(model.eval()(X)) is (p == 0)


def test_weight_decay_reaches_the_optimizer(section):
    optim = section['DropoutMLP'](weight_decay=0.3).configure_optimizers()
    assert [g['weight_decay'] for g in optim.param_groups] == [0.3]


def test_few_images(section):
    source = Source()
    data = section['FewImages'](source, 120, seed=3, batch_size=50)
    X, y = data.part('train')
    assert X.shape == (120, 1, 2, 2)
    assert abs(X.mean()) < 1e-5 and abs(X.std() - 1) < 0.01
    batches = list(data.train_dataloader())
    assert [len(b[1]) for b in batches] == [50, 50, 20]
    assert len(next(iter(data.val_dataloader()))[1]) == 2000
    assert len(data.part('test')[1]) == 50
    again = section['FewImages'](source, 120, seed=3).part('train')
    assert again[0].equal(X) and again[1].equal(y)
    other = section['FewImages'](source, 120, seed=4).part('train')
    assert not other[1].equal(y)
    noisy = section['FewImages'](source, 5000, noise=0.5, seed=3)
    clean = section['FewImages'](source, 5000, noise=0, seed=3)
    wrong = noisy.part('train')[1] != clean.part('train')[1]
    assert abs(wrong.double().mean() - 0.45) < 0.03
    assert noisy.part('val')[1].equal(clean.part('val')[1])


def test_probabilities(section):
    torch.manual_seed(0)
    model, X = section['DropoutMLP'](), torch.randn(3, 1, 28, 28)
    once = section['probabilities'](model, X)
    torch.testing.assert_close(once, F.softmax(model.eval()(X), dim=1))
    many = section['probabilities'](model, X, 4)
    torch.testing.assert_close(many.sum(dim=1), torch.ones(3))
    assert not many.equal(once)
    assert not model.training
