"""Section B.7: the utilities against PyTorch and their documented use."""
import builtins
import hashlib
import inspect
import json
import os
import re
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

from d2l import torch as d2l
from d2l.data import DataError

ROOT = Path(__file__).resolve().parents[2]
API = json.loads((ROOT / 'tests' / 'data' / 'api-1.0.3.json').read_text())
LATER = {       # of the published section, what needs unwritten chapters
    'frozen_lake', 'make_env', 'show_value_function_progress',
    'show_Q_function_progress'}


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    torch.manual_seed(0)
    monkeypatch.setenv('D2L_DATA', str(tmp_path / 'cache'))
    monkeypatch.delenv('D2L_DATA_MIRROR', raising=False)
    monkeypatch.setattr(d2l, 'DATA_HUB', dict(d2l.DATA_HUB))
    monkeypatch.chdir(tmp_path)


def test_public_names_and_signatures():
    section = API['sections']['appendix-tools-for-deep-learning/utils.md']
    for name, wanted in section.items():
        if name in LATER or wanted['kind'] == 'data_hub':
            continue
        thing = getattr(d2l, name)
        inherited = re.fullmatch(r'\(inherited from nn\.(\w+)\)',
                                 wanted['signature'])
        if inherited:
            base = getattr(torch.nn, inherited.group(1))
            assert issubclass(thing, base) and '__init__' not in vars(thing)
        else:
            assert str(inspect.signature(thing)) == wanted['signature'], name
        for method, signature in wanted.get('methods', {}).items():
            found = inspect.signature(getattr(thing, method))
            text = str(found).replace('(self, ', '(').replace('(self)', '()')
            assert text == signature, (name, method)
        assert thing.__doc__, name
    assert set(API['legacy_aliases']) <= set(dir(d2l))
    assert not LATER & set(dir(d2l)), 'it is here now: take it off the list'
    assert d2l.DATA_HUB['fra-eng'] == (
        d2l.DATA_URL + 'fra-eng.zip', section["DATA_HUB['fra-eng']"]['sha1'])
    assert d2l.data is torch.utils.data


def test_aliases():
    for name, target in API['legacy_aliases'].items():
        if target.startswith('torch.') and name != 'abs':
            assert getattr(d2l, name) is getattr(torch, target[6:]), name
    x = torch.tensor([[-1.0, 2.0, 5.0]], requires_grad=True)
    assert d2l.abs(x).equal(torch.abs(x))
    assert d2l.abs(-3) == builtins.abs(-3)      # the name hides Python's own
    assert np.array_equal(d2l.numpy(x), [[-1, 2, 5]])
    assert d2l.size(x) == 3 and d2l.argmax(x) == 2
    assert d2l.reduce_sum(x, dim=1).equal(x.sum(1))
    assert d2l.reduce_mean(x).equal(x.mean())
    assert d2l.reshape(x, (3, 1)).equal(x.reshape(3, 1))
    assert d2l.transpose(x).equal(x.T)
    assert d2l.swapaxes(x, 0, 1).equal(x.T)
    assert d2l.expand_dims(x, 0).shape == (1, 1, 3)
    assert d2l.repeat(x, 2, 1).equal(torch.cat([x, x]))
    assert d2l.astype(x, d2l.int32).dtype == torch.int32
    assert d2l.to(x, torch.float64).dtype == torch.float64


@pytest.mark.parametrize('shape', [(3, 4), (3, 4, 2), (3, 4, 2, 5)])
@pytest.mark.parametrize('value', [0, -1e6])
def test_sequence_mask(shape, value):
    X, lengths = torch.randn(shape), torch.tensor([0, 2, 4])
    before = X.clone()
    masked = d2l.sequence_mask(X, lengths, value)
    parts = [torch.full_like(X, value)[i].clone() for i in range(3)]
    for i, n in enumerate(lengths):
        parts[i][:n] = X[i, :n]
    assert masked.equal(torch.stack(parts)) and X.equal(before)


def test_sequence_mask_as_in_padding():
    rows = [torch.randn(n) for n in (1, 3, 2)]
    X = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=9.0)
    masked = d2l.sequence_mask(X, torch.tensor([1, 3, 2]))
    assert masked.equal(nn.utils.rnn.pad_sequence(rows, batch_first=True))
    ints = d2l.sequence_mask(torch.ones(1, 3, dtype=torch.int64),
                             torch.tensor([1]), -1)
    assert ints.tolist() == [[1, -1, -1]]


def test_accuracy():
    scores = torch.randn(50, 7)
    labels = torch.randint(0, 7, (50,))
    labels[:20] = scores[:20].argmax(1)
    right = (scores.argmax(1) == labels).sum()
    assert d2l.accuracy(scores, labels) == right
    assert d2l.accuracy(scores.argmax(1), labels) == right
    assert d2l.accuracy(labels.int(), labels) == 50
    assert isinstance(d2l.accuracy(scores, labels), float)


def test_accumulator():
    sums = d2l.Accumulator(2)
    sums.add(1, torch.tensor(2.5))
    sums.add(torch.tensor(3.0, requires_grad=True), 1)
    assert sums.data == [4.0, 3.5] and sums[1] == 3.5
    with pytest.raises(ValueError):
        sums.add(1)
    sums.reset()
    assert sums[0] == 0


def test_evaluate_loss():
    X, y = torch.randn(25, 3), torch.randn(25, 1)
    net = nn.Linear(3, 1)
    batches = d2l.load_array((X, y), 10, is_train=False)
    expected = nn.functional.mse_loss(net(X), y)
    for loss in (nn.MSELoss(reduction='none'),
                 lambda a, b: 2 * d2l.squared_loss(a, b)):
        assert d2l.evaluate_loss(net, batches, loss) == pytest.approx(
            expected.item(), rel=1e-5)
    labels = torch.randint(0, 4, (25,))
    net = nn.Linear(3, 4)
    found = d2l.evaluate_loss(
        net, d2l.load_array((X, labels), 10, is_train=False),
        nn.CrossEntropyLoss(reduction='none'))
    assert found == pytest.approx(
        nn.functional.cross_entropy(net(X), labels).item(), rel=1e-5)


def test_regression_against_torch():
    X, y = torch.randn(8, 3), torch.randn(8)
    net = nn.Linear(3, 1)
    w = net.weight.detach().T.clone().requires_grad_()
    b = net.bias.detach().clone().requires_grad_()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        assert d2l.linreg(X, w, b).allclose(net(X), atol=1e-6)
        losses = d2l.squared_loss(d2l.linreg(X, w, b), y)
        assert losses.shape == (8, 1)
        losses.sum().backward()
        d2l.sgd([w, b], 0.1, 8)
        assert not w.grad.any() and not b.grad.any()
        optimizer.zero_grad()
        (nn.functional.mse_loss(net(X), y[:, None]) / 2).backward()
        optimizer.step()
    assert w.T.allclose(net.weight, atol=1e-6)
    assert b.allclose(net.bias, atol=1e-6)


@pytest.mark.parametrize('theta', [0.1, 1000.0])
def test_grad_clipping(theta):
    nets = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)).double(), None
    nets = nets[0], nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)).double()
    nets[1].load_state_dict(nets[0].state_dict())
    nets[1].register_parameter('unused', nn.Parameter(torch.ones(2)))
    X = torch.randn(5, 3, dtype=torch.float64)
    for net in nets:
        nn.Sequential.forward(net, X).square().sum().backward()
    nn.utils.clip_grad_norm_(nets[0].parameters(), theta)
    d2l.grad_clipping(nets[1], theta)
    for p, q in zip(nets[0].parameters(), nets[1][:2].parameters(),
                    strict=True):
        assert p.grad.allclose(q.grad, rtol=1e-4)


def test_grad_clipping_of_scratch_model():
    class Model:
        params = [torch.zeros(2, requires_grad=True)]
    Model.params[0].grad = torch.tensor([3.0, 4.0])
    d2l.grad_clipping(Model, 1)
    assert Model.params[0].grad.allclose(torch.tensor([0.6, 0.8]))


def test_load_array_and_synthetic_data():
    w = torch.tensor([2.0, -3.4])
    X, y = d2l.synthetic_data(w, 4.2, 2000)
    assert X.shape == (2000, 2) and y.shape == (2000, 1)
    noise = y - (X @ w)[:, None] - 4.2
    assert noise.std().item() == pytest.approx(0.01, rel=0.1)
    assert noise.mean().abs() < 0.001
    loader = d2l.load_array((X, y), 300)
    sizes = [len(a) for a, _ in loader]
    assert sizes == [300] * 6 + [200]
    again = torch.cat([a for a, _ in loader])
    assert not again.equal(X)                           # shuffled
    assert again.sort(0).values.equal(X.sort(0).values)
    plain = d2l.load_array((X,), 300, is_train=False)
    assert torch.cat([a for a, in plain]).equal(X)
    assert 1 <= d2l.get_dataloader_workers() <= 4


def test_text():
    lines = ['a bc  d', '', 'e']
    assert d2l.tokenize(lines) == [['a', 'bc', 'd'], [], ['e']]
    assert d2l.tokenize(['ab c'], 'char') == [['a', 'b', ' ', 'c']]
    with pytest.raises(ValueError, match='letter'):
        d2l.tokenize(lines, 'letter')
    assert d2l.truncate_pad([1, 2, 3], 2, 0) == [1, 2]
    assert d2l.truncate_pad([1], 3, 0) == [1, 0, 0]
    line = [1, 2]
    d2l.truncate_pad(line, 2, 0).append(3)
    assert line == [1, 2]


def test_images():
    names = d2l.get_fashion_mnist_labels(torch.tensor([0, 9, 5]))
    assert names == ['t-shirt', 'ankle boot', 'sandal']
    axes = d2l.show_images(torch.rand(5, 4, 4), 2, 3, titles=list('abcde'))
    assert len(axes) == 6 and axes[4].get_title() == 'e'
    assert len(axes[4].images) == 1 and not axes[5].images
    assert axes[0].figure.get_size_inches().tolist() == [4.5, 3]
    axes = d2l.show_images([np.zeros((4, 4, 3))], 1, 1, scale=2)
    assert len(axes) == 1
    plt.close('all')


def test_animator():
    animator = d2l.Animator(xlabel='epoch', ylabel='loss', yscale='log',
                            legend=['train', 'test'], xlim=[1, 3])
    for epoch in (1, 2, 3):
        animator.add(epoch, (torch.tensor(1 / epoch), None))
        animator.add(epoch, (None, 2.0))
    assert animator.X == [[1, 2, 3], [1, 2, 3]]
    assert animator.Y[0] == pytest.approx([1, 0.5, 1 / 3])
    figure = animator.update()
    axes = figure.axes[0]
    assert figure is animator.fig and animator.axes == figure.axes
    assert [len(line.get_xdata()) for line in axes.lines] == [3, 3]
    assert axes.get_yscale() == 'log' and axes.get_xlim() == (1, 3)
    assert [t.get_text() for t in axes.get_legend().get_texts()] == [
        'train', 'test']
    single = d2l.Animator(nrows=1, ncols=2)
    single.add(1, torch.tensor(2.0))
    single.add([2], [3])
    assert single.Y == [[2.0, 3]] and len(single.axes) == 2
    many = d2l.Animator()
    many.add(0, range(9))                       # more curves than formats
    many.update()
    assert not plt.get_fignums()                # none that pyplot would show


def test_animator_draws_once_in_a_build(monkeypatch):
    """Points cost microseconds; there is one drawing, when the cell ends."""
    drawn = []
    monkeypatch.setattr(d2l.Animator, 'update',
                        lambda self: drawn.append(self) or self.fig)
    monkeypatch.setattr(d2l.display, 'display', lambda *a, **k: None)
    monkeypatch.setenv('D2L_ANIMATE', '0')
    ends = []

    class Shell:
        kernel = True

        class events:
            register = staticmethod(lambda name, f: ends.append(f))
            unregister = staticmethod(lambda name, f: None)

    monkeypatch.setattr(d2l, 'get_ipython', Shell)
    monkeypatch.setattr(d2l, 'use_svg_display', lambda: None)
    animator = d2l.Animator()
    animator.interval = 0
    for i in range(100):
        animator.add(i, i)
    assert drawn == [] and len(ends) == 1
    ends[0]()
    assert drawn == [animator]


def test_download(tmp_path):
    (tmp_path / 'served').mkdir()
    file = tmp_path / 'served' / 'x.txt'
    file.write_text('text')
    sha1 = hashlib.sha1(b'text').hexdigest()
    d2l.DATA_HUB['x'] = (file.as_uri(), sha1)
    os.mkdir('work')
    os.chdir('work')
    path = d2l.download('x')
    assert path == os.path.join('..', 'data', 'x.txt')
    assert Path(path).read_text() == 'text'
    file.unlink()
    assert d2l.download('x') == path            # it is there already
    file.write_text('something else')
    with pytest.raises(DataError, match='wrong checksum'):
        d2l.download('x', folder='new')
    with pytest.raises(DataError, match='wrong checksum'):
        d2l.download(file.as_uri(), 'new', sha1_hash=sha1)
    assert d2l.download(file.as_uri(), 'new') == os.path.join('new', 'x.txt')
    with pytest.raises(DataError):
        d2l.download('nothing-known')


def test_download_of_old_notebooks(tmp_path, monkeypatch):
    """Known names go through the catalogue, hence through a mirror."""
    from d2l.data import catalogue
    text = b'an old novel'
    sha1 = hashlib.sha1(text).hexdigest()
    entry = catalogue.entries()['timemachine']
    file = catalogue.File('timemachine.txt', len(text), sha1=sha1)
    entry = catalogue.Entry(**{
        name: getattr(entry, name) for name in (
            'name', 'title', 'about', 'licence', 'cite', 'homepage',
            'sources')}, files=(file,))
    monkeypatch.setattr(catalogue, 'entries', lambda: {'timemachine': entry})
    (tmp_path / 'm' / 'timemachine').mkdir(parents=True)
    (tmp_path / 'm' / 'timemachine' / 'timemachine.txt').write_bytes(text)
    monkeypatch.setenv('D2L_DATA_MIRROR', str(tmp_path / 'm'))
    path = d2l.download(d2l.DATA_URL + 'timemachine.txt', 'd', sha1)
    assert Path(path).read_bytes() == text


@pytest.mark.parametrize('inner, folder, wanted', [
    ('pairs/a.txt', None, 'pairs/a.txt'), ('a.txt', None, 'pairs/a.txt'),
    ('other/a.txt', 'other', 'other/a.txt')])
@pytest.mark.parametrize('kind', ['zip', 'tar.gz'])
def test_download_extract(tmp_path, inner, folder, wanted, kind):
    (tmp_path / 'a.txt').write_text('a')
    archive = tmp_path / f'pairs.{kind}'
    if kind == 'zip':
        with zipfile.ZipFile(archive, 'w') as out:
            out.write(tmp_path / 'a.txt', inner)
    else:
        with tarfile.open(archive, 'w:gz') as out:
            out.add(tmp_path / 'a.txt', inner)
    d2l.DATA_HUB['pairs'] = (archive.as_uri(),
                             hashlib.sha1(archive.read_bytes()).hexdigest())
    os.mkdir('work')
    os.chdir('work')
    found = d2l.download_extract('pairs', folder)
    assert found == os.path.join('..', 'data', wanted.split('/')[0])
    assert (Path('../data') / wanted).read_text() == 'a'


def test_extract_refuses(tmp_path):
    with zipfile.ZipFile(tmp_path / 'x.zip', 'w') as out:
        out.writestr('../evil.txt', 'evil')
    (tmp_path / 'in').mkdir()
    with pytest.raises(DataError, match='leads out'):
        d2l.extract(tmp_path / 'x.zip', tmp_path / 'in' / 'deep')
    assert not list(tmp_path.rglob('evil.txt'))


def test_load_data_fashion_mnist():
    train_iter, test_iter = d2l.load_data_fashion_mnist(100, resize=7)
    assert len(train_iter) == 600
    assert len(test_iter) == 100
    X, y = next(iter(train_iter))
    assert X.shape == (100, 1, 7, 7)
    assert X.dtype == torch.float32
    assert y.shape == (100,)
    X, _ = next(iter(d2l.load_data_fashion_mnist(3)[1]))
    assert X.shape == (3, 1, 28, 28)


def test_evaluate_accuracy_gpu():
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.dropout = torch.nn.Dropout(0.9)

        def forward(self, X):
            X = X[0] if isinstance(X, list) else X
            return self.dropout(torch.stack([X, 1 - X], dim=1))

    net = Net().train()
    X = torch.tensor([0.9, 0.8, 0.1, 0.7, 0.3])
    y = torch.tensor([0, 0, 1, 1, 1])
    batches = [(X[:3], y[:3]), (X[3:], y[3:])]
    assert d2l.evaluate_accuracy_gpu(net, batches) == 4 / 5
    assert net.training, 'its mode is as before'
    lists = [([X, X], y)]
    assert d2l.evaluate_accuracy_gpu(net, lists, torch.device('cpu')) == 4 / 5
    with pytest.raises(ValueError, match='no examples'):
        d2l.evaluate_accuracy_gpu(net, [])


# -- train_ch6 ----------------------------------------------------------------

def blobs():
    """Two classes of 8 × 8 images that a linear layer can tell apart."""
    y = torch.arange(60) % 2
    X = torch.rand(60, 1, 8, 8) + y.reshape(-1, 1, 1, 1)
    return torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(X, y), batch_size=16)


def test_train_ch6_learns_and_tells_so(capsys, monkeypatch):
    boards = []
    original = d2l.Animator.__init__
    monkeypatch.setattr(d2l.Animator, '__init__', lambda self, *a, **k: (
        boards.append(self), original(self, *a, **k))[1])
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Dropout(0.2),
                        nn.Flatten(), nn.Linear(72, 2))
    held_out = blobs()
    d2l.train_ch6(net, blobs(), held_out, 5, 0.1, torch.device('cpu'))
    points = boards[0].Y                    # loss, training and test accuracy
    assert [len(p) for p in points] == [5, 5, 5]
    assert points[0][-1] < points[0][0]
    assert points[2][-1] == d2l.evaluate_accuracy_gpu(net, held_out) > 0.9
    shown = capsys.readouterr().out
    assert f'test acc {points[2][-1]:.3f}' in shown
    assert 'examples/s on cpu' in shown


def test_train_ch6_takes_steps_of_sgd():
    """One epoch equals the loop written with PyTorch's own parts."""
    nets = [nn.Linear(64, 2) for _ in range(2)]
    nets[1].bias.data.copy_(nets[0].bias)
    loader = [(X.flatten(1), y) for X, y in blobs()]
    torch.manual_seed(7)
    d2l.train_ch6(nets[0], loader, loader, 1, 0.05, 'cpu')
    torch.manual_seed(7)
    nn.init.xavier_uniform_(nets[1].weight)
    optimizer = torch.optim.SGD(nets[1].parameters(), lr=0.05)
    for X, y in loader:
        optimizer.zero_grad()
        nn.CrossEntropyLoss()(nets[1](X), y).backward()
        optimizer.step()
    torch.testing.assert_close(nets[0].weight, nets[1].weight)
    torch.testing.assert_close(nets[0].bias, nets[1].bias)


def test_train_ch6_reports_means_over_examples(capsys):
    """Batches have 16, 16, 16 and 12 examples; the steps are tiny."""
    net, loader = nn.Linear(64, 2), [(X.flatten(1), y) for X, y in blobs()]
    d2l.train_ch6(net, loader, loader, 1, 1e-9, 'cpu')
    X, y = (torch.cat(parts) for parts in zip(*loader))
    loss, accuracy = nn.CrossEntropyLoss()(net(X), y), d2l.accuracy(net(X), y)
    assert (f'loss {loss:.3f}, train acc {accuracy / 60:.3f}, '
            f'test acc {accuracy / 60:.3f}') in capsys.readouterr().out


def test_train_ch6_refuses():
    net = nn.Linear(2, 2)
    with pytest.raises(ValueError, match='num_epochs must be 1'):
        d2l.train_ch6(net, [], [], 0, 0.1, 'cpu')
    with pytest.raises(ValueError, match='no minibatch'):
        d2l.train_ch6(net, [], [], 1, 0.1, 'cpu')
