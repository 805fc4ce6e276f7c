"""Section 7.6: LeNet, its initialization, its costs, and the record."""
import math

import pytest
import torch
from torch import nn

from d2l import torch as d2l


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


class Few(d2l.DataModule):
    """Ten random images for training, seven for validation."""

    def __init__(self, shape=(1, 28, 28), val=7):
        super().__init__()
        self.batch_size = 4
        self.X = torch.rand(10 + val, *shape)
        self.y = torch.arange(10 + val) % 10
        self.val_count = val

    def get_dataloader(self, train):
        if not train and not self.val_count:
            return None
        rows = slice(0, 10) if train else slice(10, None)
        return self.get_tensorloader((self.X, self.y), train, rows)


def fitted(model, data=None):
    trainer = d2l.Trainer(max_epochs=1)
    trainer.fit(model, data or Few())
    return trainer


# -- init_cnn -----------------------------------------------------------------

@pytest.mark.parametrize(('layer', 'fans'), [
    (nn.Linear(300, 200), 500),
    (nn.Conv2d(16, 32, 5), (16 + 32) * 25),
    (nn.Conv1d(64, 64, 3), 128 * 3),
    (nn.Conv3d(8, 16, 3), 24 * 27)], ids=str)
def test_init_cnn_has_the_xavier_bound(layer, fans):
    bias = layer.bias.clone()
    d2l.init_cnn(layer)
    bound = math.sqrt(6 / fans)
    weight = layer.weight.detach()
    assert weight.abs().max() <= bound
    assert weight.abs().max() > 0.98 * bound
    assert abs(weight.std() / (bound / math.sqrt(3)) - 1) < 0.05
    assert layer.bias.equal(bias)


def test_init_cnn_leaves_others_alone():
    norm = nn.BatchNorm2d(3)
    before = [p.clone() for p in norm.parameters()]
    d2l.init_cnn(norm)
    d2l.init_cnn(nn.ReLU())
    assert all(a.equal(b) for a, b in zip(before, norm.parameters()))


@pytest.mark.parametrize('layer', [nn.LazyLinear(3), nn.LazyConv2d(3, 2)],
                         ids=['linear', 'convolution'])
def test_init_cnn_refuses_layers_without_shape(layer):
    with pytest.raises(RuntimeError, match='apply_init'):
        d2l.init_cnn(layer)


# -- LeNet --------------------------------------------------------------------

@pytest.mark.parametrize('kwargs', [
    {}, {'activation': nn.ReLU, 'pooling': nn.MaxPool2d}],
    ids=['historical', 'modern'])
def test_lenet_has_61706_parameters(kwargs):
    model = d2l.LeNet(**kwargs)
    model.apply_init([torch.zeros(1, 1, 28, 28)], d2l.init_cnn)
    layers = (6 * 25 + 6, 16 * 6 * 25 + 16, 400 * 120 + 120, 120 * 84 + 84,
              84 * 10 + 10)
    counted = sum(p.numel() for p in model.parameters())
    assert counted == sum(layers) == 61706


def test_lenet_is_the_published_one_by_default():
    kinds = [type(m) for m in d2l.LeNet().net]
    assert kinds == [nn.LazyConv2d, nn.Sigmoid, nn.AvgPool2d] * 2 + [
        nn.Flatten] + [nn.LazyLinear, nn.Sigmoid] * 2 + [nn.LazyLinear]
    model = d2l.LeNet(0.5, 7)
    assert (model.lr, model.num_classes) == (0.5, 7)
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 7)
    modern = d2l.LeNet(activation=nn.Tanh, pooling=nn.MaxPool2d).net
    assert type(modern[1]) is nn.Tanh and type(modern[2]) is nn.MaxPool2d


def test_lenet_equals_functions_of_pytorch():
    F = nn.functional
    model, X = d2l.LeNet(), torch.rand(3, 1, 28, 28)
    model.apply_init([X], d2l.init_cnn)
    c1, c2, f1, f2, f3 = [m for m in model.net
                          if isinstance(m, nn.Conv2d | nn.Linear)]
    H = F.avg_pool2d(torch.sigmoid(F.conv2d(X, c1.weight, c1.bias,
                                            padding=2)), 2, 2)
    assert H.shape == (3, 6, 14, 14)
    H = F.avg_pool2d(torch.sigmoid(F.conv2d(H, c2.weight, c2.bias)), 2, 2)
    assert H.shape == (3, 16, 5, 5)
    H = torch.sigmoid(F.linear(H.flatten(1), f1.weight, f1.bias))
    H = torch.sigmoid(F.linear(H, f2.weight, f2.bias))
    torch.testing.assert_close(model(X), F.linear(H, f3.weight, f3.bias))


@pytest.mark.parametrize(('kwargs', 'words'), [
    ({'lr': 0}, 'lr must be'), ({'lr': -1}, 'lr must be'),
    ({'num_classes': 0}, 'num_classes must be'),
    ({'num_classes': 2.5}, 'num_classes must be')])
def test_lenet_refuses(kwargs, words):
    with pytest.raises(ValueError, match=words):
        d2l.LeNet(**kwargs)


# -- stage_costs --------------------------------------------------------------

COSTS = [    # by hand: output, parameters, multiply–adds of one example
    ('0 Conv2d', '6 × 28 × 28', 156, 28 * 28 * 6 * 25),
    ('1 Sigmoid', '6 × 28 × 28', 0, 0),
    ('2 AvgPool2d', '6 × 14 × 14', 0, 0),
    ('3 Conv2d', '16 × 10 × 10', 2416, 10 * 10 * 16 * 6 * 25),
    ('4 Sigmoid', '16 × 10 × 10', 0, 0),
    ('5 AvgPool2d', '16 × 5 × 5', 0, 0),
    ('6 Flatten', '400', 0, 0),
    ('7 Linear', '120', 48120, 400 * 120),
    ('8 Sigmoid', '120', 0, 0),
    ('9 Linear', '84', 10164, 120 * 84),
    ('10 Sigmoid', '84', 0, 0),
    ('11 Linear', '10', 850, 840),
    ('total', '', 61706, 117600 + 240000 + 48000 + 10080 + 840)]


@pytest.mark.parametrize('batch', [1, 3])
def test_costs_of_lenet_are_those_counted_by_hand(batch):
    table = d2l.stage_costs(d2l.LeNet(), (batch, 1, 28, 28))
    assert list(table.columns) == ['output', 'parameters', 'multiply–adds']
    assert [(n, *r) for n, *r in table.itertuples()] == COSTS


def test_costs_on_meta_and_of_a_sequential():
    with torch.device('meta'):
        net = d2l.LeNet().net
    table = d2l.stage_costs(net, (1, 1, 28, 28))
    assert table.loc['total', 'multiply–adds'] == 416520
    assert next(net.parameters()).device.type == 'meta'
    assert next(net.parameters()).shape == (6, 1, 5, 5)


def test_costs_of_nested_stages_groups_strides_and_names():
    block = nn.Sequential(nn.Conv2d(8, 16, 3, stride=2, padding=1, groups=4,
                                    bias=False), nn.BatchNorm2d(16))
    net = nn.Sequential()
    net.add_module('stem', nn.LazyConv2d(8, 1))
    net.add_module('body', block)
    table = d2l.stage_costs(net, (2, 3, 9, 9))
    assert list(table.index) == ['stem Conv2d', 'body Sequential', 'total']
    assert list(table['output']) == ['8 × 9 × 9', '16 × 5 × 5', '']
    assert list(table['parameters']) == [32, 16 * 2 * 9 + 32, 352]
    assert list(table['multiply–adds']) == [
        8 * 3 * 81, 16 * 25 * 2 * 9, 8 * 3 * 81 + 16 * 25 * 2 * 9]


def test_costs_change_nothing_else():
    net = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Dropout())
    net[2].eval()
    before = {k: v.clone() for k, v in net.state_dict().items()}
    d2l.stage_costs(net, (1, 1, 4, 4))
    assert [m.training for m in net] == [True, True, False]
    assert all(before[k].equal(v) for k, v in net.state_dict().items())
    assert not any(m._forward_hooks for m in net)


def test_costs_count_shared_parameters_once_in_total():
    layer = nn.Linear(5, 5)
    table = d2l.stage_costs(nn.Sequential(layer, nn.ReLU(), layer), (1, 5))
    assert list(table['parameters']) == [30, 0, 30, 30]
    assert list(table['multiply–adds']) == [25, 0, 25, 50]


def test_costs_refuse():
    with pytest.raises(TypeError, match='nn.Sequential.*Linear'):
        d2l.stage_costs(nn.Linear(2, 2), (1, 2))
    for shape in ((4,), (0, 1, 28, 28), ()):
        with pytest.raises(ValueError, match='number of examples'):
            d2l.stage_costs(d2l.LeNet(), shape)
    small = d2l.LeNet()
    with pytest.raises(RuntimeError, match=r'stage 5 AvgPool2d .*16, 1, 1'):
        d2l.stage_costs(small, (1, 1, 10, 10))
    assert small.training


# -- report -------------------------------------------------------------------

def test_report_evaluates_in_evaluation_mode(capsys):
    model = d2l.LeNet()
    model.net.append(nn.Dropout(0.9))
    data = Few()
    trainer = fitted(model, data)
    model.train()
    accuracy = d2l.report('LeNet', trainer, 1.234)
    assert model.training and model.net[-1].training
    model.eval()
    expected = model.accuracy(model(data.X[10:]), data.y[10:])
    assert accuracy == pytest.approx(expected.item())
    assert accuracy * 7 == pytest.approx(round(accuracy * 7))  # of 7, not
    shown = capsys.readouterr().out                # a mean over batches
    for word in ('LeNet', '1 × 28 × 28', '61,706', '416,520', '1.23',
                 f'{accuracy:.4f}'):
        assert word in shown


def test_report_records_the_numbers(monkeypatch):
    shown = []
    monkeypatch.setattr(d2l, 'get_ipython', lambda: True)
    monkeypatch.setattr(d2l.display, 'display',
                        lambda data, raw: shown.append(data))
    accuracy = d2l.report('LeNet', fitted(d2l.LeNet()), 2)
    assert shown[0]['application/vnd.d2l.result+json'] == {
        'name': 'LeNet', 'input': [1, 28, 28], 'accuracy': accuracy,
        'parameters': 61706, 'multiply_adds': 416520, 'epochs': 1,
        'epoch_seconds': 2.0}
    d2l.report('LeNet', fitted(d2l.LeNet()), 2, epochs=7)
    assert shown[1]['application/vnd.d2l.result+json']['epochs'] == 7
    assert '61,706' in shown[0]['text/html']
    assert '61,706' in shown[0]['text/plain']


def test_report_refuses():
    trainer = d2l.Trainer(max_epochs=1)
    with pytest.raises(RuntimeError, match='fit'):
        d2l.report('LeNet', trainer, 1)
    trainer = fitted(d2l.LeNet())
    for name in ('', None):
        with pytest.raises(TypeError, match='name must be'):
            d2l.report(name, trainer, 1)
    for seconds in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match='epoch_seconds'):
            d2l.report('LeNet', trainer, seconds)
    with pytest.raises(ValueError, match='no validation data'):
        d2l.report('LeNet', fitted(d2l.LeNet(), Few(val=0)), 1)
    trainer.model = d2l.LinearRegression(0.1)
    with pytest.raises(TypeError, match='Classifier.*LinearRegression'):
        d2l.report('LeNet', trainer, 1)
