"""Section 3.3: synthetic regression data and loaders over tensors."""
import math

import pytest
import torch

from d2l import torch as d2l


class Numbers(d2l.DataModule):
    """Examples that are their own numbers."""

    def __init__(self, n, batch_size):
        super().__init__()
        self.save_hyperparameters()
        self.X = torch.arange(2. * n).reshape(n, 2)
        self.y = torch.arange(n)

    def get_dataloader(self, train):
        return self.get_tensorloader((self.X, self.y), train)


def order(loader):
    return torch.cat([y for _, y in loader])


@pytest.mark.parametrize('n, batch_size', [(10, 4), (12, 4), (3, 8), (1, 1)])
def test_every_example_once_and_none_dropped(n, batch_size):
    loader = Numbers(n, batch_size).train_dataloader()
    for _ in range(2):
        batches = list(loader)
        assert len(batches) == len(loader) == math.ceil(n / batch_size)
        seen = torch.cat([y for _, y in batches])
        assert torch.equal(seen.sort()[0], torch.arange(n))
        for X, y in batches:
            assert torch.equal(X, torch.stack([2 * y, 2 * y + 1], 1))
        assert all(len(y) == batch_size for _, y in batches[:-1])


def test_training_is_shuffled_anew_and_reproducibly():
    data = Numbers(100, 7)
    loader = data.train_dataloader()
    torch.manual_seed(3)
    first, second = order(loader), order(loader)
    assert not torch.equal(first, torch.arange(100))
    assert not torch.equal(first, second)
    torch.manual_seed(3)
    assert torch.equal(order(data.train_dataloader()), first)


def test_validation_keeps_its_order():
    loader = Numbers(100, 7).val_dataloader()
    for _ in range(2):
        assert torch.equal(order(loader), torch.arange(100))


def test_validation_agrees_with_pytorch():
    data = Numbers(50, 8)
    reference = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(data.X, data.y), batch_size=8)
    for ours, theirs in zip(data.val_dataloader(), reference, strict=True):
        assert type(ours) is type(theirs)
        assert all(torch.equal(a, b)
                   for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize('indices', [
    slice(2, 9), torch.arange(2, 9), list(range(2, 9))])
def test_indices_select_examples(indices):
    data = Numbers(20, 3)
    loader = data.get_tensorloader((data.X, data.y), True, indices)
    assert order(loader).sort()[0].tolist() == list(range(2, 9))


def test_minibatches_are_copies():
    data = Numbers(8, 4)
    for X, _ in data.val_dataloader():
        X.zero_()
    assert data.X.sum() > 0


def test_lengths_must_agree():
    data = Numbers(8, 4)
    with pytest.raises(ValueError, match=r'\[8, 7\]'):
        data.get_tensorloader((data.X, data.y[:7]), True)


def test_synthetic_data_follow_the_model():
    torch.manual_seed(0)
    w = torch.tensor([2.0, -3.4, 0.5])
    data = d2l.SyntheticRegressionData(w, 4.2, noise=0.1)
    assert data.X.shape == (2000, 3)
    assert data.y.shape == (2000, 1)
    residual = data.y - data.X @ w.reshape(-1, 1) - 4.2
    assert residual.std().item() == pytest.approx(0.1, rel=0.05)
    assert data.X.std().item() == pytest.approx(1, rel=0.05)
    A = torch.cat([data.X, torch.ones(2000, 1)], 1)
    found = torch.linalg.lstsq(A, data.y).solution.flatten()
    assert torch.allclose(found, torch.tensor([*w, 4.2]), atol=0.01)


def test_training_and_validation_examples_are_disjoint():
    data = d2l.SyntheticRegressionData(
        torch.ones(2), 0.0, num_train=50, num_val=30, batch_size=16)
    train, val = data.train_dataloader(), data.val_dataloader()
    assert (len(train), len(val)) == (4, 2)
    assert torch.equal(order(train).sort(0)[0], data.y[:50].sort(0)[0])
    assert torch.equal(order(val), data.y[50:])
    X, y = next(iter(train))
    assert (X.shape, y.shape) == ((16, 2), (16, 1))


@pytest.mark.parametrize('w', [
    [1, -2], torch.tensor([1, -2]), torch.tensor([[1.0], [-2.0]]),
    torch.tensor([1.0, -2.0], dtype=torch.float64)])
def test_weights_of_any_kind(w):
    torch.manual_seed(0)
    data = d2l.SyntheticRegressionData(w, 0.5, noise=0, num_train=5)
    expected = data.X[:, :1] - 2 * data.X[:, 1:] + 0.5
    torch.testing.assert_close(data.y, expected)
