"""What the sections on data and linear algebra write out by hand.

They save nothing, so each is run as a whole, and its functions and results
are held to PyTorch's own.
"""
import os
from pathlib import Path

import jupytext
import pytest
import torch

CHAPTER = Path(__file__).parents[2] / 'chapters' / 'preliminaries'


def run(name, folder):
    """Names defined by the code cells of a section, run in `folder`."""
    import matplotlib
    matplotlib.use('agg')
    names, before = {}, os.getcwd()
    os.chdir(folder)
    try:
        for cell in jupytext.read(CHAPTER / f'{name}.md').cells:
            if cell.cell_type != 'code':
                continue
            if 'raises-exception' in cell.metadata.get('tags', []):
                with pytest.raises((RuntimeError, TypeError)):
                    exec(cell.source, names)
            else:
                exec(cell.source, names)
    finally:
        os.chdir(before)
    return names


@pytest.fixture(scope='module')
def section(tmp_path_factory):
    """A function that runs a section once and gives its names."""
    done = {}

    def get(name):
        if name not in done:
            done[name] = run(name, tmp_path_factory.mktemp(name))
        return done[name]

    return get


def test_distances_are_those_of_cdist(section):
    names = section('ndarray')
    expected = torch.cdist(names['vans'], names['customers'])
    torch.testing.assert_close(names['distance'], expected)


def test_same_memory_tells_views_from_copies(section):
    same_memory = section('ndarray')['same_memory']
    x = torch.arange(6).reshape(2, 3)
    assert same_memory(x, x[1]) and same_memory(x, x.view(3, 2))
    assert not same_memory(x, x.clone()) and not same_memory(x, x[[0, 1]])


def test_stride_formula_finds_every_element():
    memory = torch.arange(24)
    x = memory.reshape(4, 6)
    for view in (x, x.T, x[1:, 2:5], x[::2, 1::3], x[2:3].expand(5, 6)):
        for i in range(view.shape[0]):
            for j in range(view.shape[1]):
                cell = (view.storage_offset() + i * view.stride(0)
                        + j * view.stride(1))
                assert memory[cell] == view[i, j]


def test_features_are_fitted_on_training_rows_only(section):
    names = section('pandas')
    train, test = names['train'], names['test']
    x = torch.tensor(names['features'](train).to_numpy())
    assert x.shape == (7, 10) and x.dtype == torch.float32
    mean, std = x[:, :2].mean(dim=0), x[:, :2].std(dim=0)
    torch.testing.assert_close(mean, torch.zeros(2), atol=1e-6, rtol=0)
    torch.testing.assert_close(std, torch.ones(2))
    hot = [c for c in names['features'](test) if c.startswith('sky_')]
    for frame in (train, test):
        assert (names['features'](frame)[hot].sum(axis=1) == 1).all()
        alone = [names['features'](frame.iloc[[k]]).to_numpy()[0].tolist()
                 for k in range(len(frame))]
        assert alone == names['features'](frame).to_numpy().tolist()
    assert names['features'](test)['sky_unknown'].tolist() == [0, 1]


def test_matmul_by_loops_is_the_product(section):
    matmul = section('linear-algebra')['matmul']
    torch.manual_seed(3)
    a, b = torch.randn(3, 5), torch.randn(5, 2)
    torch.testing.assert_close(matmul(a, b), a @ b)


def test_products_written_out_agree_with_the_library(section):
    names = section('linear-algebra')
    torch.testing.assert_close(names['outer'], names['A'] @ names['X'])
    torch.testing.assert_close(names['unit'] @ names['unit'].T,
                               torch.nn.functional.cosine_similarity(
                                   names['texts'][:, None],
                                   names['texts'][None], dim=-1))
    r = names['R']
    torch.testing.assert_close(r @ r.T, torch.eye(2))
    norm = torch.linalg.matrix_norm(names['A'], ord=2)
    assert 0.99 * norm < names['stretch'].max() <= norm * (1 + 1e-6)
