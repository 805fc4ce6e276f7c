"""Sections 3.4 and 3.5: the written-out parts against those of PyTorch."""
import pytest
import torch
from torch import nn

from d2l import torch as d2l


@pytest.fixture
def data():
    torch.manual_seed(0)
    return d2l.SyntheticRegressionData(
        w=torch.tensor([1.5, -2.0, 0.5]), b=0.7, num_train=100, num_val=40,
        batch_size=16)


def twins(lr, concise_lr):
    torch.manual_seed(1)
    scratch = d2l.LinearRegressionScratch(3, lr, sigma=1)
    concise = d2l.LinearRegression(concise_lr)
    concise(torch.zeros(1, 3))
    with torch.no_grad():
        concise.net.weight.copy_(scratch.w.T)
        concise.net.bias.copy_(scratch.b)
    return scratch, concise


def fit(model, data, epochs=2, **kwargs):
    model.board.display = False
    trainer = d2l.Trainer(max_epochs=epochs, **kwargs)
    torch.manual_seed(2)
    trainer.fit(model, data)
    return trainer


def test_scratch_and_concise_train_alike(data):
    scratch, concise = twins(0.1, 0.05)     # MSELoss is twice our loss
    start = scratch.w.detach().clone()
    fit(scratch, data)
    fit(concise, data)
    w, b = concise.get_w_b()
    assert (scratch.w - start).abs().max() > 0.1
    torch.testing.assert_close(scratch.w.T, w)
    torch.testing.assert_close(scratch.b, b)


def test_training_finds_least_squares(data):
    scratch, _ = twins(0.1, 0.05)
    fit(scratch, data, epochs=30)
    X, y = data.X[:100], data.y[:100]
    design = torch.cat([X, torch.ones(100, 1)], dim=1)
    exact = torch.linalg.lstsq(design, y).solution
    found = torch.cat([scratch.w.detach(), scratch.b.detach()[:, None]])
    torch.testing.assert_close(found, exact, atol=5e-3, rtol=0)


def test_loss_is_half_of_mse():
    y_hat, y = torch.randn(7, 1), torch.randn(7, 1)
    scratch, concise = twins(0.1, 0.1)
    half = nn.functional.mse_loss(y_hat, y) / 2
    torch.testing.assert_close(scratch.loss(y_hat, y), half)
    torch.testing.assert_close(concise.loss(y_hat, y), 2 * half)


def test_forward_equals_linear():
    scratch, concise = twins(0.1, 0.1)
    X = torch.randn(5, 3)
    torch.testing.assert_close(scratch(X), concise(X))
    assert scratch(X).shape == (5, 1)


def test_sgd_equals_torch_step_by_step():
    torch.manual_seed(0)
    ours = [torch.randn(4, 2, requires_grad=True),
            torch.randn(2, requires_grad=True)]
    theirs = [p.detach().clone().requires_grad_() for p in ours]
    optims = d2l.SGD(ours, 0.07), torch.optim.SGD(theirs, 0.07)
    for _ in range(5):
        X = torch.randn(6, 4)
        for optim, (w, b) in zip(optims, (ours, theirs)):
            optim.zero_grad()
            torch.tanh(X @ w + b).sum().backward()
            optim.step()
        for a, b in zip(ours, theirs):
            torch.testing.assert_close(a, b)


def test_sgd_updates_in_place_and_clears():
    w = torch.ones(3, requires_grad=True)
    unused = torch.ones(1, requires_grad=True)
    pointer, optim = w.data_ptr(), d2l.SGD([w, unused], 0.5)
    (2 * w).sum().backward()
    optim.step()
    assert w.data_ptr() == pointer and w.requires_grad
    assert w.tolist() == [0, 0, 0] and unused.item() == 1
    optim.zero_grad()
    assert w.grad is None or not w.grad.any()


@pytest.mark.parametrize('lr', [0, -0.1, float('nan')])
def test_learning_rate_must_be_positive(lr):
    with pytest.raises(ValueError, match='lr must be a positive number'):
        d2l.SGD([torch.ones(1, requires_grad=True)], lr)
    with pytest.raises(ValueError, match='lr must be a positive number'):
        d2l.LinearRegression(lr)


def test_sgd_wants_a_list_of_tensors():
    with pytest.raises(TypeError, match='list of tensors'):
        d2l.SGD(torch.ones(3, requires_grad=True), 0.1)
    with pytest.raises(ValueError, match='empty'):
        d2l.SGD([], 0.1)


@pytest.mark.parametrize('model', twins(0.1, 0.1))
def test_loss_refuses_to_broadcast(model):
    with pytest.raises(ValueError, match=r'\(5, 1\).*\(5,\)'):
        model.loss(torch.zeros(5, 1), torch.zeros(5))


def test_forward_names_the_expected_width():
    with pytest.raises(ValueError, match=r'\(n, 3\).*\(5, 2\)'):
        d2l.LinearRegressionScratch(3, 0.1)(torch.zeros(5, 2))


def test_no_weights_before_the_first_minibatch():
    with pytest.raises(RuntimeError, match='minibatch first'):
        d2l.LinearRegression(0.1).get_w_b()


def test_epoch_counts_batches_and_switches_modes(data):
    modes = []

    class Watched(d2l.LinearRegressionScratch):
        def training_step(self, batch):
            modes.append((self.training, torch.is_grad_enabled()))
            return super().training_step(batch)

        def validation_step(self, batch):
            modes.append((self.training, torch.is_grad_enabled()))
            super().validation_step(batch)

    trainer = fit(Watched(3, 0.1), data, epochs=2)
    assert (trainer.train_batch_idx, trainer.val_batch_idx) == (14, 6)
    assert modes == ([(True, True)] * 7 + [(False, False)] * 3) * 2


def test_epoch_without_validation_data(data):
    data.val_dataloader = lambda: None
    trainer = fit(d2l.LinearRegressionScratch(3, 0.1), data, epochs=1)
    assert (trainer.train_batch_idx, trainer.val_batch_idx) == (7, 0)


def test_gradients_are_clipped_before_the_step(data, monkeypatch):
    def clip_gradients(self, grad_clip_val, model):
        seen.append((grad_clip_val, model.w.grad.abs().sum().item() > 0))
        for param in model.parameters():
            param.grad.zero_()

    seen = []
    monkeypatch.setattr(d2l.Trainer, 'clip_gradients', clip_gradients,
                        raising=False)
    model, _ = twins(0.1, 0.1)
    start = model.w.detach().clone()
    fit(model, data, epochs=1, gradient_clip_val=0.5)
    assert seen == [(0.5, True)] * 7
    torch.testing.assert_close(model.w.detach(), start)


def test_prepare_batch_is_used(data, monkeypatch):
    monkeypatch.setattr(d2l.Trainer, 'prepare_batch',
                        lambda self, batch: [0 * batch[0], 0 * batch[1]])
    model = d2l.LinearRegressionScratch(3, 0.1)
    start = model.w.detach().clone()
    fit(model, data)
    torch.testing.assert_close(model.w.detach(), start)


def test_parameters_are_registered():
    model = d2l.LinearRegressionScratch(3, 0.1)
    assert [n for n, _ in model.named_parameters()] == ['w', 'b']
