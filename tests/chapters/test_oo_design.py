"""Section 3.2: hyperparameters, progress board, module, data, trainer."""
import copy
import os
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from d2l import torch as d2l

# --- add_to_class and hyperparameters ----------------------------------------

def test_add_to_class_reaches_existing_objects():
    class A:
        def value(self):
            return 1

    a = A()

    @d2l.add_to_class(A)
    def value(self):
        return 2

    @d2l.add_to_class(A)
    @property
    def double(self):
        return 2 * self.value()

    @d2l.add_to_class(A)
    @staticmethod
    def three():
        return 3

    assert (a.value(), a.double, a.three()) == (2, 4, 3)


@pytest.mark.parametrize('ignore', [['c'], ('c',), {'c'}, 'c'])
def test_ignored_names_are_not_saved(ignore):
    class B(d2l.HyperParameters):
        def __init__(self, a, b, c):
            self.save_hyperparameters(ignore=ignore)

    b = B(a=1, b=2, c=3)
    assert (b.a, b.b) == (1, 2)
    assert not hasattr(b, 'c')
    assert b.hparams == {'a': 1, 'b': 2}


def test_underscores_self_and_keywords():
    class B(d2l.HyperParameters):
        def __init__(this, a, _hidden=5, *rest, flag=True, **more):
            this.save_hyperparameters()

    b = B(1, 2, 3, 4, x=5)
    assert b.hparams == {'a': 1, 'flag': True, 'rest': (3, 4),
                         'more': {'x': 5}}
    assert not hasattr(b, '_hidden')
    assert not hasattr(b, 'this')


def test_inherited_hyperparameters_are_kept():
    class A(d2l.HyperParameters):
        def __init__(self, a, shared=0):
            self.save_hyperparameters()

    class B(A):
        def __init__(self, b, shared=1):
            super().__init__(a=2)
            self.save_hyperparameters()

    b, other = B(3), A(7)
    assert b.hparams == {'a': 2, 'b': 3, 'shared': 1}
    assert (b.a, b.b, b.shared) == (2, 3, 1)
    assert other.hparams == {'a': 7, 'shared': 0}


def test_layers_given_to_a_module_are_registered():
    class Net(d2l.Module):
        def __init__(self, net, lr):
            super().__init__()
            self.save_hyperparameters()

    net = Net(nn.Linear(2, 1), 0.1)
    assert net(torch.zeros(3, 2)).shape == (3, 1)
    assert len(list(net.parameters())) == 2
    assert isinstance(net, d2l.nn_Module)


# --- progress board ----------------------------------------------------------

def test_board_averages():
    board = d2l.ProgressBoard('x')
    for x in np.arange(0, 10, 0.1):
        board.draw(x, np.sin(x), 'sin', every_n=2)
        board.draw(x, np.cos(x), 'cos', every_n=10)
    x = np.arange(0, 10, 0.1)
    for label, f, n in (('sin', np.sin, 2), ('cos', np.cos, 10)):
        points = np.array(board.data[label])
        np.testing.assert_allclose(points[:, 0], x.reshape(-1, n).mean(1))
        np.testing.assert_allclose(points[:, 1], f(x).reshape(-1, n).mean(1))
        assert board.raw_points[label] == []


def test_board_keeps_what_waits_for_its_mean():
    board = d2l.ProgressBoard()
    for i in range(5):
        board.draw(i, 10 * i, 'a', every_n=3)
    assert [(p.x, p.y) for p in board.data['a']] == [(1, 10)]
    assert [(p.x, p.y) for p in board.raw_points['a']] == [(3, 30), (4, 40)]


@pytest.mark.parametrize('value', [
    2, 2.0, np.float32(2), np.array(2), np.array([2.0]), torch.tensor(2),
    torch.tensor([[2.0]], requires_grad=True),
    torch.tensor(2.0, dtype=torch.bfloat16)])
def test_board_takes_numbers_of_any_kind(value):
    board = d2l.ProgressBoard()
    board.draw(value, value, 'a')
    assert board.data['a'] == [(2, 2)]
    assert not torch.is_tensor(board.data['a'][0].y)


def test_board_fetches_values_of_a_device_when_data_are_read(monkeypatch):
    # Without a device, let the board take every tensor for one that waits.
    def number(value, wait=True):
        return value.detach().clone() if torch.is_tensor(value) else value
    monkeypatch.setattr(d2l.ProgressBoard, '_number', staticmethod(number))
    board = d2l.ProgressBoard()
    for i in range(6):
        board.draw(i, torch.tensor(float(i)), 'a', every_n=2)
    assert torch.is_tensor(board._means['a'][0].y)
    assert board.data['a'] == [(0.5, 0.5), (2.5, 2.5), (4.5, 4.5)]
    assert not torch.is_tensor(board._means['a'][0].y)


def test_board_refuses_arrays():
    with pytest.raises(ValueError, match='3 elements'):
        d2l.ProgressBoard().draw(0, torch.zeros(3), 'a')


def test_board_draws_on_request_only():
    board = d2l.ProgressBoard('x', 'y', xlim=(0, 7), yscale='log')
    before = d2l.plt.get_fignums()
    for i in range(6):
        for label in 'abcdef':
            board.draw(i, i + 1, label)
    assert board.fig is None
    fig = board.update()
    assert board.fig is fig
    assert d2l.plt.get_fignums() == before      # not one of pyplot's figures
    axes, = fig.axes
    assert axes.get_xlabel() == 'x'
    assert axes.get_ylabel() == 'y'
    assert axes.get_xlim() == (0, 7)
    assert axes.get_yscale() == 'log'
    looks = {(line.get_color(), line.get_linestyle())
             for line in axes.get_lines()}
    assert len(looks) == 6
    board.draw(6, 9, 'a')
    board.update()
    assert len(axes.get_lines()) == 6
    assert list(axes.get_lines()[0].get_ydata())[-1] == 9


def test_board_draws_into_given_axes():
    fig, axes = d2l.plt.subplots()
    board = d2l.ProgressBoard(axes=axes)
    board.draw(1, 2, 'a')
    assert board.update() is fig
    assert len(axes.get_lines()) == 1
    assert d2l.plt.fignum_exists(fig.number)    # left to its owner
    d2l.plt.close(fig)


def test_boards_share_nothing():
    one, two = d2l.ProgressBoard(), d2l.ProgressBoard()
    one.draw(0, 1, 'a')
    assert not two.data
    assert not two.raw_points


def test_board_can_be_copied_and_pickled():
    board = d2l.ProgressBoard('x')
    board.draw(0, 1, 'a')
    board.update()
    for twin in copy.deepcopy(board), pickle.loads(pickle.dumps(board)):
        twin.draw(1, 2, 'a')
        twin.update()
        assert twin.data['a'] == [(0, 1), (1, 2)]
    assert board.data['a'] == [(0, 1)]


# --- boards in a kernel ------------------------------------------------------

CELLS = {
    'import': '''
import os, time
import numpy as np
import torch
from d2l import torch as d2l
events = get_ipython().events.callbacks['post_execute']
before = list(events)
''',
    'board': '''
os.environ['D2L_ANIMATE'] = '0'
board = d2l.ProgressBoard('x')
for x in np.arange(0, 10, 0.1):
    board.draw(x, np.sin(x), 'sin', every_n=2)
    board.draw(x, np.cos(x), 'cos', every_n=10)
    time.sleep(0.008)
''',
    'quiet': 'assert events == before, events',
    'nothing': "board.draw(11, 0, 'cos', every_n=2)",
    'error': "board.draw(12, 0, 'cos', every_n=2); 1 / 0",
    'hidden': '''
silent = d2l.ProgressBoard('x', display=False)
silent.draw(0, 0, 'a')
assert silent.data['a'] == [(0, 0)]
''',
    'training': '''
torch.manual_seed(0)
data = d2l.SyntheticRegressionData(torch.tensor([1.5, -2.0]), 0.7)
model = d2l.LinearRegression(0.03)
d2l.Trainer(max_epochs=3).fit(model, data)
''',
    'shared': '''
fig, axes = d2l.plt.subplots(1, 2)
boards = [d2l.ProgressBoard(axes=a) for a in axes]
for i in range(10):
    for board in boards:
        board.draw(i, i, 'a')
''',
    'live': '''
os.environ['D2L_ANIMATE'] = '1'
board = d2l.ProgressBoard('x')
start = time.monotonic()
while time.monotonic() < start + 1.6:
    board.draw(time.monotonic() - start, 1, 'a')
    time.sleep(0.001)
''',
    'live again': "board.draw(2, 2, 'a')",
    'live short': '''
other = d2l.ProgressBoard('x')
for i in range(100):
    other.draw(i, i, 'a')
''',
    'quiet again': 'assert events == before, events',
}


@pytest.fixture(scope='module')
def kernel(root, tmp_path_factory):
    """Cells by name as executed, with how often each showed a figure."""
    nbclient = pytest.importorskip('nbclient')
    nbformat = pytest.importorskip('nbformat')
    shown = {}

    class Client(nbclient.NotebookClient):
        def process_message(self, msg, cell, index):
            if msg['msg_type'] in ('display_data', 'update_display_data'):
                shown[cell.name] = shown.get(cell.name, 0) + 1
            return super().process_message(msg, cell, index)

    notebook = nbformat.v4.new_notebook()
    for name, source in CELLS.items():
        cell = nbformat.v4.new_code_cell(source)
        cell.name = name
        notebook.cells.append(cell)
    folder = tmp_path_factory.mktemp('kernel')
    env = os.environ | {'PYTHONPATH': str(root), 'OMP_NUM_THREADS': '1',
                        'IPYTHONDIR': str(folder / 'ipython'),
                        'D2L_FIGURE_FORMATS': 'svg'}
    env.pop('MPLBACKEND', None)
    client = Client(notebook, timeout=120, allow_errors=True,
                    kernel_name='python3',
                    resources={'metadata': {'path': str(folder)}})
    client.execute(env=env)
    return {cell.name: cell for cell in notebook.cells}, shown


def figures(cell):
    return [o for o in cell.outputs if 'image/svg+xml' in o.get('data', {})]


def errors(cell):
    return [o.ename for o in cell.outputs if o.output_type == 'error']


@pytest.mark.parametrize('name', ['board', 'training', 'shared', 'error'])
def test_build_shows_one_figure_at_the_end_of_the_cell(kernel, name):
    cells, shown = kernel
    assert len(figures(cells[name])) == 1
    assert shown[name] == 1
    assert errors(cells[name]) == (
        ['ZeroDivisionError'] if name == 'error' else [])


def test_build_shows_all_curves(kernel):
    svg = figures(kernel[0]['training'])[0]['data']['image/svg+xml']
    for text in 'train_loss', 'val_loss', 'epoch':
        assert f'<!-- {text} -->' in svg or f'>{text}<' in svg


@pytest.mark.parametrize('name', ['quiet', 'nothing', 'hidden',
                                  'quiet again'])
def test_no_figure_without_new_points(kernel, name):
    cells, _ = kernel
    assert not cells[name].outputs


def test_live_boards_are_drawn_a_few_times_in_place(kernel):
    cells, shown = kernel
    assert len(figures(cells['live'])) == 1
    assert 2 <= shown['live'] <= 8      # of some thousand points in 1.6 s
    assert shown['live again'] == shown['live short'] == 1


# --- module, data, trainer ---------------------------------------------------

class Line(d2l.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Linear(1, 1)

    def loss(self, y_hat, y):
        return ((y_hat - y) ** 2).mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


class Lists(d2l.DataModule):
    def __init__(self, train=7, val=4):
        super().__init__()
        self.save_hyperparameters()

    def get_dataloader(self, train):
        n = self.train if train else self.val
        if n is None:
            return None
        x = torch.linspace(-1, 1, 8).reshape(-1, 1)
        return [(x, 2 * x)] * n


def test_fit_plots_means_at_epochs():
    model = Line()
    trainer = d2l.Trainer(max_epochs=3)
    trainer.fit(model, Lists(train=8, val=4))
    assert (trainer.num_train_batches, trainer.num_val_batches) == (8, 4)
    assert trainer.epoch == 2
    assert model.trainer is trainer
    assert list(model.board.xlim) == [0, 3]
    assert model.board.xlabel == 'epoch'
    train, val = model.board.data['train_loss'], model.board.data['val_loss']
    np.testing.assert_allclose(
        [p.x for p in train], np.arange(24).reshape(-1, 4).mean(1) / 8)
    assert [p.x for p in val] == [1, 2, 3]
    assert val[-1].y < val[0].y


def test_few_minibatches_are_plotted_all():
    model = Line(plot_train_per_epoch=5, plot_valid_per_epoch=0)
    d2l.Trainer(max_epochs=2).fit(model, Lists(train=2))
    assert [p.x for p in model.board.data['train_loss']] == [0, 0.5, 1, 1.5]
    assert 'val_loss' not in model.board.data


def test_fit_without_validation():
    trainer = d2l.Trainer(max_epochs=1)
    trainer.fit(Line(), Lists(val=None))
    assert trainer.num_val_batches == 0


def test_model_can_be_copied_after_training():
    model = Line()
    d2l.Trainer(max_epochs=1).fit(model, Lists())
    twin = copy.deepcopy(model)
    assert torch.equal(twin.net.weight, model.net.weight)


def test_errors_say_what_to_define():
    class Bare(d2l.Module):
        pass

    fit = d2l.Trainer(max_epochs=1).fit
    x = torch.zeros(2, 1)
    with pytest.raises(NotImplementedError, match=r'Bare.*self\.net'):
        Bare()(x)
    with pytest.raises(NotImplementedError, match=r'Bare.*loss\(self'):
        Bare().loss(x, x)
    with pytest.raises(NotImplementedError, match='configure_optimizers'):
        fit(Bare(), Lists())
    with pytest.raises(NotImplementedError, match='get_dataloader'):
        fit(Line(), d2l.DataModule())
    with pytest.raises(ValueError, match='Lists has no minibatches'):
        fit(Line(), Lists(train=None))
    with pytest.raises(ValueError, match='Lists has no minibatches'):
        fit(Line(), Lists(train=0))
    with pytest.raises(RuntimeError, match=r'Trainer\.fit'):
        Line().training_step((x, x))


def test_loader_without_length_is_refused():
    class Stream(d2l.DataModule):
        def get_dataloader(self, train):
            yield torch.zeros(1, 1), torch.zeros(1, 1)

    with pytest.raises(TypeError, match=r'train_dataloader\(\).*generator'):
        d2l.Trainer(max_epochs=1).fit(Line(), Stream())


def test_defaults_of_data_module():
    data = d2l.DataModule()
    assert (data.root, data.num_workers) == ('../data', 4)
