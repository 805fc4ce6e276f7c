"""Section 6.6: files of tensors and checkpoints."""
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from definitions import definitions
from torch import nn
from torch.nn import functional as F

SECTION = 'builders-guide/read-write'
WANTED = {'make_net', 'Surprise', 'write_tensors', 'read_tensors',
          'save_checkpoint', 'load_checkpoint', 'start', 'train', 'resume'}


@pytest.fixture
def section(tmp_path):
    """The section's functions, with 200 random images for data."""
    torch.manual_seed(0)
    names = {'torch': torch, 'np': np, 'nn': nn, 'F': F, 'json': json,
             'os': os, 'Path': Path, 'folder': tmp_path,
             'X': torch.rand(200, 1, 28, 28),
             'y': torch.randint(10, (200,))}
    return definitions(SECTION, WANTED, names)


TENSORS = {'a': torch.arange(6.0).reshape(2, 3), 'b.c': torch.tensor(-1.5),
           'empty': torch.zeros(0, 4), 'view': torch.arange(9.0)[::2],
           'turned': torch.arange(6.0).reshape(2, 3).T}


def test_tensors_survive(section, tmp_path):
    section['write_tensors'](TENSORS, tmp_path / 't')
    back = section['read_tensors'](tmp_path / 't')
    assert list(back) == list(TENSORS)
    for name, tensor in TENSORS.items():
        assert back[name].shape == tensor.shape
        assert torch.equal(back[name], tensor)


def test_the_file_is_safetensors(section, tmp_path):
    """Length, header and numbers are where the format wants them."""
    section['write_tensors'](TENSORS, tmp_path / 't')
    data = (tmp_path / 't').read_bytes()
    length = int.from_bytes(data[:8], 'little')
    header = json.loads(data[8:8 + length])
    assert data[8:9] == b'{' and length % 8 == 0
    end = 0
    for name, tensor in TENSORS.items():
        entry = header[name]
        assert entry['dtype'] == 'F32'
        assert entry['shape'] == list(tensor.shape)
        assert entry['data_offsets'] == [end, end + 4 * tensor.numel()]
        end = entry['data_offsets'][1]
    assert len(data) == 8 + length + end


@pytest.mark.parametrize('name', ['x' * n for n in range(1, 9)])
def test_numbers_are_aligned(section, tmp_path, name):
    section['write_tensors']({name: torch.ones(3)}, tmp_path / 't')
    data = (tmp_path / 't').read_bytes()
    assert int.from_bytes(data[:8], 'little') % 8 == 0


def test_it_agrees_with_the_package(section, tmp_path):
    package = pytest.importorskip('safetensors.torch')
    section['write_tensors'](TENSORS, tmp_path / 'ours')
    loaded = package.load_file(tmp_path / 'ours')
    package.save_file({'x': TENSORS['a']}, tmp_path / 'theirs')
    assert torch.equal(section['read_tensors'](tmp_path / 'theirs')['x'],
                       TENSORS['a'])
    assert all(torch.equal(loaded[n], t) for n, t in TENSORS.items())


def test_bad_input(section, tmp_path):
    with pytest.raises(TypeError, match='n is torch.int64, not float32'):
        section['write_tensors']({'n': torch.tensor(1)}, tmp_path / 't')
    section['write_tensors'](TENSORS, tmp_path / 't')
    data = (tmp_path / 't').read_bytes()
    (tmp_path / 'cut').write_bytes(data[:20])
    with pytest.raises(ValueError, match='ends within its header'):
        section['read_tensors'](tmp_path / 'cut')


def test_resumed_training_is_equal(section):
    full = section['train'](*section['start'](), 0, 4, save=(1, 2))
    resumed = section['resume']()
    for p, q in zip(full.parameters(), resumed.parameters()):
        assert torch.equal(p, q)


@pytest.mark.parametrize('forget', ['optimizer', 'generator', 'epoch'])
def test_forgetting_anything_shows(section, forget):
    full = section['train'](*section['start'](), 0, 4, save=(1, 2))
    resumed = section['resume'](forget)
    assert any(not torch.equal(p, q) for p, q in
               zip(full.parameters(), resumed.parameters()))


def test_a_checkpoint_is_replaced_at_once(section, tmp_path, monkeypatch):
    net, optim = section['start']()
    path = tmp_path / 'c.pt'
    section['save_checkpoint'](path, net, optim, 1)
    assert [p.name for p in tmp_path.iterdir()] == ['c.pt']

    def fail(state, file):
        Path(file).write_bytes(b'half of it')
        raise OSError('disk full')

    monkeypatch.setattr(torch, 'save', fail)
    with pytest.raises(OSError, match='disk full'):
        section['save_checkpoint'](path, net, optim, 2)
    assert section['load_checkpoint'](path, net, optim) == 1


def test_checkpoints_of_a_gpu_load_without_one(section, tmp_path,
                                               monkeypatch):
    net, optim = section['start']()
    section['save_checkpoint'](tmp_path / 'c.pt', net, optim, 3)
    load, seen = torch.load, []

    def record(path, **kwargs):
        seen.append(kwargs)
        return load(path, **kwargs)

    monkeypatch.setattr(torch, 'load', record)
    assert section['load_checkpoint'](tmp_path / 'c.pt', net, optim) == 3
    assert seen == [{'map_location': 'cpu', 'weights_only': True}]


def test_programs_are_refused(section, tmp_path, capsys):
    torch.save({'extra': section['Surprise']()}, tmp_path / 'gift.pt')
    with pytest.raises(pickle.UnpicklingError):
        torch.load(tmp_path / 'gift.pt', weights_only=True)
    assert capsys.readouterr().out == ''


def test_other_shapes_are_refused(section):
    state = section['make_net'](8).state_dict()
    with pytest.raises(RuntimeError, match='size mismatch'):
        section['make_net'](9).load_state_dict(state, strict=False)
