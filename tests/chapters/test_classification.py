"""Section 4.3: the base class of classifiers."""
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l


@pytest.fixture
def model():
    return d2l.Classifier()


class Linear(d2l.Classifier):
    def __init__(self, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(2, 3))


class Points(d2l.DataModule):
    """Three clouds; 20 minibatches to train on and 3 of unequal size."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        y = torch.arange(240) % 3
        corners = torch.tensor([[0., 4.], [4., 0.], [-4., -4.]])
        self.batches = list(zip(
            (torch.randn(240, 2) + corners[y]).split(12), y.split(12)))

    def get_dataloader(self, train):
        if train:
            return self.batches
        (X, y), *rest = self.batches[:3]
        return [(X[:5], y[:5]), *rest]


def test_arguments_of_old_notebooks():
    model = d2l.Classifier(plot_train_per_epoch=3, plot_valid_per_epoch=4)
    assert isinstance(model, d2l.Module)
    assert (model.plot_train_per_epoch, model.plot_valid_per_epoch) == (3, 4)


def test_accuracy(model):
    scores = torch.tensor([[.1, .3, .6], [.3, .2, .5], [-4., -9., -5.]])
    y = torch.tensor([2, 1, 0])
    torch.testing.assert_close(model.accuracy(scores, y), torch.tensor(2 / 3))
    each = model.accuracy(scores, y, averaged=False)
    assert each.tolist() == [1, 0, 1] and each.dtype == torch.float32


def test_loss_from_its_definition(model):
    torch.manual_seed(0)
    scores, y = torch.randn(7, 4), torch.randint(0, 4, (7,))
    p = scores.exp() / scores.exp().sum(dim=1, keepdim=True)
    each = -p[torch.arange(7), y].log()
    torch.testing.assert_close(model.loss(scores, y, averaged=False), each)
    torch.testing.assert_close(model.loss(scores, y), each.mean())
    torch.testing.assert_close(model.loss(scores, y), F.cross_entropy(
        scores, y))


def test_loss_of_extreme_scores_is_finite(model):
    scores = torch.tensor([[1e4, 0.0], [-1e4, 1e4]])
    loss = model.loss(scores, torch.tensor([1, 1]), averaged=False)
    assert loss.tolist() == [1e4, 0]


def test_gradient_is_probability_minus_one_hot(model):
    torch.manual_seed(0)
    scores = torch.randn(5, 3, requires_grad=True)
    y = torch.tensor([0, 2, 1, 1, 0])
    model.loss(scores, y).backward()
    torch.testing.assert_close(
        scores.grad, (scores.detach().softmax(1) - F.one_hot(y, 3)) / 5)


@pytest.mark.parametrize('method', ['accuracy', 'loss'])
def test_axes_before_that_of_the_classes(model, method):
    torch.manual_seed(0)
    measure = getattr(model, method)
    scores, y = torch.randn(4, 6, 5), torch.randint(0, 5, (4, 6))
    flat = measure(scores.reshape(24, 5), y.reshape(24), averaged=False)
    torch.testing.assert_close(measure(scores, y, averaged=False), flat)
    torch.testing.assert_close(measure(scores, y), flat.mean())
    one = measure(scores[0, 0], y[0, 0], averaged=False)
    torch.testing.assert_close(one, flat[:1])


@pytest.mark.parametrize('dtype', [torch.uint8, torch.int32, torch.int64])
def test_types_of_labels(model, dtype):
    scores, y = torch.eye(3), torch.tensor([0, 1, 1], dtype=dtype)
    torch.testing.assert_close(model.accuracy(scores, y), torch.tensor(2 / 3))
    assert model.loss(scores, y).dtype == torch.float32


@pytest.mark.parametrize('method', ['accuracy', 'loss'])
def test_bad_input(model, method):
    measure = getattr(model, method)
    with pytest.raises(ValueError, match=r'shapes \(4, 3\) and \(3,\)'):
        measure(torch.zeros(4, 3), torch.zeros(3).long())
    with pytest.raises(ValueError, match=r'shapes \(4, 2, 3\) and \(4,\)'):
        measure(torch.zeros(4, 2, 3), torch.zeros(4).long())
    with pytest.raises(ValueError, match='no example'):
        measure(torch.zeros(0, 3), torch.zeros(0).long())
    with pytest.raises(TypeError, match='integers.*float32'):
        measure(torch.zeros(4, 3), torch.zeros(4))


@pytest.mark.parametrize('method', ['accuracy', 'loss'])
def test_unknown_label(model, method):
    for bad, found in (([0, 3], 'from 0 to 3'), ([1, -1], 'from -1 to 1')):
        with pytest.raises(IndexError, match=f'from 0 to 2, not {found}'):
            getattr(model, method)(torch.zeros(2, 3), torch.tensor(bad))


def test_training_and_validation():
    torch.manual_seed(0)
    model, data = Linear(lr=0.1), Points()
    model.board.display = False
    d2l.Trainer(max_epochs=3).fit(model, data)
    assert set(model.board.data) == {'train_loss', 'val_loss', 'val_acc'}
    losses = [p.y for p in model.board.data['train_loss']]
    assert losses[-1] < losses[0] / 2
    batches = data.val_dataloader()
    model.eval()
    with torch.no_grad():
        for key, measure in (('val_acc', model.accuracy),
                             ('val_loss', model.loss)):
            point = model.board.data[key][-1]
            mean = sum(measure(model(X), y) for X, y in batches) / 3
            assert point.x == 3 and abs(point.y - mean) < 1e-6
    assert model.board.data['val_acc'][-1].y > 0.95


class Plain(d2l.Module):
    """No classifier; the optimizer is that of every module."""

    def __init__(self, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Linear(2, 1)

    def loss(self, y_hat, y):
        return F.mse_loss(y_hat, y)


@pytest.mark.parametrize('model_class', [Linear, Plain])
def test_default_optimizer(model_class):
    model = model_class(lr=0.25)
    optim = model.configure_optimizers()
    assert isinstance(optim, torch.optim.SGD)
    assert optim.param_groups[0]['lr'] == 0.25
    assert optim.param_groups[0]['params'] == list(model.parameters())


def test_a_module_trains_with_the_default_optimizer():
    torch.manual_seed(0)
    X = torch.randn(8, 2)
    batches = [(X, X.sum(dim=1, keepdim=True))] * 5
    data, model = d2l.DataModule(), Plain(lr=0.1)
    data.get_dataloader = lambda train: batches if train else None
    model.board.display = False
    d2l.Trainer(max_epochs=10).fit(model, data)
    losses = [p.y for p in model.board.data['train_loss']]
    assert losses[-1] < losses[0] / 10


@pytest.mark.parametrize('model_class', [d2l.Classifier, d2l.Module])
def test_default_optimizer_needs_a_learning_rate(model_class):
    message = (f'{model_class.__name__} has no learning rate: set self.lr .*'
               'or define configure_optimizers')
    with pytest.raises(NotImplementedError, match=message):
        model_class().configure_optimizers()


def test_layer_summary(model, capsys):
    model.net = nn.Sequential(nn.Flatten(), nn.LazyLinear(5),
                              nn.BatchNorm1d(5), nn.Dropout(0.5))
    model.net[3].eval()
    torch.manual_seed(0)
    model.layer_summary((2, 1, 3, 3))
    lines = [line.split(maxsplit=1) for line in
             capsys.readouterr().out.splitlines()]
    assert lines == [['Flatten', '(2, 9)'], ['Linear', '(2, 5)'],
                     ['BatchNorm1d', '(2, 5)'], ['Dropout', '(2, 5)']]
    assert model.net[1].weight.shape == (5, 9)
    norm = model.net[2]
    assert norm.training and not model.net[3].training and model.training
    assert norm.num_batches_tracked == 0 and (norm.running_mean == 0).all()


def test_layer_summary_leaves_the_random_numbers(model):
    model.net = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))
    state = torch.get_rng_state()
    model.layer_summary((1, 3))
    assert torch.equal(torch.get_rng_state(), state)


def test_layer_summary_needs_layers(model):
    with pytest.raises(TypeError, match='nn.Sequential'):
        model.layer_summary((1, 3))
    model.net = nn.Linear(3, 2)
    with pytest.raises(TypeError, match='nn.Sequential'):
        model.layer_summary((1, 3))
    assert model.training


def test_layer_summary_after_a_failure(model):
    model.net = nn.Sequential(nn.Linear(3, 2), nn.Linear(5, 1))
    with pytest.raises(RuntimeError):
        model.layer_summary((1, 3))
    assert model.training and model.net[0].training
