"""GPUs without having one: whatever PyTorch may find is simulated."""
import collections
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from d2l import torch as d2l


@pytest.fixture
def machine(monkeypatch):
    """Pretend to be a machine with some number of GPUs of some type."""
    def pretend(cuda=0, mps=False, other=None):
        monkeypatch.setattr(torch.cuda, 'is_available', lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, 'device_count', lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, 'is_available', lambda: mps)
        kind, number = other or ('cuda', 0)
        monkeypatch.setattr(torch, 'accelerator', SimpleNamespace(
            is_available=lambda: number > 0, device_count=lambda: number,
            current_accelerator=lambda: torch.device(kind)), raising=False)
    return pretend


MACHINES = {
    'nothing': ({}, []),
    'one CUDA': ({'cuda': 1}, ['cuda:0']),
    'four CUDA': ({'cuda': 4}, [f'cuda:{i}' for i in range(4)]),
    'Apple': ({'mps': True}, ['mps:0']),
    'Intel': ({'other': ('xpu', 2)}, ['xpu:0', 'xpu:1']),
}


@pytest.mark.parametrize(('hardware', 'names'), MACHINES.values(),
                         ids=list(MACHINES))
def test_devices_of_machines(machine, hardware, names):
    machine(**hardware)
    assert d2l.num_gpus() == len(names)
    assert d2l.cpu() == torch.device('cpu')
    assert [str(d2l.gpu(i)) for i in range(len(names))] == names
    assert [str(d) for d in d2l.try_all_gpus()] == (names or ['cpu'])
    assert str(d2l.try_gpu()) == (names or ['cpu'])[0]
    for i in range(6):
        assert str(d2l.try_gpu(i)) == (names[i] if i < len(names) else 'cpu')


def test_pytorch_without_accelerator_module(machine, monkeypatch):
    machine()
    monkeypatch.delattr(torch, 'accelerator')       # before PyTorch 2.6
    assert d2l.num_gpus() == 0
    assert d2l.try_gpu() == d2l.cpu()


@pytest.mark.parametrize(('hardware', 'i', 'message'), [
    ({}, 0, 'no GPU 0 .*finds none'),
    ({'cuda': 1}, 1, 'no GPU 1 .*finds 1 on'),
    ({'cuda': 4}, 9, 'no GPU 9 .*finds 4 on'),
    ({'mps': True}, 1, 'no GPU 1 .*finds 1 on'),
])
def test_index_beyond_the_devices(machine, hardware, i, message):
    machine(**hardware)
    with pytest.raises(RuntimeError, match=message):
        d2l.gpu(i)


@pytest.mark.parametrize('function', [
    d2l.gpu, d2l.try_gpu, lambda i: d2l.Trainer(1, num_gpus=i)],
    ids=['gpu', 'try_gpu', 'Trainer'])
def test_bad_numbers(machine, function):
    machine(cuda=2)
    for wrong in (0.0, '0', None, 'cuda', [0], np.array([1, 2]),
                  torch.tensor(0.0)):
        with pytest.raises(TypeError, match='must be an integer, not'):
            function(wrong)
    with pytest.raises(ValueError, match='must be 0 or more, not -1'):
        function(-1)


def test_integers_of_numpy_are_integers(machine):
    machine(cuda=2)
    assert d2l.gpu(np.int64(1)) == torch.device('cuda:1')
    assert len(d2l.Trainer(1, num_gpus=np.int32(2)).gpus) == 2


# --- the trainer -------------------------------------------------------------

@pytest.mark.parametrize(('hardware', 'names'), MACHINES.values(),
                         ids=list(MACHINES))
def test_trainer_takes_as_many_as_there_are(machine, hardware, names):
    machine(**hardware)
    for wanted in range(6):
        trainer = d2l.Trainer(max_epochs=1, num_gpus=wanted)
        assert [str(d) for d in trainer.gpus] == names[:wanted]
        assert (trainer.num_gpus, trainer.gradient_clip_val) == (wanted, 0)


class Net(d2l.Module):
    """Notes where everything was when it was used."""

    def __init__(self):
        super().__init__(plot_train_per_epoch=0, plot_valid_per_epoch=0)
        self.net = nn.Linear(3, 1)
        self.register_buffer('scale', torch.ones(1))
        self.seen = set()

    def loss(self, y_hat, y):
        self.seen |= {y_hat.device.type, y.device.type}
        return ((self.scale * y_hat - y) ** 2).mean()

    def configure_optimizers(self):
        self.seen |= {p.device.type for p in self.parameters()}
        return torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)


class Data(d2l.DataModule):
    def get_dataloader(self, train):
        generator = torch.Generator().manual_seed(0)
        X = torch.randn(4, 8, 3, generator=generator)
        return [(x, x.sum(dim=1, keepdim=True)) for x in X]


def test_fit_moves_model_and_data(machine, monkeypatch):
    # The device 'meta' has shapes and no values, and like a GPU it refuses
    # to compute with tensors of the CPU.
    machine(cuda=2)
    monkeypatch.setattr(d2l, 'gpu', lambda i=0: torch.device('meta', i))
    model = Net()
    trainer = d2l.Trainer(max_epochs=2, num_gpus=1)
    trainer.fit(model, Data())
    assert model.seen == {'meta'}
    assert {p.device.type for p in model.parameters()} == {'meta'}
    assert model.scale.device.type == 'meta'
    assert model.trainer is trainer
    assert trainer.model is model
    assert list(model.board.xlim) == [0, 2]


def test_one_gpu_wanted_and_none_there_is_the_cpu(machine):
    machine()
    results = []
    for num_gpus in 0, 1, 3:
        torch.manual_seed(0)
        model = Net()
        d2l.Trainer(max_epochs=3, num_gpus=num_gpus).fit(model, Data())
        assert model.seen == {'cpu'}
        results.append(model.net.weight.detach())
    assert torch.equal(results[0], results[1])
    assert torch.equal(results[0], results[2])


def test_batches_of_any_form(machine):
    machine(cuda=1)
    trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
    trainer.gpus = [torch.device('meta')]
    Pair = collections.namedtuple('Pair', 'a b')
    x = torch.ones(2)
    moved = trainer.prepare_batch(
        [x, (x, x), Pair(x, 'text'), {'k': [x], 'n': 5}, None])
    assert isinstance(moved, list)
    assert isinstance(moved[1], tuple)
    assert isinstance(moved[2], Pair)
    assert moved[2].b == 'text'
    assert moved[3]['n'] == 5
    assert moved[4] is None
    tensors = [moved[0], *moved[1], moved[2].a, moved[3]['k'][0]]
    assert {t.device.type for t in tensors} == {'meta'}
    assert x.device.type == 'cpu'


def test_batch_is_left_alone_on_the_cpu():
    batch = (torch.ones(2), 'anything')
    assert d2l.Trainer(max_epochs=1).prepare_batch(batch) is batch
