"""The saved functions and classes of the book, for PyTorch.

Generated from the cells marked with ``#@save`` in ``chapters/`` by
``make lib``.  Change the section that a definition names, not this file.
"""

import collections
import contextlib
import hashlib
import inspect
import math
import os
import random
import re
import shutil
import sys
import tarfile
import time
import zipfile
from collections import defaultdict

import numpy as np
import pandas as pd
import requests
import torch
import torchvision
from IPython import display, get_ipython
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline
from PIL import Image
from scipy.spatial import distance_matrix
from torch import nn
from torch.nn import functional as F
from torch.utils import data
from torchvision import transforms

__all__ = [
    'Accumulator',
    'AdditiveAttention',
    'Animator',
    'Classifier',
    'DATA_HUB',
    'DATA_URL',
    'DataModule',
    'DotProductAttention',
    'F',
    'FashionMNIST',
    'HyperParameters',
    'Image',
    'ImageTensorDataset',
    'LeNet',
    'LinearRegression',
    'LinearRegressionScratch',
    'MinibatchSampler',
    'Module',
    'ProgressBoard',
    'ResNeXtBlock',
    'Residual',
    'SGD',
    'SoftmaxRegression',
    'SyntheticRegressionData',
    'Trainer',
    'abs',
    'accuracy',
    'add_to_class',
    'arange',
    'argmax',
    'astype',
    'backend_inline',
    'batch_matmul',
    'collections',
    'concat',
    'contextlib',
    'corr2d',
    'cos',
    'cosh',
    'cpu',
    'd2l',
    'data',
    'defaultdict',
    'display',
    'distance_matrix',
    'download',
    'download_extract',
    'evaluate_accuracy_gpu',
    'evaluate_loss',
    'exp',
    'expand_dims',
    'extract',
    'eye',
    'float32',
    'get_dataloader_workers',
    'get_fashion_mnist_labels',
    'get_ipython',
    'gpu',
    'grad_clipping',
    'hashlib',
    'init_cnn',
    'inspect',
    'int32',
    'int64',
    'linreg',
    'linspace',
    'load_array',
    'load_data_fashion_mnist',
    'log',
    'masked_softmax',
    'math',
    'matmul',
    'meshgrid',
    'nn',
    'nn_Module',
    'normal',
    'np',
    'num_gpus',
    'numpy',
    'ones',
    'ones_like',
    'os',
    'pd',
    'plot',
    'plt',
    'rand',
    'randn',
    'random',
    're',
    'read_idx',
    'reduce_mean',
    'reduce_sum',
    'repeat',
    'report',
    'requests',
    'reshape',
    'sequence_mask',
    'set_axes',
    'set_figsize',
    'sgd',
    'show_heatmaps',
    'show_images',
    'shutil',
    'sigmoid',
    'sin',
    'sinh',
    'size',
    'squared_loss',
    'stack',
    'stage_costs',
    'swapaxes',
    'synthetic_data',
    'sys',
    'tanh',
    'tarfile',
    'tensor',
    'time',
    'to',
    'tokenize',
    'torch',
    'torchvision',
    'train_ch6',
    'transforms',
    'transpose',
    'truncate_pad',
    'try_all_gpus',
    'try_gpu',
    'use_svg_display',
    'zeros',
    'zeros_like',
    'zipfile',
]

d2l = sys.modules[__name__]


def use_svg_display():
    """Let the notebook show plots as SVG, that is, as scalable drawings.

    The environment variable D2L_FIGURE_FORMATS can ask for other formats,
    separated by commas, as in 'svg,pdf'. Outside IPython nothing happens.

    Defined in ``preliminaries/calculus``.
    """
    if get_ipython() is None:
        return
    formats = os.environ.get('D2L_FIGURE_FORMATS', '').replace(',', ' ')
    backend_inline.set_matplotlib_formats(*(formats.split() or ['svg']))


def set_figsize(figsize=(3.5, 2.5)):
    """Set width and height of the figures to come, in inches.

    Defined in ``preliminaries/calculus``.
    """
    use_svg_display()
    plt.rcParams['figure.figsize'] = figsize


def set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, legend):
    """Label and scale matplotlib axes.

    Labels, limits (pairs of numbers) and legend (a list of names) may be
    None; scales are those of matplotlib, such as 'linear' and 'log'.

    Defined in ``preliminaries/calculus``.
    """
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    if xlim is not None:
        axes.set_xlim(xlim)
    if ylim is not None:
        axes.set_ylim(ylim)
    if legend:
        axes.legend(legend)
    axes.grid(True)


def _curves(values):
    """One or several curves as a list of NumPy arrays.

    They are the rows of a tensor or array, the items of a list of sequences,
    or a single sequence. A single column counts as a single curve.

    Defined in ``preliminaries/calculus``.
    """
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        if values.dtype == torch.bfloat16:  # unknown to NumPy
            values = values.float()
    if hasattr(values, '__array__'):
        values = np.asarray(values)
        if values.ndim == 2:
            return [values[:, 0]] if values.shape[1] == 1 else list(values)
        if values.ndim == 1:
            return [values]
        raise ValueError(f'cannot plot an array of shape {values.shape}')
    values = [v.item() if getattr(v, 'ndim', None) == 0 else v for v in values]
    nested = {hasattr(v, '__len__') and not isinstance(v, str) for v in values}
    if nested == {True}:
        return [curve for v in values for curve in _curves(v)]
    if nested == {True, False}:
        raise ValueError('cannot plot numbers and sequences in one list')
    return [np.asarray(values)]


def plot(
    X,
    Y=None,
    xlabel=None,
    ylabel=None,
    legend=(),
    xlim=None,
    ylim=None,
    xscale='linear',
    yscale='linear',
    fmts=('-', 'm--', 'g-.', 'r:'),
    figsize=(3.5, 2.5),
    axes=None,
):
    """Plot curves: `Y` against `X`, or `X` against the index 0, 1, ….

    `X` and `Y` are sequences of numbers (lists, ranges, arrays, tensors),
    lists of such sequences, or tensors whose rows are the curves. One `X`
    serves all curves in `Y`. Line formats `fmts` are used in turn.
    Raises ValueError if numbers of curves or of points do not agree.

    Defined in ``preliminaries/calculus``.
    """
    if Y is None:
        Y = _curves(X)
        X = [np.arange(len(y)) for y in Y]
    else:
        X, Y = _curves(X), _curves(Y)
        X = X * len(Y) if len(X) == 1 else X
    if [len(x) for x in X] != [len(y) for y in Y]:
        raise ValueError(
            f'X has curves of {[len(x) for x in X]} points, '
            f'Y of {[len(y) for y in Y]}'
        )
    set_figsize(figsize)
    axes = plt.gca() if axes is None else axes
    axes.cla()
    for i, (x, y) in enumerate(zip(X, Y)):
        axes.plot(x, y, fmts[i % len(fmts)])
    set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, legend)


def add_to_class(Class):
    """Decorator that makes the function below it a method of `Class`.

    Objects of `Class` that exist already have the method too.  A method of
    the same name is replaced.

    Defined in ``linear-regression/oo-design``.
    """

    def attach(method):
        name = getattr(method, 'fget', method).__name__  # property or def
        setattr(Class, name, method)
        return method

    return attach


class HyperParameters:
    """Base of classes whose constructor arguments become attributes.

    Defined in ``linear-regression/oo-design``.
    """

    def save_hyperparameters(self, ignore=()):
        """Save the caller's local variables in `hparams` and as attributes.

        Call it first in ``__init__``, when the arguments are all the local
        variables there are.  Left out are the object itself, names that start
        with an underscore, and the names in `ignore`.  What a base class has
        saved stays in `hparams`.
        """
        caller = inspect.currentframe().f_back
        skip = {ignore} if isinstance(ignore, str) else set(ignore)
        skip.update(caller.f_code.co_freevars)  # of an enclosing function
        found = {
            name: value
            for name, value in caller.f_locals.items()
            if name not in skip and name[0] != '_' and value is not self
        }
        self.hparams = getattr(self, 'hparams', {}) | found
        for name, value in found.items():
            setattr(self, name, value)


class ProgressBoard(HyperParameters):
    """Curves that grow while an experiment runs.

    `draw` records points, and the figure appears by itself: in a live
    Jupyter session it grows a few times a second, and in a build (with
    ``D2L_ANIMATE=0``) it is shown once, when the cell ends.  In a plain
    Python process nothing is shown; `update` returns the figure there.

    `raw_points` and `data` map a label to its list of points (x, y): those
    that wait for their mean, and the means.  `ls` and `colors` are the line
    styles and colors of the curves in turn.  `fig` or `axes` says where to
    draw, if not into a figure of the board's own with `figsize` in inches.

    Defined in ``linear-regression/oo-design``.
    """

    class Point(collections.namedtuple('Point', ('x', 'y'))):
        """A point of a curve."""

        __slots__ = ()

    waiting = []  # boards with points that are not shown yet
    displays = {}  # figures that are on the page while a cell runs
    interval = 0.25  # seconds between two frames, at least

    def __init__(
        self,
        xlabel=None,
        ylabel=None,
        xlim=None,
        ylim=None,
        xscale='linear',
        yscale='linear',
        ls=('-', '--', '-.', ':'),
        colors=('C0', 'C1', 'C2', 'C3'),
        fig=None,
        axes=None,
        figsize=(3.5, 2.5),
        display=True,
    ):
        self.save_hyperparameters()
        if fig is None and axes is not None:
            self.fig = axes.figure
        self.raw_points = collections.OrderedDict()
        self._means = collections.OrderedDict()
        self._lines = {}

    def draw(self, x, y, label, every_n=1):
        """Record the point (`x`, `y`) of the curve `label`.

        `x` and `y` are numbers or tensors of one element, on any device.  The
        curve gets one point for every `every_n` calls, their mean.
        """
        raw = self.raw_points.setdefault(label, [])
        means = self._means.setdefault(label, [])
        raw.append(self.Point(self._number(x), self._number(y, wait=False)))
        if len(raw) < every_n:
            return
        means.append(
            self.Point(
                sum(p.x for p in raw) / len(raw),
                sum(p.y for p in raw) / len(raw),
            )
        )
        raw.clear()
        self._announce()

    @staticmethod
    def _number(value, wait=True):
        """The number in `value`; a device is not waited for unless `wait`."""
        size = value.numel() if torch.is_tensor(value) else np.size(value)
        if size != 1:
            raise ValueError(
                'a point of a curve is a pair of numbers, not of '
                f'arrays with {size} elements; take a mean first'
            )
        if not torch.is_tensor(value):
            return np.asarray(value).item()
        if wait or value.device.type == 'cpu':
            return value.item()
        wide = torch.promote_types(value.dtype, torch.float32)
        return value.detach().reshape(()).to(wide, copy=True)

    @property
    def data(self):
        """The points of every curve so far, as numbers."""
        for points in self._means.values():
            late = [i for i, p in enumerate(points) if torch.is_tensor(p.y)]
            if late:  # one transfer for all that wait on a device
                numbers = torch.stack([points[i].y for i in late]).tolist()
                for i, y in zip(late, numbers, strict=True):
                    points[i] = self.Point(points[i].x, y)
        return self._means

    def update(self):
        """Bring the figure up to date with `data`; returns the figure."""
        self.fig = self.fig or d2l.plt.Figure(figsize=self.figsize)
        self.axes = axes = self.axes or self.fig.gca()
        axes.set(xscale=self.xscale, yscale=self.yscale)
        for i, (label, points) in enumerate(self.data.items()):
            if label not in self._lines:
                turn = i // len(self.colors)  # a new pairing every turn
                (self._lines[label],) = axes.plot(
                    [],
                    [],
                    label=label,
                    color=self.colors[i % len(self.colors)],
                    linestyle=self.ls[(i + turn) % len(self.ls)],
                )
            line = self._lines[label]
            line.set_data([p.x for p in points], [p.y for p in points])
            line.set_marker('o' if len(points) == 1 else '')
        axes.relim()
        axes.autoscale()
        given = {
            name: getattr(self, name)
            for name in ('xlabel', 'ylabel', 'xlim', 'ylim')
        }
        axes.set(**{k: v for k, v in given.items() if v is not None})
        axes.grid(True)
        axes.legend()
        return self.fig

    def _announce(self):
        """See to it that the newest points are shown, soon or at the end."""
        shell, now = get_ipython(), time.monotonic()
        if not self.display or getattr(shell, 'kernel', None) is None:
            return
        if all(board is not self for board in ProgressBoard.waiting):
            if not ProgressBoard.waiting:
                shell.events.register('post_execute', ProgressBoard._finish)
            ProgressBoard.waiting.append(self)
            self._next = now + self.interval
            if self.fig is not None:  # shown by us, so not by pyplot as well
                d2l.plt.close(self.fig)
        elif now > self._next and os.environ.get('D2L_ANIMATE') != '0':
            ProgressBoard._show(self.update(), ProgressBoard.displays)
            spent = time.monotonic() - now
            self._next = now + max(self.interval, 6 * spent)

    @staticmethod
    def _finish():
        """Show every board that has waited for the end of the cell."""
        get_ipython().events.unregister('post_execute', ProgressBoard._finish)
        boards, ProgressBoard.waiting = ProgressBoard.waiting, []
        displays, ProgressBoard.displays = ProgressBoard.displays, {}
        for fig in dict.fromkeys(board.update() for board in boards):
            ProgressBoard._show(fig, displays)

    @staticmethod
    def _show(fig, displays):
        """Put `fig` on the page, in place of its last frame if any."""
        d2l.use_svg_display()
        if fig in displays:
            displays[fig].update(fig)
        else:
            displays[fig] = display.display(fig, display_id=True)


nn_Module = nn.Module


class Module(nn_Module, HyperParameters):
    """Base of all models: a network, its loss, and how it is trained.

    A subclass calls ``super().__init__()`` and defines `loss`,
    `configure_optimizers`, and either the attribute ``net`` or `forward`.
    Curves get `plot_train_per_epoch` points an epoch from training and
    `plot_valid_per_epoch` from validation; 0 stands for no curve.

    Defined in ``linear-regression/oo-design``.
    """

    def __init__(self, plot_train_per_epoch=2, plot_valid_per_epoch=1):
        super().__init__()
        self.save_hyperparameters()
        self.board = d2l.ProgressBoard(xlabel='epoch')

    def forward(self, X):
        """Predictions for a minibatch of inputs, made by ``self.net``."""
        if not hasattr(self, 'net'):
            raise NotImplementedError(
                f'{type(self).__name__} has no network: set self.net in '
                '__init__ or define forward(self, X)'
            )
        return self.net(X)

    def loss(self, y_hat, y):
        """The loss of predictions `y_hat` for labels `y`, a scalar."""
        raise NotImplementedError(
            f'{type(self).__name__} must define loss(self, y_hat, y)'
        )

    def configure_optimizers(self):
        """Minibatch SGD with the learning rate ``lr`` on all parameters.

        Raises NotImplementedError if the model has no ``lr``.

        Defined in ``linear-classification/classification``.
        """
        if not hasattr(self, 'lr'):
            raise NotImplementedError(
                f'{type(self).__name__} has no learning rate: set self.lr in '
                '__init__ or define configure_optimizers(self)'
            )
        return torch.optim.SGD(self.parameters(), lr=self.lr)

    def training_step(self, batch):
        """The loss of a minibatch (inputs..., labels), which is plotted."""
        loss = self.loss(self(*batch[:-1]), batch[-1])
        self.plot('loss', loss, train=True)
        return loss

    def validation_step(self, batch):
        """Plot the loss of a minibatch that is not trained on."""
        loss = self.loss(self(*batch[:-1]), batch[-1])
        self.plot('loss', loss, train=False)

    def plot(self, key, value, train):
        """Add the scalar `value` to the curve train_`key` or val_`key`."""
        trainer = getattr(self, 'trainer', None)
        if trainer is None:
            raise RuntimeError(
                'the model has no trainer to tell the epoch: '
                'call Trainer.fit(model, data)'
            )
        if train:
            batches, per_epoch = (
                trainer.num_train_batches,
                self.plot_train_per_epoch,
            )
            x = trainer.train_batch_idx / batches
        else:
            batches, per_epoch = (
                trainer.num_val_batches,
                self.plot_valid_per_epoch,
            )
            x = trainer.epoch + 1
        if per_epoch:
            self.board.draw(
                x,
                value,
                f'{"train" if train else "val"}_{key}',
                every_n=max(1, int(batches / per_epoch)),
            )

    def apply_init(self, inputs, init=None):
        """Give lazy layers their shapes by a dry run, then initialize.

        `inputs` is a list of the arguments of `forward`, as in ``[X]``, and
        `init` a function that is called with every submodule, as by `apply`.
        The run is made in evaluation mode and without gradients; afterwards
        every module is in its former mode.  Raises TypeError or ValueError
        for other arguments, and RuntimeError if a layer was not reached.

        Defined in ``builders-guide/lazy-init``.
        """
        if not isinstance(inputs, (list, tuple)):
            raise TypeError(
                'inputs must be a list of the arguments of forward, '
                f'as in [X], but is a {type(inputs).__name__}'
            )
        if not inputs:
            raise ValueError('inputs is empty: a dry run needs a minibatch')
        if init is not None and not callable(init):
            raise TypeError(
                'init must be a function of a module or None, but '
                f'is a {type(init).__name__}'
            )
        modes = [(module, module.training) for module in self.modules()]
        self.eval()
        try:
            with torch.no_grad():
                self(*inputs)
        finally:
            for module, mode in modes:
                module.training = mode
        tensors = [*self.named_parameters(), *self.named_buffers()]
        missing = [
            name for name, value in tensors if nn.parameter.is_lazy(value)
        ]
        if missing:
            raise RuntimeError(
                'forward did not use the layers that own '
                f'{", ".join(missing)}: they have no shape yet'
            )
        if init is not None:
            self.apply(init)


class DataModule(HyperParameters):
    """Base of all data sets: where minibatches come from.

    A subclass defines `get_dataloader`.  `root` is the folder of files and
    `num_workers` the number of processes that read them.

    Defined in ``linear-regression/oo-design``.
    """

    def __init__(self, root='../data', num_workers=4):
        self.save_hyperparameters()

    def get_dataloader(self, train):
        """An iterable of minibatches for training or for validation."""
        raise NotImplementedError(
            f'{type(self).__name__} must define get_dataloader(self, train) '
            'and return an iterable of minibatches'
        )

    def train_dataloader(self):
        """Minibatches for training."""
        return self.get_dataloader(train=True)

    def val_dataloader(self):
        """Minibatches for validation; None where there are none."""
        return self.get_dataloader(train=False)

    def get_tensorloader(self, tensors, train, indices=slice(0, None)):
        """A loader of minibatches of `batch_size` examples held in memory.

        `tensors` have one example per row, and `indices` selects rows.  A
        minibatch is a list with one tensor for each of `tensors`.  If `train`,
        the examples are shuffled anew in every epoch.

        Defined in ``linear-regression/synthetic-regression-data``.
        """
        lengths = [len(t) for t in tensors]
        if len(set(lengths)) > 1:
            raise ValueError(
                f'tensors with {lengths} rows do not hold the same '
                'number of examples'
            )
        dataset = torch.utils.data.TensorDataset(
            *(t[indices] for t in tensors)
        )
        sampler = d2l.MinibatchSampler(len(dataset), self.batch_size, train)
        return torch.utils.data.DataLoader(
            dataset, sampler=sampler, batch_size=None
        )


class Trainer(HyperParameters):
    """Fits a model to data in `max_epochs` passes over the training set.

    `num_gpus` is how many GPUs to use, and `gradient_clip_val` a bound on
    the norm of the gradient, 0 for none.

    Defined in ``linear-regression/oo-design``.
    """

    def __init__(self, max_epochs, num_gpus=0, gradient_clip_val=0):
        """See the class; fewer GPUs than `num_gpus`, or none, are no error.

        Defined in ``builders-guide/use-gpu``.
        """
        _check_count(num_gpus, 'num_gpus')
        self.save_hyperparameters()
        self.gpus = [d2l.gpu(i) for i in range(min(num_gpus, d2l.num_gpus()))]

    def fit(self, model, data):
        """Train `model` on `data`."""
        self.prepare_data(data)
        self.prepare_model(model)
        self.optim = self.model.configure_optimizers()
        self.train_batch_idx = self.val_batch_idx = 0
        for epoch in range(self.max_epochs):
            self.epoch = epoch
            self.fit_epoch()

    def prepare_batch(self, batch):
        """The minibatch on the trainer's first GPU, or as it is without one.

        Defined in ``builders-guide/use-gpu``.
        """
        return _to_device(batch, self.gpus[0]) if self.gpus else batch

    def fit_epoch(self):
        """Train on each minibatch once, then evaluate on the validation data.

        The model is in training mode for the first part, and in evaluation
        mode and without gradients for the second, which is left out if there
        are no validation data.

        Defined in ``linear-regression/linear-regression-scratch``.
        """
        model, optim = self.model, self.optim
        model.train()
        for batch in self.train_dataloader:
            batch = self.prepare_batch(batch)
            loss = model.training_step(batch)  # forward and loss
            optim.zero_grad()
            loss.backward()
            if self.gradient_clip_val > 0:
                self.clip_gradients(self.gradient_clip_val, model)
            optim.step()
            self.train_batch_idx += 1
        if self.val_dataloader is not None:
            model.eval()
            with torch.no_grad():
                for batch in self.val_dataloader:
                    model.validation_step(self.prepare_batch(batch))
                    self.val_batch_idx += 1

    def prepare_data(self, data):
        """Take the minibatches from `data` and count them."""

        def count(loader, name):
            try:
                return 0 if loader is None else len(loader)
            except TypeError:
                raise TypeError(
                    f'what {name}() returns must have a length, but '
                    f'{type(loader).__name__} has none'
                ) from None

        self.train_dataloader = data.train_dataloader()
        self.val_dataloader = data.val_dataloader()
        self.num_train_batches = count(
            self.train_dataloader, 'train_dataloader'
        )
        self.num_val_batches = count(self.val_dataloader, 'val_dataloader')
        if self.num_train_batches == 0:
            raise ValueError(
                'there is nothing to train on: train_dataloader() '
                f'of {type(data).__name__} has no minibatches'
            )

    def prepare_model(self, model):
        """Tie `model` to this trainer; move it to the first GPU, if any.

        Defined in ``builders-guide/use-gpu``.
        """
        model.trainer = self
        model.board.xlim = (0, self.max_epochs)
        if self.gpus:
            model.to(self.gpus[0])
        self.model = model


class SyntheticRegressionData(d2l.DataModule):
    """Examples of a linear relation with normally distributed noise.

    `X` has shape (num_train + num_val, d) with standard normal entries and
    `y` = `X` `w` + `b` + noise has shape (num_train + num_val, 1).  `w`
    holds the d true weights, `b` the true bias, and `noise` the
    standard deviation of the noise.  Training examples come first.

    Defined in ``linear-regression/synthetic-regression-data``.
    """

    def __init__(
        self, w, b, noise=0.01, num_train=1000, num_val=1000, batch_size=32
    ):
        super().__init__()
        self.save_hyperparameters()
        n = num_train + num_val
        self.w = torch.as_tensor(w, dtype=torch.float32)
        column = self.w.reshape(-1, 1)  # (d, 1)
        self.X = torch.randn(n, len(column))  # (n, d)
        self.y = self.X @ column + b + noise * torch.randn(n, 1)  # (n, 1)

    def get_dataloader(self, train):
        """Minibatches of the training or of the validation examples."""
        rows = (
            slice(0, self.num_train) if train else slice(self.num_train, None)
        )
        return self.get_tensorloader((self.X, self.y), train, rows)


class MinibatchSampler(torch.utils.data.Sampler):
    """Index tensors that cut `num_examples` examples into minibatches.

    Every pass visits each example once, in a new random order if `shuffle`.
    The last minibatch is smaller where `batch_size` leaves a remainder.

    Defined in ``linear-regression/synthetic-regression-data``.
    """

    def __init__(self, num_examples, batch_size, shuffle):
        self.num_examples, self.batch_size = num_examples, batch_size
        self.shuffle = shuffle

    def __len__(self):
        return math.ceil(self.num_examples / self.batch_size)

    def __iter__(self):
        order = torch.randperm if self.shuffle else torch.arange
        return iter(order(self.num_examples).split(self.batch_size))


class LinearRegressionScratch(d2l.Module):
    """Linear regression with the parts written out.

    `num_inputs` is the number of features, `lr` the learning rate, and
    `sigma` the standard deviation of the initial weights.  The parameters
    are `w`, of shape (num_inputs, 1), and `b`, of shape (1,).

    Defined in ``linear-regression/linear-regression-scratch``.
    """

    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.w = nn.Parameter(torch.normal(0, sigma, (num_inputs, 1)))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, X):
        """Predictions of shape (n, 1) for features of shape (n, d).

        Raises ValueError if the number of features is not `num_inputs`.
        """
        if X.shape[-1:] != self.w.shape[:1]:
            raise ValueError(
                f'X must have shape (n, {len(self.w)}), one '
                f'column per input, but has {tuple(X.shape)}'
            )
        return X @ self.w + self.b  # (n, 1)

    def loss(self, y_hat, y):
        """Half the squared error, averaged over the examples.

        Raises ValueError if the shapes differ, since broadcasting would then
        compare every prediction with every label.
        """
        if y_hat.shape != y.shape:
            raise ValueError(
                f'predictions of shape {tuple(y_hat.shape)} and '
                f'labels of shape {tuple(y.shape)} must have the '
                'same shape'
            )
        return ((y_hat - y) ** 2 / 2).mean()

    def configure_optimizers(self):
        """Plain minibatch SGD on the weights and the bias."""
        return SGD([self.w, self.b], self.lr)


class SGD(d2l.HyperParameters):
    """Minibatch stochastic gradient descent.

    `params` is a list of tensors that require gradients (or any iterable
    of them), `lr` > 0 the learning rate.  Raises TypeError or ValueError
    where they are not.

    Defined in ``linear-regression/linear-regression-scratch``.
    """

    def __init__(self, params, lr):
        if torch.is_tensor(params):
            raise TypeError('params must be a list of tensors, not a tensor')
        params = list(params)
        if not params:
            raise ValueError('params is empty, there is nothing to train')
        if not lr > 0:
            raise ValueError(f'lr must be a positive number, not {lr}')
        self.save_hyperparameters()

    @torch.no_grad()
    def step(self):
        """Move each parameter by -lr times its gradient, in place."""
        for param in self.params:
            if param.grad is not None:
                param -= self.lr * param.grad

    def zero_grad(self):
        """Clear the gradients, before the next backward pass adds to them."""
        for param in self.params:
            if param.grad is not None:
                param.grad.zero_()


class LinearRegression(d2l.Module):
    """Linear regression with the layers, loss and optimizer of PyTorch.

    `lr` > 0 is the learning rate.  The number of features is taken from
    the first minibatch.

    Defined in ``linear-regression/linear-regression-concise``.
    """

    def __init__(self, lr):
        super().__init__()
        if not lr > 0:
            raise ValueError(f'lr must be a positive number, not {lr}')
        self.save_hyperparameters()
        self.net = nn.LazyLinear(1)

    def forward(self, X):
        """Predictions of shape (n, 1) for features of shape (n, d)."""
        return self.net(X)

    def loss(self, y_hat, y):
        """The squared error, averaged over the examples.

        Raises ValueError if the shapes differ, where `nn.MSELoss` would warn
        and compare every prediction with every label.
        """
        if y_hat.shape != y.shape:
            raise ValueError(
                f'y_hat and y must have the same shape, but have '
                f'{tuple(y_hat.shape)} and {tuple(y.shape)}'
            )
        return nn.MSELoss()(y_hat, y)

    def configure_optimizers(self):
        """Minibatch SGD on all parameters of the net."""
        return torch.optim.SGD(self.parameters(), self.lr)

    def get_w_b(self):
        """The weights, of shape (1, d), and the bias, of shape (1,).

        Raises RuntimeError before the first minibatch, when there are none.
        """
        if nn.parameter.is_lazy(self.net.weight):
            raise RuntimeError(
                'there are no weights yet: the model must see a '
                'minibatch first'
            )
        return self.net.weight.data, self.net.bias.data


def read_idx(path):
    """The array of bytes in a file of the format IDX, as a uint8 tensor.

    The format is that of MNIST: two zero bytes, the type (8 for unsigned
    bytes), the number of axes, the length of each axis as a 32-bit
    big-endian integer, then the elements.  Raises ValueError if the file
    has another format or another length, OSError if it cannot be read.

    Defined in ``linear-classification/image-classification-dataset``.
    """
    with open(path, 'rb') as file:
        content = bytearray(file.read())
    if content[:3] != b'\x00\x00\x08' or len(content) < 4:
        raise ValueError(f'{path} is not an IDX file of unsigned bytes')
    start = 4 + 4 * content[3]
    shape = [
        int.from_bytes(content[i : i + 4], 'big') for i in range(4, start, 4)
    ]
    if len(content) - start != math.prod(shape):
        raise ValueError(
            f'{path} should hold {math.prod(shape)} elements, '
            f'of shape {shape}, but holds '
            f'{max(0, len(content) - start)}'
        )
    return torch.frombuffer(content, dtype=torch.uint8, offset=start).reshape(
        shape
    )


class ImageTensorDataset(torch.utils.data.Dataset):
    """Gray images and their labels, held in memory as two tensors.

    `data` has shape (n, h, w), type uint8, and `targets` shape (n,), type
    int64.  An integer index gives an image, float32 of shape (1, *size)
    with values from 0 to 1, and its label, an int; a slice, a list or a
    tensor of indices gives a minibatch (X, y) of shapes (m, 1, *size) and
    (m,).  Images are resized once if they need at most `max_bytes` then,
    and otherwise each time they are asked for.

    Defined in ``linear-classification/image-classification-dataset``.
    """

    def __init__(self, data, targets, size=None, max_bytes=300_000_000):
        if data.dim() != 3 or targets.shape != data.shape[:1]:
            raise ValueError(
                'expected images of shape (n, h, w) and n '
                f'labels, got shapes {tuple(data.shape)} and '
                f'{tuple(targets.shape)}'
            )
        if data.dtype != torch.uint8:
            raise TypeError(
                f'pixels must be bytes, torch.uint8, not {data.dtype}'
            )
        self.data, self.targets = data, targets.long()
        self.size = tuple(data.shape[1:] if size is None else size)
        self._pixels = data.unsqueeze(1)  # (n, 1, h, w)
        if len(data) * math.prod(self.size) <= max_bytes:
            self._pixels = self._resize(self._pixels)

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        single = hasattr(index, '__index__') and getattr(index, 'ndim', 0) == 0
        if single:
            X, y = self[[int(index)]]
            return X[0], y.item()
        if torch.is_tensor(index) and index.dtype == torch.int64:
            pixels = self._pixels.index_select(0, index)  # the fast way
        else:
            pixels = self._pixels[index]
        return self._resize(pixels).float().div_(255), self.targets[index]

    def _resize(self, pixels):
        """Images of the wanted size, (m, 1, h, w) to (m, 1, *size)."""
        if tuple(pixels.shape[2:]) == self.size or not len(pixels):
            return pixels
        return F.interpolate(
            pixels, size=self.size, mode='bilinear', antialias=True
        )


class FashionMNIST(d2l.DataModule):
    """Fashion-MNIST: gray images of clothing in ten classes.

    `batch_size` is the number of images in a minibatch and `resize` their
    (height, width) in pixels.  `train` and `val` are data sets of 60,000
    and 10,000 pairs (image, label).  `root` is the folder of all data sets,
    by default that of `d2l.data`; files that are missing are fetched.
    Source: Xiao, Rasul and Vollgraf (2017).

    Defined in ``linear-classification/image-classification-dataset``.
    """

    classes = (
        't-shirt',
        'trouser',
        'pullover',
        'dress',
        'coat',
        'sandal',
        'shirt',
        'sneaker',
        'bag',
        'ankle boot',
    )

    def __init__(self, batch_size=64, resize=(28, 28), root=None):
        from d2l import data as catalogue

        super().__init__()
        if isinstance(resize, int):
            resize = (resize, resize)
        if not hasattr(batch_size, '__index__') or batch_size < 1:
            raise ValueError(
                f'batch_size must be a positive integer, not {batch_size!r}'
            )
        if not (
            hasattr(resize, '__len__')
            and len(resize) == 2
            and all(hasattr(s, '__index__') and s > 0 for s in resize)
        ):
            raise ValueError(
                'resize must be a pair (height, width) of '
                f'positive integers, not {resize!r}'
            )
        batch_size, resize = int(batch_size), tuple(int(s) for s in resize)
        root = str(root or catalogue.cache_folder())
        self.save_hyperparameters(ignore=['catalogue', '__class__'])
        folder = catalogue.fetch('fashion-mnist', root)
        self.train, self.val = (
            d2l.ImageTensorDataset(
                d2l.read_idx(folder / f'{part}-images-idx3-ubyte'),
                d2l.read_idx(folder / f'{part}-labels-idx1-ubyte'),
                resize,
            )
            for part in ('train', 't10k')
        )

    def get_dataloader(self, train):
        """Minibatches (X, y), shuffled anew in every epoch if `train`.

        `X` has shape (batch, 1, height, width), `y` shape (batch,).
        """
        dataset = self.train if train else self.val
        sampler = d2l.MinibatchSampler(len(dataset), self.batch_size, train)
        return torch.utils.data.DataLoader(
            dataset, sampler=sampler, batch_size=None
        )

    def text_labels(self, indices):
        """The names of the classes with the numbers in `indices`, a list.

        Raises ValueError for a number that is not one of 0, ..., 9.
        """
        numbers = [int(i) for i in indices]
        for i in numbers:
            if not 0 <= i < len(self.classes):
                raise ValueError(
                    'labels are numbers from 0 to '
                    f'{len(self.classes) - 1}, not {i}'
                )
        return [self.classes[i] for i in numbers]

    def visualize(self, batch, nrows=1, ncols=8, labels=()):
        """Draw the first `nrows` * `ncols` images of a minibatch (X, y).

        Titles are `labels`, one for each image, or else the names of the
        classes `y`.  Raises ValueError if there is no image.
        """
        X, y = batch
        if len(X) == 0:
            raise ValueError('there are no images to draw: the batch is empty')
        labels = labels or self.text_labels(y)
        shown = min(len(X), nrows * ncols)
        if len(labels) < shown:
            raise ValueError(
                f'{shown} images need as many labels, not {len(labels)}'
            )
        d2l.show_images(X.squeeze(1), nrows, ncols, titles=labels)


class Classifier(d2l.Module):
    """Base of models that predict one of several classes.

    The model's output holds a score (logit) for each class on its last
    axis, and labels are the numbers of classes, from 0.  A subclass defines
    the attribute ``net`` or `forward`, and ``lr`` or `configure_optimizers`.

    Defined in ``linear-classification/classification``.
    """

    def validation_step(self, batch):
        """Plot loss and accuracy of a minibatch that is not trained on."""
        Y_hat, Y = self(*batch[:-1]), batch[-1]
        self.plot('loss', self.loss(Y_hat, Y), train=False)
        self.plot('acc', self.accuracy(Y_hat, Y), train=False)

    @staticmethod
    def _as_rows(Y_hat, Y):
        """Scores of shape (n, classes) and labels of shape (n,).

        Raises ValueError if these shapes don't fit together or n is 0,
        TypeError if the labels are not integers, and IndexError (on the CPU)
        if one of them is not the number of a class.
        """
        if Y_hat.dim() == 0 or Y_hat.shape[:-1].numel() != Y.numel():
            raise ValueError(
                'expected one score for each class on the last axis of Y_hat '
                'and one label for all of them, got shapes '
                f'{tuple(Y_hat.shape)} and {tuple(Y.shape)}'
            )
        if Y.numel() == 0:
            raise ValueError('there is no example in the batch')
        if Y.is_floating_point():
            raise TypeError(
                'labels must be integers, the numbers of classes, '
                f'not {Y.dtype}'
            )
        classes = Y_hat.shape[-1]
        if Y.device.type == 'cpu' and not 0 <= Y.min() <= Y.max() < classes:
            raise IndexError(
                f'labels must be from 0 to {classes - 1}, not from '
                f'{Y.min()} to {Y.max()}'
            )
        return Y_hat.reshape(-1, classes), Y.reshape(-1).long()

    def accuracy(self, Y_hat, Y, averaged=True):
        """The fraction of examples whose highest score is that of the label.

        `Y_hat` has shape (..., classes), `Y` shape (...).  If not `averaged`,
        1.0 or 0.0 for each example, in a tensor with one axis.
        """
        Y_hat, Y = self._as_rows(Y_hat, Y)  # (n, classes), (n,)
        correct = (Y_hat.argmax(dim=1) == Y).float()
        return correct.mean() if averaged else correct

    def loss(self, Y_hat, Y, averaged=True):
        """The cross-entropy between softmax(`Y_hat`) and the labels, in nats.

        `Y_hat` has shape (..., classes), `Y` shape (...).  If not `averaged`,
        one loss for each example, in a tensor with one axis.
        """
        Y_hat, Y = self._as_rows(Y_hat, Y)  # (n, classes), (n,)
        return F.cross_entropy(
            Y_hat, Y, reduction='mean' if averaged else 'none'
        )

    def layer_summary(self, X_shape):
        """Print the output shape of each layer of ``net`` for inputs of zeros.

        `X_shape` includes the axis of examples, as in (1, 1, 28, 28).  Lazy
        layers get their parameters.  Nothing else of the model changes.
        """
        if not isinstance(getattr(self, 'net', None), torch.nn.Sequential):
            raise TypeError(
                f'{type(self).__name__}.net must be an nn.Sequential '
                'for its layers to be applied one after the other'
            )
        weight = next(self.parameters(), torch.empty(0))
        X = torch.zeros(X_shape, device=weight.device)
        modes = [(module, module.training) for module in self.modules()]
        self.eval()  # no dropout, no running statistics
        try:
            with torch.no_grad():
                for layer in self.net:
                    X = layer(X)
                    print(f'{type(layer).__name__:14s} {tuple(X.shape)}')
        finally:
            for module, mode in modes:
                module.training = mode


class SoftmaxRegression(d2l.Classifier):
    """Softmax regression: one linear layer on all inputs of an example.

    `num_outputs` is the number of classes and `lr` > 0 the learning rate.
    The number of inputs is taken from the first minibatch.  The outputs are
    logits; the loss of `Classifier` contains the softmax.

    Defined in ``linear-classification/softmax-regression-concise``.
    """

    def __init__(self, num_outputs, lr):
        super().__init__()
        if not hasattr(num_outputs, '__index__') or num_outputs < 1:
            raise ValueError(
                f'num_outputs must be a positive integer, not {num_outputs!r}'
            )
        if not lr > 0:
            raise ValueError(f'lr must be a positive number, not {lr}')
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten(), nn.LazyLinear(num_outputs))

    def forward(self, X):
        """Logits of shape (n, num_outputs) for examples of shape (n, ...)."""
        return self.net(X)


def _gpus():
    """All GPUs that PyTorch can use, as devices of one type.

    The types 'cuda' (NVIDIA, and AMD through ROCm), 'mps' (Apple) and what
    else `torch.accelerator` knows of are looked for in this order.

    Defined in ``builders-guide/use-gpu``.
    """
    if torch.cuda.is_available():
        kind, number = 'cuda', torch.cuda.device_count()
    elif torch.backends.mps.is_available():
        kind, number = 'mps', 1
    else:
        other = getattr(torch, 'accelerator', None)  # since PyTorch 2.6
        if other is None or not other.is_available():
            return []
        kind, number = other.current_accelerator().type, other.device_count()
    return [torch.device(kind, i) for i in range(number)]


def _check_count(value, name):
    """Raise TypeError or ValueError unless `value` is 0, 1, 2, …

    Defined in ``builders-guide/use-gpu``.
    """
    try:
        number = value.__index__()
    except (AttributeError, TypeError):
        raise TypeError(f'{name} must be an integer, not {value!r}') from None
    if number < 0:
        raise ValueError(f'{name} must be 0 or more, not {number}')


def cpu():
    """The device 'cpu': all processors and their memory.

    Defined in ``builders-guide/use-gpu``.
    """
    return torch.device('cpu')


def num_gpus():
    """The number of GPUs that PyTorch can use, of whichever maker.

    Defined in ``builders-guide/use-gpu``.
    """
    return len(_gpus())


def gpu(i=0):
    """The `i`-th GPU, a `torch.device`, counted from 0.

    Raises RuntimeError if there are fewer, TypeError or ValueError if `i`
    is not a number 0, 1, 2, ….

    Defined in ``builders-guide/use-gpu``.
    """
    _check_count(i, 'the number of a GPU')
    devices = _gpus()
    if i >= len(devices):
        raise RuntimeError(
            f'there is no GPU {i} (counted from 0): PyTorch finds '
            f'{len(devices) or "none"} on this machine'
        )
    return devices[i]


def try_gpu(i=0):
    """The `i`-th GPU if there is one, and the CPU otherwise.

    Raises TypeError or ValueError if `i` is not a number 0, 1, 2, ….

    Defined in ``builders-guide/use-gpu``.
    """
    _check_count(i, 'the number of a GPU')
    return d2l.gpu(i) if i < d2l.num_gpus() else d2l.cpu()


def try_all_gpus():
    """All GPUs in a list, or the CPU alone, so that it is never empty.

    Defined in ``builders-guide/use-gpu``.
    """
    return _gpus() or [d2l.cpu()]


def _to_device(item, device):
    """The tensors in nested lists, tuples and dictionaries on `device`.

    Defined in ``builders-guide/use-gpu``.
    """
    if torch.is_tensor(item):
        return item.to(device)
    if isinstance(item, dict):
        return {k: _to_device(v, device) for k, v in item.items()}
    if isinstance(item, (list, tuple)):
        moved = [_to_device(v, device) for v in item]
        return (
            type(item)(*moved)
            if hasattr(item, '_fields')
            else (type(item)(moved))
        )  # a named tuple or not
    return item


def corr2d(X, K):
    """Cross-correlation of a matrix X with a kernel K, window by window.

    X: (n_h, n_w); K: (k_h, k_w), not larger than X. Returns a tensor of
    shape (n_h - k_h + 1, n_w - k_w + 1). Raises ValueError for other
    shapes.

    Defined in ``convolutional-neural-networks/conv-layer``.
    """
    if X.dim() != 2 or K.dim() != 2:
        raise ValueError(
            'expected two matrices, got the shapes '
            f'{tuple(X.shape)} and {tuple(K.shape)}'
        )
    (n_h, n_w), (k_h, k_w) = X.shape, K.shape
    if not (1 <= k_h <= n_h and 1 <= k_w <= n_w):
        raise ValueError(
            f'a kernel of shape {k_h} x {k_w} does not fit '
            f'into an input of shape {n_h} x {n_w}'
        )
    H = torch.zeros(
        n_h - k_h + 1,
        n_w - k_w + 1,
        device=X.device,
        dtype=torch.result_type(X, K),
    )
    for i in range(n_h - k_h + 1):
        for j in range(n_w - k_w + 1):
            H[i, j] = (K * X[i : i + k_h, j : j + k_w]).sum()
    return H


class LeNet(d2l.Classifier):
    """LeNet-5, with a linear output layer, for gray images.

    `lr` > 0 is the learning rate.  `activation` and `pooling` are classes of
    modules: by default the historical ones, sigmoid and average pooling;
    `pooling` is made with a window of 2.  Images need 28 × 28 pixels for
    the published layer sizes, and at least 12 × 12.
    Source: LeCun, Bottou, Bengio and Haffner (1998).

    Defined in ``convolutional-neural-networks/lenet``.
    """

    def __init__(
        self,
        lr=0.1,
        num_classes=10,
        activation=nn.Sigmoid,
        pooling=nn.AvgPool2d,
    ):
        super().__init__()
        if not lr > 0:
            raise ValueError(f'lr must be a positive number, not {lr}')
        if not hasattr(num_classes, '__index__') or num_classes < 1:
            raise ValueError(
                f'num_classes must be a positive integer, not {num_classes!r}'
            )
        self.save_hyperparameters()
        layers = []
        for channels, padding in ((6, 2), (16, 0)):
            layers += [
                nn.LazyConv2d(channels, 5, padding=padding),
                activation(),
                pooling(2),
            ]
        layers.append(nn.Flatten())
        for units in (120, 84):
            layers += [nn.LazyLinear(units), activation()]
        self.net = nn.Sequential(*layers, nn.LazyLinear(num_classes))


def init_cnn(module):
    """Xavier-uniform weights for a linear or convolutional layer.

    Other modules are left alone, and so are biases.  To be used as in
    ``model.apply_init([X], d2l.init_cnn)``.  Raises RuntimeError for a lazy
    layer that has no shape yet.  Source: Glorot and Bengio (2010).

    Defined in ``convolutional-neural-networks/lenet``.
    """
    kinds = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
    if not isinstance(module, kinds):
        return
    if nn.parameter.is_lazy(module.weight):
        raise RuntimeError(
            f'{type(module).__name__} has no weights to fill '
            'before it has seen an input: use '
            'model.apply_init([X], d2l.init_cnn)'
        )
    nn.init.xavier_uniform_(module.weight)


def _run_counting(module, X):
    """The output of `module` for `X`, and the multiply–adds it took.

    Defined in ``convolutional-neural-networks/lenet``.
    """
    counts = []

    def count(layer, inputs, output):
        fan_in = layer.weight[0].numel()  # numbers that make one output
        counts.append(output.numel() * fan_in)

    kinds = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
    hooks = [
        layer.register_forward_hook(count)
        for layer in module.modules()
        if isinstance(layer, kinds)
    ]
    try:
        return module(X), sum(counts)
    finally:
        for hook in hooks:
            hook.remove()


@contextlib.contextmanager
def _evaluation_mode(module):
    """All parts of `module` in evaluation mode, afterwards as they were.

    Defined in ``convolutional-neural-networks/lenet``.
    """
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


@torch.no_grad()
def stage_costs(model, X_shape):
    """What each stage of a model puts out, stores and computes.

    `model` is an `nn.Sequential` or has one as its attribute ``net``;
    `X_shape` includes the axis of examples, as in (1, 1, 28, 28).  Lazy
    layers get their parameters; on the device `meta` nothing is computed.

    Returns a DataFrame with a row for each stage and one for their total.
    Multiply–adds are those of convolutional and linear layers for *one*
    example, without biases.  Raises TypeError for other models, ValueError
    for a shape without examples, RuntimeError where a stage does not fit.

    Defined in ``convolutional-neural-networks/lenet``.
    """
    net, rows = getattr(model, 'net', model), {}
    if not isinstance(net, nn.Sequential):
        raise TypeError(
            'expected an nn.Sequential, or a model that has one '
            f'as its attribute net, not {type(model).__name__}'
        )
    if len(X_shape) < 2 or min(X_shape) < 1:
        raise ValueError(
            'X_shape must hold the number of examples and the '
            f'shape of one, as in (1, 1, 28, 28), not {X_shape}'
        )
    first = next(net.parameters(), torch.empty(0))
    X = torch.zeros(X_shape, device=first.device)
    with _evaluation_mode(net):
        for key, stage in net._modules.items():
            try:
                H, count = _run_counting(stage, X)
            except RuntimeError as error:
                raise RuntimeError(
                    f'stage {key} {type(stage).__name__} does not take an '
                    f'input of shape {tuple(X.shape)}: {error}'
                ) from error
            X = H
            rows[f'{key} {type(stage).__name__}'] = (
                ' × '.join(str(n) for n in X.shape[1:]),
                sum(p.numel() for p in stage.parameters()),
                count // X_shape[0],
            )
    rows['total'] = (
        '',
        sum(p.numel() for p in net.parameters()),
        sum(row[2] for row in rows.values()),
    )
    return pd.DataFrame.from_dict(
        rows, orient='index', columns=['output', 'parameters', 'multiply–adds']
    )


@torch.no_grad()
def report(name, trainer, epoch_seconds, epochs=None):
    """Show, and record, what a trained classifier reaches and costs.

    To be called after ``trainer.fit``, in a notebook.  `name` is that of the
    network, `epoch_seconds` the time of an epoch, and `epochs` their number,
    by default that of the trainer.  A table with one row appears; its
    numbers are kept with the notebook for the comparison of all networks.
    Returns the accuracy on all validation data, which is computed here, in
    evaluation mode.

    Multiply–adds are counted as by `d2l.stage_costs`, for one example.
    Raises RuntimeError if nothing was trained, and TypeError or ValueError
    for other bad arguments.

    Defined in ``convolutional-neural-networks/lenet``.
    """
    model = getattr(trainer, 'model', None)
    _check_report(name, model, epoch_seconds)
    correct = []
    with _evaluation_mode(model):
        for batch in trainer.val_dataloader or ():
            *inputs, y = trainer.prepare_batch(batch)
            correct.append(model.accuracy(model(*inputs), y, averaged=False))
        if not correct:
            raise ValueError('there are no validation data to evaluate on')
        _, count = _run_counting(model, inputs[0][:1])
    accuracy = torch.cat(correct).mean().item()
    _show_record(
        {
            'name': name,
            'input': list(inputs[0].shape[1:]),
            'accuracy': accuracy,
            'parameters': sum(p.numel() for p in model.parameters()),
            'multiply_adds': count,
            'epochs': epochs or trainer.max_epochs,
            'epoch_seconds': float(epoch_seconds),
        }
    )
    return accuracy


def _check_report(name, model, epoch_seconds):
    """Raise an error if these are no arguments for `report`.

    Defined in ``convolutional-neural-networks/lenet``.
    """
    if model is None:
        raise RuntimeError(
            'the trainer has no model yet: call '
            'trainer.fit(model, data) before report'
        )
    if not isinstance(model, d2l.Classifier):
        raise TypeError(
            'report needs a d2l.Classifier, which has an '
            f'accuracy, not a {type(model).__name__}'
        )
    if not isinstance(name, str) or not name:
        raise TypeError(f'name must be a text such as "LeNet", not {name!r}')
    if not 0 < epoch_seconds < math.inf:
        raise ValueError(
            'epoch_seconds must be a positive number of '
            f'seconds, not {epoch_seconds}'
        )


def _show_record(record):
    """Display a table of one row and, for the book's tables, its numbers.

    Defined in ``convolutional-neural-networks/lenet``.
    """
    table = pd.DataFrame(
        {
            'network': [record['name']],
            'input': ' × '.join(str(n) for n in record['input']),
            'test accuracy': f'{record["accuracy"]:.4f}',
            'parameters': f'{record["parameters"]:,}',
            'multiply–adds': f'{record["multiply_adds"]:,}',
            'epochs': record['epochs'],
            'seconds per epoch': f'{record["epoch_seconds"]:.3g}',
        }
    )
    if get_ipython() is None:
        print(table.to_string(index=False))
        return
    display.display(
        {
            'text/plain': table.to_string(index=False),
            'text/html': table.to_html(index=False),
            'application/vnd.d2l.result+json': record,
        },
        raw=True,
    )


def _check_block(**sizes):
    """Raise ValueError unless every size is a positive integer.

    Defined in ``convolutional-modern/resnet``.
    """
    for name, value in sizes.items():
        if not hasattr(value, '__index__') or value < 1:
            raise ValueError(
                f'{name} must be a positive integer, not {value!r}'
            )


def _add_shortcut(S, H):
    """relu(`S` + `H`) for a shortcut and a residual of the same shape.

    Defined in ``convolutional-modern/resnet``.
    """
    if S.shape != H.shape:
        raise ValueError(
            f'cannot add the shortcut of shape {tuple(S.shape)} '
            f'to the residual of shape {tuple(H.shape)}: where '
            'channels or resolution change, the block needs '
            'use_1x1conv=True'
        )
    return F.relu(S + H)


class Residual(nn.Module):
    """Two 3×3 convolutions with a shortcut around them.

    Takes (n, c, h, w) to (n, `num_channels`, h', w') with h' = h / `strides`,
    rounded up, and w' likewise.  If shapes change, the shortcut needs a 1×1
    convolution, `use_1x1conv`; without it they must agree, or ValueError is
    raised.  Source: He, Zhang, Ren and Sun (2016).

    Defined in ``convolutional-modern/resnet``.
    """

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        _check_block(num_channels=num_channels, strides=strides)

        def conv(kernel_size, stride=1):
            return nn.LazyConv2d(
                num_channels,
                kernel_size,
                stride,
                padding=kernel_size // 2,
                bias=False,
            )

        self.conv1, self.bn1 = conv(3, strides), nn.LazyBatchNorm2d()
        self.conv2, self.bn2 = conv(3), nn.LazyBatchNorm2d()
        self.conv3 = conv(1, strides) if use_1x1conv else None
        self.bn3 = nn.LazyBatchNorm2d() if use_1x1conv else None

    def residual(self, X):
        """What the two convolutions make of `X`, before it is added."""
        H = F.relu(self.bn1(self.conv1(X)))
        return self.bn2(self.conv2(H))

    def forward(self, X):
        """The rectified sum of shortcut and residual."""
        S = X if self.conv3 is None else self.bn3(self.conv3(X))
        return _add_shortcut(S, self.residual(X))


class ResNeXtBlock(nn.Module):
    """A bottleneck with a grouped convolution, and a shortcut around it.

    The convolutions are 1×1, 3×3 and 1×1; the first two have
    middle = round(`num_channels` * `bot_mul`) channels.  `groups` is the
    width of a group, NOT the number of groups: the 3×3 convolution has
    middle // `groups` groups of `groups` channels.  The name is that of
    existing notebooks, which count like this.  ValueError is raised unless
    middle is a multiple of `groups`.  Shapes, `use_1x1conv` and `strides`
    are as in `Residual`.
    Source: Xie, Girshick, Dollár, Tu and He (2017).

    Defined in ``convolutional-modern/resnet``.
    """

    def __init__(
        self, num_channels, groups, bot_mul, use_1x1conv=False, strides=1
    ):
        super().__init__()
        middle = round(num_channels * bot_mul)
        _check_block(
            num_channels=num_channels,
            strides=strides,
            groups=groups,
            **{'num_channels * bot_mul': middle},
        )
        if middle % groups:
            raise ValueError(
                f'{middle} channels in the middle cannot be '
                f'divided into groups of {groups} channels'
            )

        def conv(channels, kernel_size=1, **kwargs):
            return nn.LazyConv2d(channels, kernel_size, bias=False, **kwargs)

        self.conv1, self.bn1 = conv(middle), nn.LazyBatchNorm2d()
        self.conv2 = conv(
            middle, 3, stride=strides, padding=1, groups=middle // groups
        )
        self.bn2 = nn.LazyBatchNorm2d()
        self.conv3, self.bn3 = conv(num_channels), nn.LazyBatchNorm2d()
        self.conv4 = self.bn4 = None
        if use_1x1conv:
            self.conv4 = conv(num_channels, stride=strides)
            self.bn4 = nn.LazyBatchNorm2d()

    def forward(self, X):
        """The rectified sum of shortcut and residual."""
        H = F.relu(self.bn1(self.conv1(X)))  # (n, middle, h, w)
        H = F.relu(self.bn2(self.conv2(H)))  # (n, middle, h', w')
        S = X if self.conv4 is None else self.bn4(self.conv4(X))
        return _add_shortcut(S, self.bn3(self.conv3(H)))


def show_heatmaps(
    matrices,
    xlabel,
    ylabel,
    titles=None,
    figsize=(2.5, 2.5),
    cmap='Reds',
    xticks=None,
    yticks=None,
):
    """Draw matrices as grids of colored cells, on one scale of colors.

    `matrices` has shape (rows, columns, queries, keys): the panel in row i
    and column j shows `matrices[i, j]`.  `titles` has one title for each
    column of panels; `xticks` and `yticks`, if given, are the names of
    keys and queries.  `figsize` is in inches.  Raises ValueError where the
    numbers do not agree.

    Defined in ``attention-mechanisms-and-transformers/queries-keys-values``.
    """
    matrices = torch.as_tensor(matrices).detach().float().cpu().numpy()
    _check_heatmaps(matrices, titles, xticks, yticks)
    d2l.use_svg_display()
    fig, axes = d2l.plt.subplots(
        *matrices.shape[:2],
        figsize=figsize,
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    low, high = min(0, matrices.min()), matrices.max()
    for (i, j), ax in np.ndenumerate(axes):
        image = ax.imshow(matrices[i, j], cmap=cmap, vmin=low, vmax=high)
        if titles is not None and i == 0:
            ax.set_title(titles[j])
    for ax in axes[-1]:
        ax.set_xlabel(xlabel)
        if xticks is not None:
            ax.set_xticks(range(len(xticks)), xticks, rotation=90)
    for ax in axes[:, 0]:
        ax.set_ylabel(ylabel)
        if yticks is not None:
            ax.set_yticks(range(len(yticks)), yticks)
    fig.colorbar(image, ax=axes, shrink=0.6)


def _check_heatmaps(matrices, titles, xticks, yticks):
    """Raise ValueError unless `matrices` has four axes and the names fit.

    Defined in ``attention-mechanisms-and-transformers/queries-keys-values``.
    """
    if matrices.ndim != 4 or matrices.size == 0:
        raise ValueError(
            'matrices must have shape (rows, columns, queries, '
            f'keys), not {matrices.shape}'
        )
    given = {
        'titles': (titles, 1),
        'yticks': (yticks, 2),
        'xticks': (xticks, 3),
    }
    for name, (labels, axis) in given.items():
        n = matrices.shape[axis]
        if labels is not None and len(labels) != n:
            raise ValueError(f'{name} must hold {n} names, not {len(labels)}')


def masked_softmax(X, valid_lens):
    """Softmax over the last axis of scores, with invalid keys left out.

    `X` has shape (batch, queries, keys).  `valid_lens` is None (all keys
    are valid), or holds how many of the first keys are, for each example,
    of shape (batch,), or for each query, of shape (batch, queries).  Invalid
    keys get the weight 0; if no key is valid, all weights are 0.  Raises
    ValueError for other shapes.

    Defined in ``attention-mechanisms-and-transformers/attention-scoring-functions``.
    """
    if X.dim() != 3:
        raise ValueError(
            'scores must have shape (batch, queries, keys), '
            f'not {tuple(X.shape)}'
        )
    if valid_lens is None:
        return nn.functional.softmax(X, dim=-1)
    if valid_lens.shape not in (X.shape[:1], X.shape[:2]):
        raise ValueError(
            f'valid_lens must have shape {tuple(X.shape[:1])} or '
            f'{tuple(X.shape[:2])}, not {tuple(valid_lens.shape)}'
        )
    lens = valid_lens.to(X.device).reshape(
        *valid_lens.shape, *[1] * (3 - valid_lens.dim())
    )  # (b, 1, 1) or (b, q, 1)
    invalid = torch.arange(X.shape[-1], device=X.device) >= lens
    scores = X.masked_fill(invalid, torch.finfo(X.dtype).min)
    return nn.functional.softmax(scores, dim=-1).masked_fill(invalid, 0)


def _check_attention(queries, keys, values):
    """Raise ValueError unless shapes are (b, q, .), (b, k, .), (b, k, .).

    Defined in ``attention-mechanisms-and-transformers/attention-scoring-functions``.
    """
    shapes = [tuple(X.shape) for X in (queries, keys, values)]
    if (
        any(len(shape) != 3 for shape in shapes)
        or len({shape[0] for shape in shapes}) > 1
        or shapes[1][1] != shapes[2][1]
    ):
        raise ValueError(
            'queries, keys and values must have shapes (batch, queries, .), '
            '(batch, keys, .) and (batch, keys, .), not '
            + ', '.join(map(str, shapes))
        )


class DotProductAttention(nn.Module):
    """Scaled dot product attention.

    `dropout` is the probability of dropping a weight in training.  After
    `forward`, `attention_weights` of shape (batch, queries, keys) holds the
    weights, before dropout and without gradients.

    Defined in ``attention-mechanisms-and-transformers/attention-scoring-functions``.
    """

    def __init__(self, dropout):
        super().__init__()
        self.dropout = nn.Dropout(dropout)

    def forward(self, queries, keys, values, valid_lens=None):
        """Mixtures of values, of shape (batch, queries, v).

        Shapes are (batch, queries, d), (batch, keys, d), (batch, keys, v);
        `valid_lens` is as in `masked_softmax`.  Raises ValueError otherwise.
        """
        _check_attention(queries, keys, values)
        if queries.shape[2] != keys.shape[2]:
            raise ValueError(
                f'queries of {queries.shape[2]} components and '
                f'keys of {keys.shape[2]} have no dot product'
            )
        d = queries.shape[2]
        scores = queries @ keys.transpose(1, 2) / math.sqrt(d)  # (b, q, k)
        weights = d2l.masked_softmax(scores, valid_lens)
        self.attention_weights = weights.detach()
        return self.dropout(weights) @ values  # (b, q, v)


class AdditiveAttention(nn.Module):
    """Additive attention (Bahdanau, Cho and Bengio, 2015).

    `num_hiddens` is the number of hidden units of the scoring network and
    `dropout` the probability of dropping a weight in training.  After
    `forward`, `attention_weights` of shape (batch, queries, keys) holds the
    weights, before dropout and without gradients.

    Defined in ``attention-mechanisms-and-transformers/attention-scoring-functions``.
    """

    def __init__(self, num_hiddens, dropout, **kwargs):
        super().__init__(**kwargs)
        self.W_k = nn.LazyLinear(num_hiddens, bias=False)
        self.W_q = nn.LazyLinear(num_hiddens, bias=False)
        self.w_v = nn.LazyLinear(1, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, queries, keys, values, valid_lens=None):
        """Mixtures of values, of shape (batch, queries, v).

        Shapes are (batch, queries, d_q), (batch, keys, d_k), (batch, keys,
        v); `valid_lens` is as in `masked_softmax`.  Raises ValueError
        otherwise.
        """
        _check_attention(queries, keys, values)
        features = torch.tanh(
            self.W_q(queries).unsqueeze(2)  # (b, q, 1, h)
            + self.W_k(keys).unsqueeze(1)
        )  # (b, 1, k, h)
        scores = self.w_v(features).squeeze(-1)  # (b, q, k)
        weights = d2l.masked_softmax(scores, valid_lens)
        self.attention_weights = weights.detach()
        return self.dropout(weights) @ values  # (b, q, v)


DATA_HUB = {}
DATA_URL = 'http://d2l-data.s3-accelerate.amazonaws.com/'
DATA_HUB['time_machine'] = (
    DATA_URL + 'timemachine.txt',
    '090b5e7e70c295757f55df93cb0a180b9691891a',
)
DATA_HUB['airfoil'] = (
    DATA_URL + 'airfoil_self_noise.dat',
    '76e5be1548fd8222e5074cf0faae75edff8cf93f',
)
DATA_HUB['fra-eng'] = (
    DATA_URL + 'fra-eng.zip',
    '94646ad1522d915e7b0f9296181140edcf86a4f5',
)


def download(url, folder='../data', sha1_hash=None):
    """Download a file into `folder` unless it is there; returns its path.

    `url` is an address or a name in `DATA_HUB`.  With `sha1_hash`, or the
    checksum in `DATA_HUB`, a file that has other contents is not accepted.
    Raises `d2l.data.DataError`, which says what was tried.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    from d2l import data as catalogue

    if url in d2l.DATA_HUB:
        url, known = d2l.DATA_HUB[url]
        sha1_hash = sha1_hash or known
    return str(catalogue.download(url, folder, sha1_hash))


def extract(filename, folder=None):
    """Unpack a zip or tar archive into `folder`, by default its own folder.

    An archive that would write elsewhere is refused (`d2l.data.DataError`).

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    from d2l import data as catalogue

    catalogue.unpack(filename, folder)


def download_extract(name, folder=None):
    """Download and unpack an archive; returns the folder of its contents.

    `name` is an address or a name in `DATA_HUB`.  The contents are expected
    in `folder`, by default a folder named like the archive; they are put
    there if the archive has no folder of that name.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    from d2l import data as catalogue

    archive = d2l.download(name)
    base, file = os.path.split(archive)
    folder = folder or re.sub(r'(\.tar)?\.\w+$', '', file)
    target = os.path.join(base, folder)
    inside = any(
        member.startswith(folder.rstrip('/') + '/')
        for member in catalogue.names(archive)
    )
    d2l.extract(archive, base if inside else target)
    return target


def tokenize(lines, token='word'):
    """Split each line into a list of tokens: 'word' or 'char'.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    if token not in ('word', 'char'):
        raise ValueError(f"token must be 'word' or 'char', not {token!r}")
    return [line.split() if token == 'word' else list(line) for line in lines]


def truncate_pad(line, num_steps, padding_token):
    """The list `line` with exactly `num_steps` items.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    missing = max(0, num_steps - len(line))
    return line[:num_steps] + [padding_token] * missing


def sequence_mask(X, valid_len, value=0):
    """Replace what lies beyond the valid length of each sequence by `value`.

    `X` has shape (batch, steps, ...) and `valid_len` shape (batch,).
    Returns a new tensor.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    steps = torch.arange(X.shape[1], device=X.device)
    beyond = steps >= valid_len.to(X.device)[:, None]  # (batch, steps)
    return X.masked_fill(
        beyond.reshape(beyond.shape + (1,) * (X.dim() - 2)), value
    )


def load_array(data_arrays, batch_size, is_train=True):
    """A loader of minibatches of tensors with one example per row.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    dataset = torch.utils.data.TensorDataset(*data_arrays)
    return torch.utils.data.DataLoader(dataset, batch_size, shuffle=is_train)


def get_dataloader_workers():
    """The number of processes that read data: four, or fewer processors.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return min(4, os.cpu_count() or 1)


def synthetic_data(w, b, num_examples):
    """Noisy examples of a linear relation.

    `w` has one weight per feature.  Returns features of shape
    (num_examples, features) and labels of shape (num_examples, 1).

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    X = torch.randn(num_examples, len(w))
    y = X @ w.reshape(-1, 1) + b  # (num_examples, 1)
    return X, y + 0.01 * torch.randn(y.shape)


def show_images(imgs, num_rows, num_cols, titles=None, scale=1.5):
    """Draw images in a grid; returns the axes, row by row.

    Images have shape (height, width) or (height, width, channels), or are
    PIL images.  `scale` is the size of one in inches.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    size = (num_cols * scale, num_rows * scale)
    _, axes = plt.subplots(num_rows, num_cols, figsize=size, squeeze=False)
    for i, ax in enumerate(axes.flat):
        ax.axis('off')
        if i < len(imgs):
            image = imgs[i]
            if torch.is_tensor(image):
                image = image.detach().cpu().numpy()
            ax.imshow(image, cmap='gray')
            if titles:
                ax.set_title(titles[i])
    return axes.flatten()


def get_fashion_mnist_labels(labels):
    """The names of Fashion-MNIST's classes for numbers from 0 to 9.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return [d2l.FashionMNIST.classes[int(label)] for label in labels]


def load_data_fashion_mnist(batch_size, resize=None):
    """Fashion-MNIST as two iterables of minibatches, training and test.

    A minibatch is a pair of images, shape (batch, 1, height, width), and
    labels, shape (batch,).  `resize` is a height and width in pixels, one
    number for both or a pair; by default the images have 28 × 28.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    data = d2l.FashionMNIST(batch_size, (28, 28) if resize is None else resize)
    return data.train_dataloader(), data.val_dataloader()


def linreg(X, w, b):
    """The linear model: (batch, features) to (batch, 1).

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return torch.matmul(X, w) + b


def squared_loss(y_hat, y):
    """Half of the squared error of each example, in the shape of `y_hat`.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return (y_hat - y.reshape(y_hat.shape)).square() / 2


@torch.no_grad()
def sgd(params, lr, batch_size):
    """A step against the mean gradient; clears the gradients afterwards.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    for param in params:
        param.sub_(param.grad, alpha=lr / batch_size)
        param.grad.zero_()


class Accumulator:
    """Running sums of `n` quantities; `self[i]` is the sum of the i-th.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """

    def __init__(self, n):
        self.data = [0.0] * n

    def add(self, *args):
        """Add one number, or tensor of one element, to each sum."""
        numbers = [
            value.item() if torch.is_tensor(value) else float(value)
            for value in args
        ]
        self.data = [
            total + number
            for total, number in zip(self.data, numbers, strict=True)
        ]

    def reset(self):
        """Start again from zero."""
        self.data = [0.0] * len(self.data)

    def __getitem__(self, index):
        return self.data[index]


def accuracy(y_hat, y):
    """The number of correct predictions, as a float.

    `y_hat` has shape (batch, classes), with scores, or (batch,), with
    predicted classes; `y` has shape (batch,).

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    if y_hat.dim() > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(dim=1)
    return float((y_hat.type(y.dtype) == y).sum())


@torch.no_grad()
def evaluate_loss(net, data_iter, loss):
    """The mean loss per element of the function or module `net`.

    `loss(y_hat, y)` gives one loss per element, or the loss of a batch.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    sums = d2l.Accumulator(2)  # of losses, of elements
    for X, y in data_iter:
        y_hat = net(X)
        if y.numel() == y_hat.numel():
            y = y.reshape(y_hat.shape)
        losses = loss(y_hat, y)
        sums.add(losses.sum(), losses.numel())
    return sums[0] / sums[1]


@torch.no_grad()
def evaluate_accuracy_gpu(net, data_iter, device=None):
    """The accuracy of the module `net` on minibatches (X, y).

    `X` may be a list of tensors.  Everything is computed on `device`, by
    default where the parameters of `net` are.  Raises ValueError when there
    are no examples.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    if device is None:
        first = next(iter(net.parameters()), None)
        device = torch.device('cpu') if first is None else first.device
    was_training = net.training
    net.eval()
    sums = d2l.Accumulator(2)  # correct predictions, predictions
    for X, y in data_iter:
        X = (
            [x.to(device) for x in X]
            if isinstance(X, list | tuple)
            else X.to(device)
        )
        y = y.to(device)
        sums.add(d2l.accuracy(net(X), y), y.numel())
    net.train(was_training)
    if not sums[1]:
        raise ValueError(
            'the accuracy of no examples is not defined: '
            'data_iter gave no minibatch'
        )
    return sums[0] / sums[1]


def train_ch6(net, train_iter, test_iter, num_epochs, lr, device):
    """Train the classifier `net` on `device`; draw and print how it went.

    The iterables give minibatches (X, y) of inputs and classes.  Linear and
    convolutional weights are first set by `d2l.init_cnn`; then SGD with the
    learning rate `lr` follows the mean cross-entropy for `num_epochs`.
    Raises ValueError if `num_epochs` < 1 or `train_iter` gives nothing.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    if num_epochs < 1:
        raise ValueError(f'num_epochs must be 1 or more, not {num_epochs}')
    net.apply(d2l.init_cnn).to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr)
    board = d2l.Animator(
        xlabel='epoch',
        xlim=[1, num_epochs],
        legend=['train loss', 'train acc', 'test acc'],
    )
    seconds = 0
    for epoch in range(1, num_epochs + 1):
        start = time.perf_counter()
        loss, acc, examples = _train_epoch(net, train_iter, optimizer, device)
        seconds += time.perf_counter() - start
        test_acc = d2l.evaluate_accuracy_gpu(net, test_iter, device)
        board.add(epoch, (loss, acc, test_acc))
    print(
        f'loss {loss:.3f}, train acc {acc:.3f}, test acc {test_acc:.3f}; '
        f'{num_epochs * examples / seconds:.0f} examples/s on {device}'
    )


def _train_epoch(net, data_iter, optimizer, device):
    """One epoch: mean loss, accuracy, and number of examples.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    net.train()
    sums = d2l.Accumulator(3)  # of losses, correct predictions, examples
    for X, y in data_iter:
        X, y = X.to(device), y.to(device)
        Y_hat = net(X)
        loss = F.cross_entropy(Y_hat, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        sums.add(loss.detach() * len(y), d2l.accuracy(Y_hat, y), len(y))
    if not sums[2]:
        raise ValueError(
            'there is nothing to train on: train_iter gave no minibatch'
        )
    return sums[0] / sums[2], sums[1] / sums[2], int(sums[2])


def grad_clipping(net, theta):
    """Scale the gradients of a model so that their norm is at most `theta`.

    `net` is a module, or has its parameters in the attribute ``params``.
    Source: Pascanu, Mikolov and Bengio (2013).

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    params = net.parameters() if isinstance(net, nn.Module) else net.params
    grads = [p.grad for p in params if p.grad is not None]
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    if norm > theta:
        for g in grads:
            g.mul_(theta / norm)


class Animator(d2l.ProgressBoard):
    """Curves that grow while a loop runs; see `add`.

    `legend` names the curves and `fmts` gives their formats in turn, in the
    notation of matplotlib.  The curves are in the first of the axes; `X` and
    `Y` hold their points.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """

    formats = ('-', 'm--', 'g-.', 'r:')

    def __init__(
        self,
        xlabel=None,
        ylabel=None,
        legend=None,
        xlim=None,
        ylim=None,
        xscale='linear',
        yscale='linear',
        fmts=formats,
        nrows=1,
        ncols=1,
        figsize=(3.5, 2.5),
    ):
        super().__init__(xlabel, ylabel, xlim, ylim, xscale, yscale)
        self.legend, self.fmts = legend, fmts
        self.fig = plt.Figure(figsize=figsize)
        self.axes = list(self.fig.subplots(nrows, ncols, squeeze=False).flat)
        self.X, self.Y = [], []

    def add(self, x, y):
        """Add a point to every curve: `y` is one number or one per curve."""
        ys = y if isinstance(y, (list, tuple)) or np.ndim(y) else [y]
        xs = x if isinstance(x, (list, tuple)) or np.ndim(x) else [x] * len(ys)
        while len(self.X) < len(ys):
            self.X.append([])
            self.Y.append([])
        for i, (a, b) in enumerate(zip(xs, ys, strict=True)):
            if a is not None and b is not None:
                self.X[i].append(self._number(a))
                self.Y[i].append(self._number(b))
        self._announce()

    def config_axes(self):
        """Set labels, limits, scales and legend of the axes."""
        d2l.set_axes(
            self.axes[0],
            self.xlabel,
            self.ylabel,
            self.xlim,
            self.ylim,
            self.xscale,
            self.yscale,
            self.legend,
        )

    def update(self):
        """Bring the figure up to date with `X` and `Y`; returns the figure."""
        self.axes[0].cla()
        for i, (X, Y) in enumerate(zip(self.X, self.Y)):
            self.axes[0].plot(X, Y, self.fmts[i % len(self.fmts)])
        self.config_axes()
        return self.fig


int32, int64, float32 = torch.int32, torch.int64, torch.float32
zeros, zeros_like = torch.zeros, torch.zeros_like
ones, ones_like = torch.ones, torch.ones_like
tensor, eye = torch.tensor, torch.eye
arange, linspace, meshgrid = torch.arange, torch.linspace, torch.meshgrid
rand, randn, normal = torch.rand, torch.randn, torch.normal
exp, log, sigmoid = torch.exp, torch.log, torch.sigmoid
sin, cos = torch.sin, torch.cos
sinh, cosh, tanh = torch.sinh, torch.cosh, torch.tanh
matmul, batch_matmul = torch.matmul, torch.bmm
stack, concat = torch.stack, torch.cat


def abs(x, *args, **kwargs):
    """The absolute value of a tensor, or of a number.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    if torch.is_tensor(x):
        return torch.abs(x, *args, **kwargs)
    return x.__abs__()


def numpy(x, *args, **kwargs):
    """The values of a tensor as a NumPy array, without gradient.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.detach().cpu().numpy(*args, **kwargs)


def size(x, *args, **kwargs):
    """The number of elements.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.numel(*args, **kwargs)


def to(x, *args, **kwargs):
    """A tensor on another device or of another type.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.to(*args, **kwargs)


def astype(x, *args, **kwargs):
    """A tensor of another type.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.type(*args, **kwargs)


def reduce_sum(x, *args, **kwargs):
    """The sum over all or some axes.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.sum(*args, **kwargs)


def reduce_mean(x, *args, **kwargs):
    """The mean over all or some axes.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.mean(*args, **kwargs)


def argmax(x, *args, **kwargs):
    """The index of the largest element.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.argmax(*args, **kwargs)


def repeat(x, *args, **kwargs):
    """A tensor tiled along its axes.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.repeat(*args, **kwargs)


def reshape(x, *args, **kwargs):
    """The elements in another shape.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.reshape(*args, **kwargs)


def transpose(x, *args, **kwargs):
    """The transpose of a matrix.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.t(*args, **kwargs)


def swapaxes(x, *args, **kwargs):
    """A tensor with two axes exchanged.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.swapaxes(*args, **kwargs)


def expand_dims(x, *args, **kwargs):
    """A tensor with one more axis, of length one.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    return x.unsqueeze(*args, **kwargs)
