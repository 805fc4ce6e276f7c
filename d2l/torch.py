"""The saved functions and classes of the book, for PyTorch.

Generated from the cells marked with ``#@save`` in ``chapters/`` by
``make lib``.  Change the section that a definition names, not this file.
"""

import collections
import contextlib
import dataclasses
import hashlib
import inspect
import json
import math
import os
import random
import re
import shutil
import sys
import tarfile
import time
import unicodedata
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
    'AddNorm',
    'AdditiveAttention',
    'Animator',
    'AttentionDecoder',
    'Classifier',
    'DATA_HUB',
    'DATA_URL',
    'DataModule',
    'Decoder',
    'DotProductAttention',
    'EmojiNames',
    'Encoder',
    'EncoderDecoder',
    'F',
    'FashionMNIST',
    'GRU',
    'HyperParameters',
    'Hypothesis',
    'Image',
    'ImageTensorDataset',
    'LeNet',
    'LinearRegression',
    'LinearRegressionScratch',
    'MTFraEng',
    'MaskedSoftmaxCELoss',
    'MinibatchSampler',
    'MobyDick',
    'Module',
    'MultiHeadAttention',
    'PositionWiseFFN',
    'PositionalEncoding',
    'ProgressBoard',
    'RNN',
    'RNNLM',
    'RNNLMScratch',
    'RNNScratch',
    'ResNeXtBlock',
    'Residual',
    'SGD',
    'Seq2Seq',
    'Seq2SeqAttentionDecoder',
    'Seq2SeqDecoder',
    'Seq2SeqEncoder',
    'SoftmaxRegression',
    'SyntheticRegressionData',
    'TextData',
    'TimeMachine',
    'Trainer',
    'TransformerDecoder',
    'TransformerDecoderBlock',
    'TransformerEncoder',
    'TransformerEncoderBlock',
    'TranslationData',
    'Vocab',
    'WarmupSeq2Seq',
    'WindowSampler',
    'abs',
    'accuracy',
    'add_to_class',
    'arange',
    'argmax',
    'astype',
    'backend_inline',
    'batch_matmul',
    'beam_search',
    'bleu',
    'build_array_nmt',
    'check_len',
    'check_shape',
    'collections',
    'concat',
    'contextlib',
    'corpus_bleu',
    'corr2d',
    'cos',
    'cosh',
    'cpu',
    'd2l',
    'data',
    'dataclasses',
    'decoder_steps',
    'defaultdict',
    'display',
    'distance_matrix',
    'download',
    'download_extract',
    'emoji_family',
    'evaluate_accuracy_gpu',
    'evaluate_loss',
    'evaluate_translation',
    'exhaustive_search',
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
    'greedy_search',
    'hashlib',
    'init_cnn',
    'init_seq2seq',
    'inspect',
    'int32',
    'int64',
    'json',
    'linreg',
    'linspace',
    'load_array',
    'load_data_fashion_mnist',
    'load_data_nmt',
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
    'perplexity',
    'plot',
    'plt',
    'predict_seq2seq',
    'preprocess_nmt',
    'rand',
    'randn',
    'random',
    're',
    'read_data_nmt',
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
    'show_list_len_pair_hist',
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
    'tokenize_nmt',
    'torch',
    'torchvision',
    'train_ch6',
    'train_seq2seq',
    'transforms',
    'translate',
    'transpose',
    'truncate_pad',
    'try_all_gpus',
    'try_gpu',
    'unicodedata',
    'use_svg_display',
    'words',
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

    def clip_gradients(self, grad_clip_val, model):
        """Shorten the gradient of `model` to the norm `grad_clip_val`.

        It is changed in place.  The norm is that of all gradients as one
        vector; a gradient that is short enough stays as it is.  Returns the
        norm before.  Raises ValueError if `grad_clip_val` is not positive,
        and RuntimeError if there are no gradients.

        Source: Pascanu, Mikolov and Bengio (2013).

        Defined in ``recurrent-neural-networks/rnn-scratch``.
        """
        if not grad_clip_val > 0:
            raise ValueError(
                f'grad_clip_val must be positive, not {grad_clip_val}'
            )
        grads = [p.grad for p in model.parameters() if p.grad is not None]
        if not grads:
            raise RuntimeError('there are no gradients: call backward first')
        norm = torch.stack([g.norm() for g in grads]).norm()
        scale = torch.clamp(grad_clip_val / norm, max=1)
        for grad in grads:
            grad.mul_(scale)
        return norm


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


class TextData(d2l.DataModule):
    """Base of data modules that are one long text.

    A subclass defines `_download`, which returns the text as it is in the
    file.  `token` says what a token is, 'char' or 'word'.

    Defined in ``recurrent-neural-networks/text-sequence``.
    """

    token = 'char'

    def _download(self):
        raise NotImplementedError(
            f'{type(self).__name__} must define '
            '_download() and return a string'
        )

    def _preprocess(self, text):
        return re.sub('[^A-Za-z]+', ' ', text).lower()

    def _tokenize(self, text):
        if self.token not in ('char', 'word'):
            raise ValueError(
                f"token must be 'char' or 'word', not {self.token!r}"
            )
        return list(text) if self.token == 'char' else text.split()

    def build(self, raw_text, vocab=None):
        """The numbers of all tokens of a text, a list, and its vocabulary.

        With `vocab` the tokens are numbered by this vocabulary, otherwise by a
        new one.
        """
        tokens = self._tokenize(self._preprocess(raw_text))
        vocab = d2l.Vocab(tokens) if vocab is None else vocab
        return vocab[tokens], vocab

    def _set_corpus(self, corpus):
        """Keep the numbers of all tokens and the windows of the corpus.

        Row i of `X` holds the tokens i, ..., i + num_steps - 1, and row i of
        `Y` the tokens one later.  They take no memory of their own.
        """
        for name in ('batch_size', 'num_steps'):
            value = getattr(self, name)
            if not hasattr(value, '__index__') or value < 1:
                raise ValueError(
                    f'{name} must be a positive integer, not {value!r}'
                )
        if len(corpus) <= self.num_steps:
            raise ValueError(
                f'a text of {len(corpus)} tokens is too short for '
                f'num_steps={self.num_steps}'
            )
        self.corpus = torch.tensor(corpus)
        windows = self.corpus.unfold(0, self.num_steps + 1, 1)
        self.X, self.Y = windows[:, :-1], windows[:, 1:]


class Vocab:
    """Tokens and their numbers, from 0 on.

    `tokens` is a text as a list of tokens, or a list of such lists.  The
    vocabulary has '<unk>' as number 0, then `reserved_tokens` as given, then
    in sorted order the tokens that occur at least `min_freq` times.
    `token_freqs` lists pairs (token, count), the most frequent first,
    `idx_to_token` the tokens by number, and the dictionary `token_to_idx`
    goes the other way.

    Defined in ``recurrent-neural-networks/text-sequence``.
    """

    def __init__(self, tokens=(), min_freq=0, reserved_tokens=()):
        tokens = list(tokens)
        if tokens and isinstance(tokens[0], list):
            tokens = [token for line in tokens for token in line]
        counts = collections.Counter(tokens)
        self.token_freqs = sorted(
            counts.items(), key=lambda pair: pair[1], reverse=True
        )
        special = dict.fromkeys(['<unk>', *reserved_tokens])
        self.idx_to_token = [
            *special,
            *sorted(
                token
                for token, count in counts.items()
                if count >= min_freq and token not in special
            ),
        ]
        self.token_to_idx = {
            token: index for index, token in enumerate(self.idx_to_token)
        }

    def __len__(self):
        return len(self.idx_to_token)

    def __iter__(self):
        return iter(self.idx_to_token)

    def __contains__(self, token):
        return token in self.token_to_idx

    def __getitem__(self, tokens):
        """The number of a token, or the list of numbers of a list of tokens.

        A token that is not in the vocabulary has the number of '<unk>'.  Lists
        may be nested.
        """
        if not isinstance(tokens, (list, tuple)):
            return self.token_to_idx.get(tokens, self.unk)
        if tokens and isinstance(tokens[0], (list, tuple)):
            return [self[line] for line in tokens]
        find, unk = self.token_to_idx.get, self.unk  # looked up only once
        return [find(token, unk) for token in tokens]

    @property
    def unk(self):
        """The number of '<unk>', the token of all unknown tokens."""
        return self.token_to_idx['<unk>']

    def to_tokens(self, indices):
        """The token with a number, or the list of those of several numbers.

        `indices` is an integer, or a list, tuple or tensor of integers, whose
        axes become nested lists.  Raises IndexError for a number outside the
        vocabulary.
        """
        if hasattr(indices, 'tolist'):  # a tensor or an array
            indices = indices.tolist()
        if isinstance(indices, (list, tuple)):
            return [self.to_tokens(index) for index in indices]
        if not 0 <= indices < len(self):
            raise IndexError(
                f'there is no token number {indices} in a '
                f'vocabulary of {len(self)} tokens'
            )
        return self.idx_to_token[indices]


class MobyDick(d2l.TextData):
    """Moby-Dick, its last tenth for validation.

    A minibatch (X, Y) has `batch_size` windows of `num_steps` tokens, and
    `Y` holds the tokens that follow those of `X`.  `num_train` and
    `num_val` limit the number of windows in an epoch, by default all that
    fit side by side.  `token` is 'char' or 'word'; `vocab` is that of the
    training text, without tokens that occur there less than `min_freq`
    times.  `corpus` has the numbers of all tokens, shape (tokens,), of which
    the first `split` are for training.  `root` is the folder of all data
    sets.  Source: H. Melville (1851).

    Defined in ``recurrent-neural-networks/text-sequence``.
    """

    def __init__(
        self,
        batch_size,
        num_steps,
        num_train=None,
        num_val=None,
        token='char',
        min_freq=0,
        root=None,
    ):
        super().__init__()
        self.save_hyperparameters(ignore=['__class__'])
        tokens = self._tokenize(self._preprocess(self._download()))
        self.split = len(tokens) * 9 // 10
        self.vocab = d2l.Vocab(tokens[: self.split], min_freq)
        self._set_corpus(self.vocab[tokens])

    def _download(self):
        from d2l import data as catalogue

        path = catalogue.path('moby-dick', 'moby-dick.txt', self.root)
        return path.read_text(encoding='utf-8')

    def get_dataloader(self, train):
        """Minibatches (X, Y), each of shape (batch, num_steps), type int64.

        For training, windows side by side from a random offset, in random
        order, both new in every epoch; for validation those of the last tenth,
        in order.

        Defined in ``recurrent-neural-networks/language-model``.
        """
        sampler = (
            d2l.WindowSampler(
                0,
                self.split,
                self.num_steps,
                self.batch_size,
                True,
                self.num_train,
            )
            if train
            else d2l.WindowSampler(
                self.split,
                len(self.corpus),
                self.num_steps,
                self.batch_size,
                False,
                self.num_val,
            )
        )
        windows = torch.utils.data.TensorDataset(self.X, self.Y)
        return torch.utils.data.DataLoader(
            windows, sampler=sampler, batch_size=None
        )


class TimeMachine(d2l.TextData):
    """The Time Machine by characters, as notebooks of old ask for it.

    The first `num_train` windows of the text, one starting at each
    character, are for training, the next `num_val` for validation.
    Source: H. G. Wells (1895).

    Defined in ``recurrent-neural-networks/text-sequence``.
    """

    def __init__(self, batch_size, num_steps, num_train=10000, num_val=5000):
        super().__init__()
        self.save_hyperparameters(ignore=['__class__'])
        corpus, self.vocab = self.build(self._download())
        self._set_corpus(corpus)
        if num_train + num_val > len(self.X):
            raise ValueError(
                f'the text has {len(self.X)} windows of '
                f'{num_steps + 1} characters, fewer than '
                f'{num_train} + {num_val}'
            )

    def _download(self):
        from d2l import data as catalogue

        return catalogue.path('timemachine', 'timemachine.txt').read_text(
            encoding='utf-8'
        )

    def get_dataloader(self, train):
        """Minibatches (X, Y), each of shape (batch, num_steps), type int64.

        Windows overlap: one starts at each character.  Those for training are
        shuffled.

        Defined in ``recurrent-neural-networks/language-model``.
        """
        rows = (
            slice(self.num_train)
            if train
            else slice(self.num_train, self.num_train + self.num_val)
        )
        return self.get_tensorloader([self.X, self.Y], train, rows)


class WindowSampler(torch.utils.data.Sampler):
    """Minibatches of windows of a text, as tensors of where they start.

    The windows of `num_steps` tokens, and one more to predict, lie side by
    side in the tokens `first`, ..., `last` - 1.  If `shuffle`, every pass
    starts at a new random offset below `num_steps` and visits them in random
    order; otherwise it starts at `first` and goes in order.  A pass has at
    most `limit` windows.  Raises ValueError if there are fewer.

    Defined in ``recurrent-neural-networks/language-model``.
    """

    def __init__(
        self, first, last, num_steps, batch_size, shuffle=False, limit=None
    ):
        self.first, self.num_steps = first, num_steps
        self.batch_size, self.shuffle = batch_size, shuffle
        length = last - first
        self.fit = (
            (length - num_steps) // num_steps
            if shuffle
            else (length - 1) // num_steps
        )
        self.num_windows = self.fit if limit is None else limit
        if not 0 < self.num_windows <= self.fit:
            raise ValueError(
                f'{length} tokens have {max(0, self.fit)} '
                f'windows of {num_steps} side by side; '
                f'{self.num_windows} were asked for'
            )

    def __len__(self):
        return -(-self.num_windows // self.batch_size)  # rounded up

    def __iter__(self):
        offset, order = 0, torch.arange(self.fit)
        if self.shuffle:
            offset = int(torch.randint(self.num_steps, ()))
            order = torch.randperm(self.fit)
        starts = self.first + offset + order * self.num_steps
        return iter(starts[: self.num_windows].split(self.batch_size))


class RNNScratch(d2l.Module):
    """A recurrent layer with tanh units, written out step by step.

    `num_inputs` features enter at every time step, and the hidden state has
    `num_hiddens` entries.  The parameters are `W_xh` of shape (num_inputs,
    num_hiddens), `W_hh` of shape (num_hiddens, num_hiddens), both normal
    with standard deviation `sigma`, and `b_h` of shape (num_hiddens,).

    Defined in ``recurrent-neural-networks/rnn-scratch``.
    """

    def __init__(self, num_inputs, num_hiddens, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W_xh = nn.Parameter(sigma * torch.randn(num_inputs, num_hiddens))
        self.W_hh = nn.Parameter(sigma * torch.randn(num_hiddens, num_hiddens))
        self.b_h = nn.Parameter(torch.zeros(num_hiddens))

    def forward(self, inputs, state=None):
        """The hidden states after every time step, and the last one.

        `inputs` has shape (steps, batch, num_inputs), and `state` (batch,
        num_hiddens), zeros if None.  Returns the list of the hidden states,
        each (batch, num_hiddens), and the last of them.  Raises ValueError for
        other shapes.
        """
        if inputs.dim() != 3 or inputs.shape[2] != self.num_inputs:
            raise ValueError(
                'inputs must have shape (steps, batch, '
                f'{self.num_inputs}), not {tuple(inputs.shape)}'
            )
        if len(inputs) == 0:
            raise ValueError('inputs must have at least one time step')
        if state is None:
            state = inputs.new_zeros(inputs.shape[1], self.num_hiddens)
        d2l.check_shape(state, (inputs.shape[1], self.num_hiddens))
        outputs = []
        for drive in inputs @ self.W_xh + self.b_h:  # (batch, hiddens) a step
            state = torch.tanh(torch.addmm(drive, state, self.W_hh))
            outputs.append(state)
        return outputs, state


def check_len(a, n):
    """Raise ValueError unless `a` has the length `n`.

    Defined in ``recurrent-neural-networks/rnn-scratch``.
    """
    if len(a) != n:
        raise ValueError(f'expected the length {n}, but it is {len(a)}')


def check_shape(a, shape):
    """Raise ValueError unless the tensor `a` has this `shape`.

    Defined in ``recurrent-neural-networks/rnn-scratch``.
    """
    if tuple(a.shape) != tuple(shape):
        raise ValueError(
            f'expected the shape {tuple(shape)}, but it is {tuple(a.shape)}'
        )


class RNNLMScratch(d2l.Classifier):
    """A language model: a recurrent network and scores for the next token.

    `rnn` is a module with the attribute ``num_hiddens``, such as
    `RNNScratch`; called with inputs of shape (steps, batch, vocab_size) and
    a state or None it returns hidden states, (batch, num_hiddens) for every
    step, and a state of whatever kind.  `vocab_size` is the number of
    tokens, and `lr` the learning rate.  `optimizer` makes the optimizer, as
    in ``optimizer(parameters, lr=lr)``.  With `decay` the learning rate
    falls in a straight line, to zero at the end of the training.

    Defined in ``recurrent-neural-networks/rnn-scratch``.
    """

    def __init__(
        self, rnn, vocab_size, lr=0.01, optimizer=torch.optim.SGD, decay=False
    ):
        super().__init__()
        self.save_hyperparameters()
        self.board.ylabel = 'perplexity'
        self.init_params()

    def init_params(self):
        """Make the parameters of the output layer."""
        sigma = getattr(self.rnn, 'sigma', 0.01)
        self.W_hq = nn.Parameter(
            sigma * torch.randn(self.rnn.num_hiddens, self.vocab_size)
        )
        self.b_q = nn.Parameter(torch.zeros(self.vocab_size))

    def configure_optimizers(self):
        """The optimizer of all parameters, with its learning rate.

        Raises RuntimeError if the rate is to decay and there is no trainer to
        say how many steps there will be.
        """
        optimizer = self.optimizer(self.parameters(), lr=self.lr)
        if self.decay:
            if not hasattr(self, 'trainer'):
                raise RuntimeError(
                    'decay=True needs a trainer: call Trainer.fit(model, data)'
                )
            steps = self.trainer.max_epochs * self.trainer.num_train_batches
            schedule = torch.optim.lr_scheduler.LambdaLR(
                optimizer, lambda step: max(0, 1 - step / steps)
            )
            optimizer.register_step_post_hook(lambda *_: schedule.step())
        return optimizer

    def training_step(self, batch):
        """The loss of a minibatch; what is plotted is the perplexity."""
        loss = self.loss(self(*batch[:-1]), batch[-1])
        self.plot('ppl', torch.exp(loss), train=True)
        return loss

    def validation_step(self, batch):
        """Plot the perplexity of a minibatch that is not trained on."""
        loss = self.loss(self(*batch[:-1]), batch[-1])
        self.plot('ppl', torch.exp(loss), train=False)

    def one_hot(self, X):
        """One-hot vectors of tokens, with the time steps on the first axis.

        `X` has shape (batch, steps), integers.  Returns (steps, batch,
        vocab_size).  Raises TypeError, ValueError or IndexError for other `X`.
        """
        if X.is_floating_point():
            raise TypeError(f'tokens must be integers, not {X.dtype}')
        if X.dim() != 2:
            raise ValueError(
                f'X must have shape (batch, steps), not {tuple(X.shape)}'
            )
        if (
            X.device.type == 'cpu'
            and X.numel()
            and not (0 <= X.min() <= X.max() < self.vocab_size)
        ):
            raise IndexError(
                f'tokens must be from 0 to {self.vocab_size - 1}, '
                f'not from {X.min()} to {X.max()}'
            )
        return F.one_hot(X.T.long(), self.vocab_size).float()

    def output_layer(self, rnn_outputs):
        """Scores of the next token: (batch, steps, vocab_size).

        `rnn_outputs` is a list of hidden states of shape (batch, num_hiddens),
        or a tensor (steps, batch, num_hiddens).
        """
        if not torch.is_tensor(rnn_outputs):
            rnn_outputs = torch.stack(tuple(rnn_outputs))
        scores = rnn_outputs @ self.W_hq + self.b_q  # (steps, batch, vocab)
        return scores.transpose(0, 1)

    def forward(self, X, state=None):
        """Scores of every next token, for tokens `X` of shape (batch, steps).

        Returns a tensor of shape (batch, steps, vocab_size).
        """
        rnn_outputs, _ = self.rnn(self.one_hot(X), state)
        return self.output_layer(rnn_outputs)

    def predict(self, prefix, num_preds, vocab, device=None, temperature=0):
        """Continue `prefix` by `num_preds` tokens.

        `prefix` is a string of one-character tokens, and a string is
        returned; or a list of tokens, and a list is returned.  Every new token
        is the most probable one if `temperature` is 0, and otherwise drawn
        after the scores were divided by it.  `device` is that of the model by
        default.  Raises ValueError for an empty prefix or negative numbers.
        """
        if len(prefix) == 0:
            raise ValueError('prefix must have at least one token')
        if num_preds < 0 or temperature < 0:
            raise ValueError(
                'num_preds and temperature must not be negative, '
                f'but are {num_preds} and {temperature}'
            )
        device = device or next(self.parameters()).device
        tokens, state, training = vocab[list(prefix)], None, self.training
        fresh = tokens  # what the network has not read yet
        self.eval()
        with torch.no_grad():
            for _ in range(num_preds):
                X = self.one_hot(torch.tensor([fresh], device=device))
                rnn_outputs, state = self.rnn(X, state)
                scores = self.output_layer(rnn_outputs[-1:])[0, -1]  # (vocab,)
                if temperature > 0:
                    probs = torch.softmax(scores / temperature, dim=0)
                    fresh = torch.multinomial(probs, 1).tolist()
                else:
                    fresh = [scores.argmax().item()]
                tokens = tokens + fresh
        self.train(training)
        tokens = vocab.to_tokens(tokens)
        return ''.join(tokens) if isinstance(prefix, str) else tokens


def perplexity(model, data):
    """The perplexity of a language model on the validation data, a number.

    It is the exponential of the mean cross-entropy over all tokens that are
    to be predicted.  The model is put into evaluation mode for it.  Raises
    ValueError if `data` has no validation data.

    Defined in ``recurrent-neural-networks/rnn-scratch``.
    """
    loader, training = data.val_dataloader(), model.training
    device = next(model.parameters()).device
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for X, Y in loader or ():
            scores = model(X.to(device))  # (batch, steps, vocab)
            losses = model.loss(scores, Y.to(device), averaged=False)
            total += losses.double().sum().item()
            count += losses.numel()
    model.train(training)
    if count == 0:
        raise ValueError('there are no validation data')
    return math.exp(total / count)


class RNN(d2l.Module):
    """PyTorch's recurrent layer of `num_hiddens` tanh units.

    Its inputs have `num_inputs` features.

    Defined in ``recurrent-neural-networks/rnn-concise``.
    """

    def __init__(self, num_inputs, num_hiddens):
        super().__init__()
        self.save_hyperparameters()
        self.rnn = nn.RNN(num_inputs, num_hiddens)

    def forward(self, inputs, H=None):
        """All hidden states (steps, batch, num_hiddens), and the last state.

        `inputs` has shape (steps, batch, num_inputs), and `H` is a state as
        the layer returns it, or None for zeros.
        """
        return self.rnn(inputs, H)


class RNNLM(d2l.RNNLMScratch):
    """A language model with the layers of PyTorch.

    The arguments are those of `RNNLMScratch`.  The output layer takes as
    many inputs as `rnn` has outputs.

    Defined in ``recurrent-neural-networks/rnn-concise``.
    """

    def init_params(self):
        """Make the output layer."""
        self.linear = nn.LazyLinear(self.vocab_size)

    def output_layer(self, hiddens):
        """Scores of the next token: (batch, steps, vocab_size).

        `hiddens` has shape (steps, batch, num_hiddens).
        """
        return self.linear(hiddens).transpose(0, 1)


class GRU(d2l.RNN):
    """PyTorch's stack of `num_layers` layers of gated recurrent units.

    Between the layers a share `dropout` of the outputs is dropped in
    training.  States have the shape (num_layers, batch, num_hiddens).

    Defined in ``recurrent-modern/deep-rnn``.
    """

    def __init__(self, num_inputs, num_hiddens, num_layers, dropout=0):
        d2l.Module.__init__(self)
        self.save_hyperparameters()
        if num_layers < 1:
            raise ValueError(
                f'num_layers must be 1 or more, not {num_layers!r}'
            )
        self.rnn = nn.GRU(
            num_inputs,
            num_hiddens,
            num_layers,
            dropout=dropout if num_layers > 1 else 0,
        )


class TranslationData(d2l.DataModule):
    """Base of data sets of sentence pairs, source and target.

    A subclass defines `_download`, which returns lines of a source, a tab
    and a target, training pairs first, and `_preprocess`, which makes words
    separated by spaces of them; then it calls `_prepare`.  After that,
    `arrays` holds four integer tensors, one row for each pair: the source
    and the decoder's input, of shape (pairs, num_steps), the number of
    tokens of the source before the padding, of shape (pairs,), and the
    labels, of shape (pairs, num_steps).  `src_tokens` and `tgt_tokens` are
    the words of each pair, `src_vocab` and `tgt_vocab` the vocabularies, made
    from the training pairs.

    Defined in ``recurrent-modern/machine-translation-and-dataset``.
    """

    reserved = ('<pad>', '<bos>', '<eos>')

    def _tokenize(self, text, max_examples=None):
        """The words of each line: two lists of lists, source and target."""
        lines = [line for line in text.split('\n') if line.strip()]
        src, tgt = [], []
        for line in lines[:max_examples]:
            parts = line.split('\t')
            if len(parts) < 2:
                raise ValueError(
                    'expected a source, a tab and a target in '
                    f'each line, not {line!r}'
                )
            src.append(parts[0].split())
            tgt.append(parts[1].split())
        return src, tgt

    def _to_array(self, sentences, vocab, start=()):
        """Integers of shape (sentences, num_steps + len(start))."""
        rows = [
            [
                *start,
                *d2l.truncate_pad([*words, '<eos>'], self.num_steps, '<pad>'),
            ]
            for words in sentences
        ]
        return torch.tensor([vocab[row] for row in rows], dtype=torch.int64)

    def _build_arrays(self, src_tokens, tgt_tokens):
        """The four tensors of lists of words; see the class."""
        src = self._to_array(src_tokens, self.src_vocab)
        tgt = self._to_array(tgt_tokens, self.tgt_vocab, start=['<bos>'])
        src_valid_len = (src != self.src_vocab['<pad>']).sum(dim=1)
        return src, tgt[:, :-1], src_valid_len, tgt[:, 1:]

    def _prepare(self, min_freq):
        """Read the data and make vocabularies and arrays."""
        for name in ('batch_size', 'num_steps', 'num_train', 'num_val'):
            value = getattr(self, name)
            if not hasattr(value, '__index__') or value < 1:
                raise ValueError(
                    f'{name} must be a positive integer, not {value!r}'
                )
        text = self._preprocess(self._download())
        self.src_tokens, self.tgt_tokens = self._tokenize(
            text, self.num_train + self.num_val
        )
        if len(self.src_tokens) < self.num_train + self.num_val:
            raise ValueError(
                f'there are only {len(self.src_tokens)} pairs, not '
                f'{self.num_train} + {self.num_val}'
            )
        self.src_vocab, self.tgt_vocab = (
            d2l.Vocab(
                [w for words in side[: self.num_train] for w in words],
                min_freq,
                list(self.reserved),
            )
            for side in (self.src_tokens, self.tgt_tokens)
        )
        self.arrays = self._build_arrays(self.src_tokens, self.tgt_tokens)

    def build(self, src_sentences, tgt_sentences=None):
        """The arrays of new sentences, given as lists of strings.

        Returns (source, decoder input, valid length of the source, labels), as
        in `arrays`.  Without `tgt_sentences` the targets are empty.
        """
        if tgt_sentences is None:
            tgt_sentences = [''] * len(src_sentences)
        for name, value in (
            ('src_sentences', src_sentences),
            ('tgt_sentences', tgt_sentences),
        ):
            if isinstance(value, str) or any(
                not isinstance(s, str) for s in value
            ):
                raise TypeError(
                    f'{name} must be a list of strings, not {value!r}'
                )
        if not 0 < len(src_sentences) == len(tgt_sentences):
            raise ValueError(
                'expected as many targets as sources, and at least '
                f'one, not {len(tgt_sentences)} and '
                f'{len(src_sentences)}'
            )
        pairs = [
            self._preprocess(
                re.sub(r'\s', ' ', src) + '\t' + re.sub(r'\s', ' ', tgt)
            ).split('\t')
            for src, tgt in zip(src_sentences, tgt_sentences)
        ]
        return self._build_arrays(
            [src.split() for src, _ in pairs],
            [tgt.split() for _, tgt in pairs],
        )

    def get_dataloader(self, train):
        """Minibatches of the four arrays, shuffled anew if `train`."""
        rows = (
            slice(0, self.num_train) if train else slice(self.num_train, None)
        )
        return self.get_tensorloader(self.arrays, train, rows)


class EmojiNames(TranslationData):
    """Names of emoji in English (source) and French (target).

    About a tenth of the pairs is held out, chosen by `seed`: with
    ``split='random'`` any pair, with ``split='family'`` whole families, so
    that no variant of an emoji (`emoji_family`) is in both parts.
    `num_train` and `num_val` limit the number of pairs.  `emoji` holds the
    characters themselves, one string for each pair.  Names of more than
    eleven words are left out.  Words seen fewer than `min_freq` times
    in training are unknown.  Source: Unicode Common Locale Data Repository.

    Defined in ``recurrent-modern/machine-translation-and-dataset``.
    """

    max_words = 11

    def __init__(
        self,
        batch_size,
        num_steps=12,
        num_train=None,
        num_val=None,
        split='random',
        seed=0,
        min_freq=2,
    ):
        super().__init__()
        self.save_hyperparameters(ignore=['__class__'])
        if split not in ('random', 'family'):
            raise ValueError(
                f"split must be 'random' or 'family', not {split!r}"
            )
        names = self._names()
        train, val = self._split(list(names))
        for name, part in (('num_train', train), ('num_val', val)):
            if getattr(self, name) is None:
                setattr(self, name, len(part))
            elif getattr(self, name) > len(part):
                raise ValueError(
                    f'{name} must be at most {len(part)}, not '
                    f'{getattr(self, name)}'
                )
        self.emoji = train[: self.num_train] + val[: self.num_val]
        self._lines = [names[emoji] for emoji in self.emoji]
        self._prepare(min_freq)

    def _names(self):
        """Map each fully qualified emoji to a line of its two names."""
        from d2l import data as catalogue

        english, french = (
            json.loads(
                catalogue.path('emoji-names', file).read_text(encoding='utf-8')
            )
            for file in ('emoji.json', 'emoji_fr.json')
        )
        lines = {
            emoji: f'{facts["en"]}\t{french[emoji]}'
            for emoji, facts in english.items()
            if facts['status'] == 2 and emoji in french
        }
        return {
            emoji: line
            for emoji, line in sorted(lines.items())
            if max(
                len(side.split())
                for side in self._preprocess(line).split('\t')
            )
            <= self.max_words
        }

    def _download(self):
        """Lines of the English name, a tab and the French name."""
        return '\n'.join(self._lines)

    def _preprocess(self, raw_text):
        """Lowercase words separated by single spaces; tabs and lines stay."""
        text = unicodedata.normalize('NFC', raw_text).lower()
        text = text.replace('’', "'").replace('&', 'and')
        text = re.sub(r"'(?=\w\w)", "' ", text)  # d'or: two words
        text = re.sub(r"[^\w\s'#*-]|_", ' ', text)
        return re.sub(r' *([\t\n]) *', r'\1', re.sub(r' +', ' ', text)).strip(
            ' '
        )

    def _split(self, emoji):
        """Lists of emoji to train on and to hold out, the latter a tenth."""
        families = collections.defaultdict(list)
        for char in emoji:
            families[
                d2l.emoji_family(char) if self.split == 'family' else char
            ].append(char)
        generator = torch.Generator().manual_seed(self.seed)
        groups = list(families.values())
        train, val, wanted = [], [], round(len(emoji) / 10)
        for i in torch.randperm(len(groups), generator=generator).tolist():
            fits = len(val) + len(groups[i]) <= wanted
            (val if fits else train).extend(groups[i])
        return train, val


def show_list_len_pair_hist(legend, xlabel, ylabel, xlist, ylist):
    """Draw how long the lists in `xlist` and in `ylist` are.

    `legend` has a name for each of the two.  Bars of equal length stand
    side by side.  Raises ValueError if there is nothing to draw.

    Defined in ``recurrent-modern/machine-translation-and-dataset``.
    """
    lengths = [[len(item) for item in items] for items in (xlist, ylist)]
    if not all(lengths) or len(legend) != 2:
        raise ValueError(
            'expected two lists that are not empty and a legend '
            f'with two names, not {len(xlist)} and {len(ylist)} '
            f'items and the legend {legend!r}'
        )
    d2l.set_figsize()
    top = max(map(max, lengths))
    bins = [i - 0.5 for i in range(top + 2)]
    if top > 30:
        bins = 20
    _, _, patches = d2l.plt.hist(lengths, bins)
    for patch in patches[1].patches:
        patch.set_hatch('//')
    d2l.plt.xlabel(xlabel)
    d2l.plt.ylabel(ylabel)
    d2l.plt.legend(legend)


_SIGNS = {
    '200d',
    'fe0f',
    '2640',
    '2642',
    '27a1',  # joiner ... direction
    *(f'{code:x}' for code in range(0x1F3FB, 0x1F400)),  # skin tones
    *(f'{code:x}' for code in range(0x1F9B0, 0x1F9B4)),
}  # hair
_NEUTRAL = {
    code: neutral
    for codes, neutral in (
        ('1f468 1f469 1f471 1f9d4', '1f9d1'),  # person
        ('1f466 1f467', '1f9d2'),  # child
        ('1f474 1f475', '1f9d3'),  # older person
        ('1f934 1f478', '1fac5'),  # person with crown
        ('1f385 1f936', '1f9d1 1f384'),  # Claus
        ('1f930 1fac3', '1fac4'),  # pregnant person
        ('1f57a', '1f483'),  # dancer
        ('1f46b 1f46c 1f46d', '1f9d1 1f91d 1f9d1'),  # holding hands
        ('1f46f', '1f9d1 1f430 1f9d1'),  # with bunny ears
        ('1f93c', '1f9d1 1faef 1f9d1'),  # wrestling
        ('1f491', '1f9d1 2764 1f9d1'),  # couple with heart
        ('1f48f', '1f9d1 2764 1f48b 1f9d1'),  # kiss
    )
    for code in codes.split()
}


def emoji_family(emoji):
    """What an emoji has in common with its variants, as code points.

    Skin tones, signs of gender, hair and direction are left out, and men
    and women become persons.  All families of parents and children are one.

    Defined in ``recurrent-modern/machine-translation-and-dataset``.
    """
    if not isinstance(emoji, str) or not emoji:
        raise TypeError(f'an emoji is a string of characters, not {emoji!r}')
    codes = [f'{ord(char):x}' for char in emoji if char != '\ufe0f']
    kept = [_NEUTRAL.get(code, code) for code in codes if code not in _SIGNS]
    family = ' '.join(kept or codes)
    if family == '1faf1 1faf2':  # two hands of different tones
        return '1f91d'
    if len(kept) > 1 and set(kept) <= {'1f9d1', '1f9d2'}:
        return '1f46a'
    return family


class MTFraEng(TranslationData):
    """Pairs of English and French sentences of the Tatoeba project.

    The first `num_train` pairs of the file are for training, the next
    `num_val` for validation.  Words seen only once in training are unknown.
    The file fra-eng.zip is fetched if need be; `d2l.data.DataError` says
    what to do where that fails.

    Defined in ``recurrent-modern/machine-translation-and-dataset``.
    """

    def __init__(
        self, batch_size, num_steps=9, num_train=512, num_val=128, min_freq=2
    ):
        super().__init__()
        self.save_hyperparameters(ignore=['__class__'])
        self._prepare(min_freq)

    def _download(self):
        """The lines of the file: English, a tab, French."""
        return d2l.read_data_nmt()

    def _preprocess(self, raw_text):
        """Lowercase text with a space before each mark of punctuation."""
        return d2l.preprocess_nmt(raw_text)


class Encoder(nn.Module):
    """Base of encoders: from a source to what a decoder needs of it.

    Defined in ``recurrent-modern/encoder-decoder``.
    """

    def forward(self, X, *args):
        """Encode the source `X`, mostly tokens of shape (batch, steps).

        What further arguments and the result are is a matter between the
        encoder and its decoder.
        """
        raise NotImplementedError(
            f'{type(self).__name__} must define forward(self, X, *args)'
        )


class Decoder(nn.Module):
    """Base of decoders: from a state and tokens to scores of the next ones.

    Defined in ``recurrent-modern/encoder-decoder``.
    """

    def init_state(self, enc_all_outputs, *args):
        """The state before the first token, from the encoder's result."""
        raise NotImplementedError(
            f'{type(self).__name__} must define '
            'init_state(self, enc_all_outputs, *args)'
        )

    def forward(self, X, state):
        """Scores after each token of `X`, and the state after the last.

        `X` has shape (batch, steps), the scores (batch, steps, vocabulary).
        """
        raise NotImplementedError(
            f'{type(self).__name__} must define forward(self, X, state) and '
            'return (outputs, state)'
        )


class EncoderDecoder(d2l.Classifier):
    """An encoder and a decoder, trained as one model.

    A minibatch is (source, decoder input, valid length of the source,
    labels), as in `TranslationData.arrays`.

    Defined in ``recurrent-modern/encoder-decoder``.
    """

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, enc_X, dec_X, *args):
        """Scores (batch, steps, vocabulary) for the target tokens `dec_X`.

        `args`, mostly the valid lengths of `enc_X`, are for the encoder and
        for `init_state` of the decoder.
        """
        enc_all_outputs = self.encoder(enc_X, *args)
        state = self.decoder.init_state(enc_all_outputs, *args)
        return self.decoder(dec_X, state)[0]

    @torch.no_grad()
    def predict_step(
        self, batch, device, num_steps, save_attention_weights=False
    ):
        """Greedy translation of a minibatch; the targets in it are not read.

        Each sequence starts with the first token of the decoder input, and
        gets `num_steps` tokens, the most probable at each step.  Returns the
        tokens, of shape (batch, num_steps), and a list with the decoder's
        `attention_weights` after each step, empty unless they are to be saved.
        The model must be on `device` (None: wherever it is) and is in
        evaluation mode for the time of the call.
        """
        if num_steps < 1:
            raise ValueError(f'num_steps must be 1 or more, not {num_steps!r}')
        place = next((p.device for p in self.parameters()), None)
        device = torch.device(place or 'cpu') if device is None else device
        if place is not None and torch.empty(0, device=device).device != place:
            raise RuntimeError(
                f'the model is on {place}, not on {device}; '
                'move it there or pass device=None'
            )
        src, dec_X, src_valid_len, _ = (t.to(device) for t in batch)
        was_training = self.training
        self.eval()
        state = self.decoder.init_state(
            self.encoder(src, src_valid_len), src_valid_len
        )
        tokens, weights = dec_X[:, :1], []
        steps = []
        for _ in range(num_steps):
            scores, state = self.decoder(tokens, state)
            tokens = scores[:, -1:].argmax(dim=2)  # (batch, 1)
            steps.append(tokens)
            if save_attention_weights:
                weights.append(self.decoder.attention_weights)
        self.train(was_training)
        return torch.cat(steps, dim=1), weights


def init_seq2seq(module):
    """Glorot's uniform weights for a linear or recurrent layer.

    Made for ``model.apply(init_seq2seq)``: other modules, and lazy layers
    that have no shape yet, are left alone.  In a recurrent layer the matrix
    of each gate is initialized for itself.  Biases are left alone.

    Defined in ``recurrent-modern/seq2seq``.
    """
    if isinstance(module, nn.Linear) and not isinstance(
        module.weight, nn.parameter.UninitializedParameter
    ):
        nn.init.xavier_uniform_(module.weight)
    elif isinstance(module, nn.RNNBase):
        for name, weight in module.named_parameters():
            if 'weight' in name:
                for gate in weight.detach().split(module.hidden_size):
                    nn.init.xavier_uniform_(gate)


def _check_tokens(X):
    """Raise ValueError or TypeError unless X is (batch, steps) of indices.

    Defined in ``recurrent-modern/seq2seq``.
    """
    if X.dim() != 2 or 0 in X.shape:
        raise ValueError(
            'expected token indices of shape (batch, steps), '
            f'not empty, got shape {tuple(X.shape)}'
        )
    if X.is_floating_point():
        raise TypeError(f'token indices must be integers, not {X.dtype}')


class Seq2SeqEncoder(d2l.Encoder):
    """A GRU that reads a sequence of tokens.

    `vocab_size` tokens are embedded in `embed_size` dimensions and read by
    `num_layers` layers of `num_hiddens` units, with `dropout` between layers.
    Source: Cho et al. (2014); Sutskever, Vinyals and Le (2014).

    Defined in ``recurrent-modern/seq2seq``.
    """

    def __init__(
        self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_size)
        if num_layers == 1:
            dropout = 0  # it acts between layers
        self.rnn = nn.GRU(embed_size, num_hiddens, num_layers, dropout=dropout)
        self.apply(d2l.init_seq2seq)

    def forward(self, X, *args):
        """Hidden states of the tokens X, of shape (batch, steps).

        The next argument, if any, is the number of valid tokens in each row, of
        shape (batch,); what follows these is not read, and its outputs are 0.
        Returns the outputs of the last layer, of shape (steps, batch,
        num_hiddens), and the states of all layers after the last valid token,
        of shape (num_layers, batch, num_hiddens).
        """
        _check_tokens(X)
        embs = self.embedding(X.t())  # (steps, batch, embed_size)
        if not args or args[0] is None:
            return self.rnn(embs)
        lengths = args[0].cpu()
        if lengths.shape != X.shape[:1] or not (
            1 <= lengths.min() <= lengths.max() <= X.shape[1]
        ):
            raise ValueError(
                f'expected {len(X)} valid lengths from 1 to {X.shape[1]}, one '
                f'for each sequence, got {lengths.tolist()}'
            )
        packed = nn.utils.rnn.pack_padded_sequence(
            embs, lengths, enforce_sorted=False
        )
        outputs, state = self.rnn(packed)
        outputs, _ = nn.utils.rnn.pad_packed_sequence(
            outputs, total_length=X.shape[1]
        )
        return outputs, state


class Seq2SeqDecoder(d2l.Decoder):
    """A GRU that writes a sequence of tokens.

    At each step it sees the embedding of the previous token and, beside it,
    the encoder's final state.  The sizes are those of `Seq2SeqEncoder`, whose
    `num_hiddens` and `num_layers` must be the same.

    Defined in ``recurrent-modern/seq2seq``.
    """

    def __init__(
        self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0
    ):
        super().__init__()
        if num_layers == 1:
            dropout = 0  # it acts between layers
        self.dense = nn.Linear(num_hiddens, vocab_size)
        self.rnn = nn.GRU(
            num_hiddens + embed_size, num_hiddens, num_layers, dropout=dropout
        )
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.apply(d2l.init_seq2seq)

    def init_state(self, enc_all_outputs, *args):
        """The context, (batch, num_hiddens), and the first hidden state."""
        _, hidden = enc_all_outputs
        return hidden[-1], hidden

    def forward(self, X, state):
        """Logits (batch, steps, vocab_size) of what follows each of X.

        `X` has shape (batch, steps).  Returns the new state beside them.
        """
        _check_tokens(X)
        context, hidden = state
        embs = self.embedding(X.t())  # (steps, batch, embed_size)
        context_all = context.expand(len(embs), -1, -1)
        outputs, hidden = self.rnn(torch.cat((context_all, embs), 2), hidden)
        return self.dense(outputs.transpose(0, 1)), (context, hidden)


class Seq2Seq(d2l.EncoderDecoder):
    """An encoder and a decoder, trained together with teacher forcing.

    `tgt_pad` is the index of the padding token, which the loss leaves out,
    and `lr` the learning rate of Adam.

    Defined in ``recurrent-modern/seq2seq``.
    """

    def __init__(self, encoder, decoder, tgt_pad, lr):
        super().__init__(encoder, decoder)
        if not lr > 0:
            raise ValueError(f'lr must be a positive number, not {lr}')
        self.save_hyperparameters(ignore=['encoder', 'decoder'])

    def validation_step(self, batch):
        """Plot the loss of a minibatch that is not trained on."""
        Y_hat = self(*batch[:-1])
        self.plot('loss', self.loss(Y_hat, batch[-1]), train=False)

    def configure_optimizers(self):
        """Adam on all parameters."""
        return torch.optim.Adam(self.parameters(), lr=self.lr)

    def loss(self, Y_hat, Y, averaged=True):
        """The cross-entropy of the tokens Y that are not padding, in nats.

        `Y_hat` has shape (batch, steps, vocab_size), `Y` shape (batch, steps).
        If not `averaged`, one number for each token, 0 for padding.
        """
        if Y_hat.shape[:-1] != Y.shape:
            raise ValueError(
                'expected scores of shape (batch, steps, vocabulary) '
                'and labels of shape (batch, steps), got '
                f'{tuple(Y_hat.shape)} and {tuple(Y.shape)}'
            )
        keep = Y != self.tgt_pad  # (batch, steps)
        if not keep.any():
            raise ValueError(
                'there is nothing to predict: all tokens are padding'
            )
        losses = super(Seq2Seq, self).loss(Y_hat[keep], Y[keep], averaged)
        if averaged:
            return losses
        return (
            losses.new_zeros(Y.shape).masked_scatter(keep, losses).reshape(-1)
        )


def translate(model, data, num_steps=None):
    """Greedy translations of the validation pairs of `data`.

    `model` is a `d2l.EncoderDecoder`; at most `num_steps` tokens are written,
    by default ``data.num_steps``.  Returns two lists of lists of words, the
    translations and the references, both without '<eos>' and padding.

    Defined in ``recurrent-modern/seq2seq``.
    """
    vocab, predictions, references = data.tgt_vocab, [], []
    for batch in data.val_dataloader():
        tokens, _ = model.predict_step(
            batch, None, num_steps or data.num_steps
        )
        predictions += [d2l.words(row, vocab) for row in tokens.tolist()]
        references += [d2l.words(row, vocab) for row in batch[-1].tolist()]
    return predictions, references


def words(tokens, vocab):
    """The words of the token indices before the first '<eos>', a list.

    Defined in ``recurrent-modern/seq2seq``.
    """
    tokens, end = [int(t) for t in tokens], vocab['<eos>']
    tokens = tokens[: tokens.index(end)] if end in tokens else tokens
    return [w for w in vocab.to_tokens(tokens) if w != '<pad>']


def _ngrams(tokens, n):
    """How often each run of `n` tokens occurs in a list, a Counter.

    Defined in ``recurrent-modern/seq2seq``.
    """
    return collections.Counter(zip(*(tokens[i:] for i in range(n))))


def corpus_bleu(predictions, references, max_order=4):
    """The BLEU score of a corpus, from 0 to 1.

    `predictions` and `references` are lists of equal length, of lists of
    tokens.  Runs of 1 to `max_order` tokens are counted over all pairs.  An
    order without a match counts as half a match, the next one as a quarter,
    and so on.  Source: Papineni et al. (2002), as computed by SacreBLEU (Post,
    2018).  Raises ValueError for no pairs or different numbers.

    Defined in ``recurrent-modern/seq2seq``.
    """
    if not references or len(predictions) != len(references):
        raise ValueError(
            'expected as many predictions as references, one at '
            f'least, got {len(predictions)} and '
            f'{len(references)}'
        )
    if any(isinstance(s, str) for s in (*predictions, *references)):
        raise TypeError('expected lists of tokens, got a string: split it')
    pairs = list(zip(predictions, references))
    length = sum(len(p) for p, _ in pairs)
    log_score, missed = 0.0, 0
    for n in range(1, max_order + 1):
        counts = [(_ngrams(p, n), _ngrams(r, n)) for p, r in pairs]
        total = sum(found.total() for found, _ in counts)
        match = sum((found & wanted).total() for found, wanted in counts)
        if total == 0 or (n == 1 and match == 0):
            return 0.0
        missed += match == 0
        log_score += math.log((match or 0.5**missed) / total) / max_order
    return math.exp(
        log_score + min(0, 1 - sum(len(r) for _, r in pairs) / length)
    )


def bleu(pred_seq, label_seq, k):
    """The BLEU score of one short sequence, from 0 to 1.

    `pred_seq` and `label_seq` are strings of words separated by spaces; word
    sequences up to length `k` are compared, those of length n with the weight
    0.5 ** n.  Raises ValueError if the label has no word or `k` < 1.

    Defined in ``recurrent-modern/seq2seq``.
    """
    pred, label = pred_seq.split(), label_seq.split()
    if not label or k < 1:
        raise ValueError(
            'expected a label of one word or more and k of at '
            f'least 1, got {label_seq!r} and {k}'
        )
    if not pred:
        return 0.0
    score = math.exp(min(0, 1 - len(label) / len(pred)))
    for n in range(1, min(k, len(pred)) + 1):
        found, wanted = _ngrams(pred, n), _ngrams(label, n)
        score *= ((found & wanted).total() / found.total()) ** 0.5**n
    return score


def evaluate_translation(model, data, num_steps=None):
    """Corpus BLEU of greedy translations of the validation pairs, 0 to 1.

    The arguments are those of `translate`.  A word '<unk>' in a reference
    can't be matched.

    Defined in ``recurrent-modern/seq2seq``.
    """
    predictions, references = d2l.translate(model, data, num_steps)
    references = [[None if w == '<unk>' else w for w in r] for r in references]
    return d2l.corpus_bleu(predictions, references)


@dataclasses.dataclass(eq=False)
class Hypothesis:
    """The beginning of an output, as found by a search.

    `tokens` is a tuple of token indices without '<bos>', `log_prob` the
    natural logarithm of their probability, and `state` the decoder's state
    before it has seen the last of them.  `greedy` tells whether every token
    is the most probable one after those before it.

    Defined in ``recurrent-modern/beam-search``.
    """

    tokens: tuple
    log_prob: float
    state: object = None
    greedy: bool = True

    def score(self, length_penalty=0.0):
        """`log_prob` divided by the number of tokens ** `length_penalty`."""
        return self.log_prob / max(1, len(self.tokens)) ** length_penalty


def _expand(hypothesis, step, bos, num_children, bound=-math.inf):
    """The most probable continuations by one token, best first.

    At most `num_children` (None: all), those with a log-probability of at
    least `bound`.  Raises ValueError unless the step returns log-probabilities
    of shape (vocab_size,) without NaN.

    Defined in ``recurrent-modern/beam-search``.
    """
    last = hypothesis.tokens[-1] if hypothesis.tokens else bos
    log_probs, state = step(last, hypothesis.state)
    if log_probs.dim() != 1 or not len(log_probs) or log_probs.isnan().any():
        raise ValueError(
            'a step must return log-probabilities of shape '
            f'(vocab_size,), none NaN, got {log_probs}'
        )
    values, tokens = log_probs.sort(descending=True, stable=True)
    values = (hypothesis.log_prob + values.double())[:num_children].tolist()
    return [
        d2l.Hypothesis(
            (*hypothesis.tokens, token),
            value,
            state,
            hypothesis.greedy and i == 0,
        )
        for i, (value, token) in enumerate(zip(values, tokens.tolist()))
        if value >= bound
    ]


def greedy_search(step, state, bos, eos, num_steps):
    """The `Hypothesis` made of the most probable token at each step.

    ``step(token, state)`` returns the log-probabilities of the next token, of
    shape (vocab_size,), and a new state; `state` is the one before the token
    `bos`.  The search ends with the token `eos` or after `num_steps` tokens.
    Raises ValueError if `num_steps` < 1 or a step returns something else.

    Defined in ``recurrent-modern/beam-search``.
    """
    _check_search(num_steps)
    best = d2l.Hypothesis((), 0.0, state)
    while len(best.tokens) < num_steps and best.tokens[-1:] != (eos,):
        best = _expand(best, step, bos, 1)[0]
    return best


def _check_search(num_steps, beam_size=1, length_penalty=0.0):
    """Raise ValueError for arguments with which no search is possible.

    Defined in ``recurrent-modern/beam-search``.
    """
    if num_steps < 1 or beam_size < 1:
        raise ValueError(
            'num_steps and beam_size must be 1 or more, got '
            f'{num_steps} and {beam_size}'
        )
    if not length_penalty >= 0:
        raise ValueError(
            f'length_penalty must be 0 or more, not {length_penalty}'
        )


def exhaustive_search(step, state, bos, eos, num_steps, length_penalty=0.0):
    """A list of all complete hypotheses, that with the highest score first.

    Complete are those that end with `eos` and those of `num_steps` tokens.
    Arguments and errors are those of `beam_search`.  The number of hypotheses
    grows like vocab_size ** num_steps: only for toy vocabularies.

    Defined in ``recurrent-modern/beam-search``.
    """
    _check_search(num_steps, 1, length_penalty)
    open_, done = [d2l.Hypothesis((), 0.0, state)], []
    while open_:
        for child in _expand(open_.pop(), step, bos, None):
            complete = (
                child.tokens[-1] == eos or len(child.tokens) == num_steps
            )
            (done if complete else open_).append(child)
    return sorted(done, key=lambda h: -h.score(length_penalty))


def beam_search(
    step,
    state,
    bos,
    eos,
    num_steps,
    beam_size,
    length_penalty=0.0,
    keep_greedy=True,
):
    """The `Hypothesis` with the highest score that beam search finds.

    ``step(token, state)`` returns the natural logarithms of the probabilities
    of the next token, of shape (vocab_size,), and a new state; `state` is the
    one before the token `bos`.  A hypothesis is complete with the token `eos`
    or with `num_steps` tokens.  Of all continuations the `beam_size` most
    probable are kept at each step; with `keep_greedy` the greedy one is
    always among them, so that the result never scores less than that of
    `greedy_search`.  Returned is one complete hypothesis, the best of those
    found by `Hypothesis.score(length_penalty)`: its `tokens` include `eos` if
    it got so far, and no `bos`.  Raises ValueError if `num_steps` or
    `beam_size` is less than 1, if `length_penalty` is negative, or if a step
    returns anything but log-probabilities of that shape without NaN.
    Source: Lowerre (1976); Wu et al. (2016).

    Defined in ``recurrent-modern/beam-search``.
    """
    _check_search(num_steps, beam_size, length_penalty)
    beam, done = [d2l.Hypothesis((), 0.0, state)], []
    for length in range(1, num_steps + 1):
        children = [
            child
            for hypothesis in beam
            for child in _expand(hypothesis, step, bos, beam_size)
        ]
        children.sort(key=lambda h: -h.log_prob)
        beam = children[:beam_size]
        if keep_greedy:
            beam[beam_size - 1 :] = [
                h for h in children[beam_size - 1 :] if h.greedy
            ] or beam[beam_size - 1 :]
        complete = [
            h for h in beam if h.tokens[-1] == eos or length == num_steps
        ]
        done = sorted(done + complete, key=lambda h: -h.score(length_penalty))
        beam = [h for h in beam if h not in complete]
        limit = max(
            (h.log_prob / num_steps**length_penalty for h in beam),
            default=-math.inf,
        )
        if not beam or done and done[0].score(length_penalty) >= limit:
            break
    return done[0]


def decoder_steps(model, src, src_valid_len=None):
    """The decoder of a `d2l.EncoderDecoder` for one source, step by step.

    `src` holds the token indices of the source, of shape (steps,), and
    `src_valid_len` is the number of those that are valid, by default all.
    Returns (step, state) as needed by `beam_search`.  The model is set to
    evaluation mode.  Raises ValueError for a minibatch or an empty source.

    Defined in ``recurrent-modern/beam-search``.
    """
    device = next((p.device for p in model.parameters()), None)
    src = torch.as_tensor(src, device=device)
    if src.dim() != 1 or not len(src):
        raise ValueError(
            'src must be the tokens of one sequence, of shape '
            f'(steps,), not {tuple(src.shape)}'
        )
    valid_len = torch.tensor(
        [len(src) if src_valid_len is None else int(src_valid_len)],
        device=device,
    )

    @torch.no_grad()
    def step(token, state):
        token = torch.tensor([[token]], device=device)
        scores, state = model.decoder(token, _copy_lists(state))
        return F.log_softmax(scores[0, -1].double(), dim=0).cpu(), state

    model.eval()
    with torch.no_grad():
        enc_outputs = model.encoder(src[None], valid_len)
        return step, model.decoder.init_state(enc_outputs, valid_len)


def _copy_lists(state):
    """Nested lists and tuples with the same tensors in new lists.

    Defined in ``recurrent-modern/beam-search``.
    """
    if isinstance(state, (list, tuple)):
        return type(state)(_copy_lists(item) for item in state)
    return state


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
        self.W_q, self.W_k, self.w_v = (
            nn.LazyLinear(size, bias=False)
            for size in (num_hiddens, num_hiddens, 1)
        )
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


class AttentionDecoder(d2l.Decoder):
    """Base of decoders that attend to what the encoder has read.

    Defined in ``attention-mechanisms-and-transformers/bahdanau-attention``.
    """

    @property
    def attention_weights(self):
        """The weights of the last call of `forward`, for looking at."""
        raise NotImplementedError(
            f'{type(self).__name__} must define the property attention_weights'
        )


class Seq2SeqAttentionDecoder(AttentionDecoder):
    """A GRU that writes a sequence and attends to the source at every step.

    The query is the state of the last layer after the previous step; keys
    and values are the encoder's outputs.  The sizes are those of
    `Seq2SeqEncoder`, whose `num_hiddens` and `num_layers` must be the same;
    `dropout` is the probability of dropping an attention weight, and a
    unit between layers.  Source: Bahdanau, Cho and Bengio (2015).

    Defined in ``attention-mechanisms-and-transformers/bahdanau-attention``.
    """

    def __init__(
        self, vocab_size, embed_size, num_hiddens, num_layers, dropout=0
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.attention = d2l.AdditiveAttention(num_hiddens, dropout)
        between = dropout if num_layers > 1 else 0
        self.rnn = nn.GRU(
            num_hiddens + embed_size, num_hiddens, num_layers, dropout=between
        )
        self.dense = nn.Linear(num_hiddens, vocab_size)
        self._attention_weights = []
        empty = torch.zeros(1, 1, num_hiddens)
        self.attention(empty, empty, empty)  # gives the layers a shape
        self.apply(d2l.init_seq2seq)

    def init_state(self, enc_all_outputs, enc_valid_lens=None, *args):
        """The encoder's outputs (batch, steps, num_hiddens), and beside them
        the first hidden state and the valid lengths."""
        outputs, hidden = enc_all_outputs
        return outputs.transpose(0, 1), hidden, enc_valid_lens

    def forward(self, X, state):
        """Logits (batch, steps, vocab_size) of what follows each of X.

        `X` has shape (batch, steps).  Returns the new state beside them.
        """
        d2l._check_tokens(X)
        enc_outputs, hidden, enc_valid_lens = state
        outputs, self._attention_weights = [], []
        for x in self.embedding(X.t()):  # (batch, embed_size)
            query = hidden[-1][:, None]  # (batch, 1, num_hiddens)
            context = self.attention(
                query, enc_outputs, enc_outputs, enc_valid_lens
            )  # like the query
            self._attention_weights.append(self.attention.attention_weights)
            step = torch.cat((context[:, 0], x), dim=1)
            out, hidden = self.rnn(step[None], hidden)
            outputs.append(out)  # (1, batch, num_hiddens)
        logits = self.dense(torch.cat(outputs))  # (steps, batch, vocab_size)
        return logits.transpose(0, 1), (enc_outputs, hidden, enc_valid_lens)

    @property
    def attention_weights(self):
        """One tensor (batch, 1, source steps) for each step of the last call."""
        return self._attention_weights


class MultiHeadAttention(d2l.Module):
    """Attention by several heads, each in a subspace of its own.

    Queries, keys and values of any sizes are mapped to `num_hiddens`
    features, which are dealt out to `num_heads` heads of equal size; each
    does scaled dot-product attention, and a last linear map mixes what they
    found.  `dropout` is that of the attention weights, and `bias` whether the
    four linear maps have one.  Source: Vaswani et al. (2017).

    Defined in ``attention-mechanisms-and-transformers/multihead-attention``.
    """

    def __init__(self, num_hiddens, num_heads, dropout, bias=False, **kwargs):
        super().__init__(**kwargs)
        d2l._check_block(num_hiddens=num_hiddens, num_heads=num_heads)
        if num_hiddens % num_heads:
            raise ValueError(
                f'{num_hiddens} hidden units cannot be dealt out '
                f'evenly to {num_heads} heads'
            )
        self.num_heads = num_heads
        self.attention = d2l.DotProductAttention(dropout)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            nn.LazyLinear(num_hiddens, bias=bias) for _ in range(4)
        )

    def forward(self, queries, keys, values, valid_lens=None):
        """What the queries find, of shape (batch, queries, num_hiddens).

        `queries` has shape (batch, queries, ·), `keys` and `values` have
        shape (batch, keys, ·).  `valid_lens` says how many keys each example,
        shape (batch,), or each query, shape (batch, queries), may look at;
        None stands for all.  Raises ValueError for other shapes.
        """
        d2l._check_attention(queries, keys, values)
        if valid_lens is not None:
            if valid_lens.shape not in (queries.shape[:1], queries.shape[:2]):
                raise ValueError(
                    f'valid_lens must have shape {tuple(queries.shape[:1])} '
                    f'or {tuple(queries.shape[:2])}, not '
                    f'{tuple(valid_lens.shape)}'
                )
            valid_lens = valid_lens.repeat_interleave(self.num_heads, dim=0)
        found = self.attention(  # (batch * heads, queries, ·)
            self.transpose_qkv(self.W_q(queries)),
            self.transpose_qkv(self.W_k(keys)),
            self.transpose_qkv(self.W_v(values)),
            valid_lens,
        )
        return self.W_o(self.transpose_output(found))

    def transpose_qkv(self, X):
        """From (batch, n, num_hiddens) to (batch * heads, n, size of a head)."""
        batch, n, _ = X.shape
        X = X.reshape(batch, n, self.num_heads, -1)  # (batch, n, heads, size)
        return X.transpose(1, 2).flatten(0, 1)  # (batch * heads, n, size)

    def transpose_output(self, X):
        """From (batch * heads, n, size of a head) to (batch, n, num_hiddens)."""
        X = X.unflatten(0, (-1, self.num_heads))  # (batch, heads, n, size)
        return X.transpose(1, 2).flatten(2)  # (batch, n, num_hiddens)


class PositionalEncoding(nn.Module):
    """Adds sines and cosines of the position, then applies dropout.

    The buffer `P`, of shape (1, max_len, num_hiddens), holds in row i the
    encoding of position i: sin(i w) and cos(i w) side by side, for angular
    frequencies w from 1 down to almost 1/10000.  `num_hiddens` must be even.
    Source: Vaswani et al. (2017).

    Defined in ``attention-mechanisms-and-transformers/self-attention-and-positional-encoding``.
    """

    def __init__(self, num_hiddens, dropout, max_len=1000):
        super().__init__()
        d2l._check_block(num_hiddens=num_hiddens, max_len=max_len)
        if num_hiddens % 2:
            raise ValueError(
                'sines and cosines come in pairs: num_hiddens '
                f'must be even, not {num_hiddens}'
            )
        self.dropout = nn.Dropout(dropout)
        position = torch.arange(max_len, dtype=torch.float32)
        omega = 10000.0 ** (-torch.arange(0, num_hiddens, 2) / num_hiddens)
        angle = torch.outer(position, omega)  # (max_len, pairs)
        P = torch.stack([angle.sin(), angle.cos()], dim=2)
        self.register_buffer(
            'P', P.reshape(1, max_len, num_hiddens), persistent=False
        )

    def forward(self, X, offset=0):
        """`X` with the encoding of its positions added, of the same shape.

        `X` has shape (batch, steps, num_hiddens), and its first step is
        position `offset`.  Raises ValueError for other shapes, or if the last
        position is not below max_len.
        """
        max_len, num_hiddens = self.P.shape[1:]
        if X.dim() != 3 or X.shape[2] != num_hiddens:
            raise ValueError(
                'expected a tensor of shape (batch, steps, '
                f'{num_hiddens}), not {tuple(X.shape)}'
            )
        end = offset + X.shape[1]
        if offset < 0 or end > max_len:
            raise ValueError(
                f'positions {offset} to {end - 1} are not all '
                f'in the range 0 to {max_len - 1}'
            )
        return self.dropout(X + self.P[:, offset:end])


class PositionWiseFFN(nn.Module):
    """Two linear layers with a ReLU between them, at each position alike.

    `ffn_num_hiddens` is the width in the middle.  Maps the last axis, of any
    size, to `ffn_num_outputs`.  Source: Vaswani et al. (2017), section 3.3.

    Defined in ``attention-mechanisms-and-transformers/transformer``.
    """

    def __init__(self, ffn_num_hiddens, ffn_num_outputs):
        super().__init__()
        d2l._check_block(
            ffn_num_hiddens=ffn_num_hiddens, ffn_num_outputs=ffn_num_outputs
        )
        self.dense1 = nn.LazyLinear(ffn_num_hiddens)
        self.relu = nn.ReLU()
        self.dense2 = nn.LazyLinear(ffn_num_outputs)

    def forward(self, X):
        """From shape (..., inputs) to shape (..., ffn_num_outputs)."""
        return self.dense2(self.relu(self.dense1(X)))


class AddNorm(nn.Module):
    """A residual connection, then layer normalization over `norm_shape`.

    Dropout is applied to what is added to the shortcut.  Source: Vaswani et
    al. (2017).

    Defined in ``attention-mechanisms-and-transformers/transformer``.
    """

    def __init__(self, norm_shape, dropout):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.ln = nn.LayerNorm(norm_shape)

    def forward(self, X, Y):
        """The normalized sum of the shortcut `X` and of `Y`, of one shape."""
        if X.shape != Y.shape:
            raise ValueError(
                'shortcut and output must have the same shape, '
                f'not {tuple(X.shape)} and {tuple(Y.shape)}'
            )
        return self.ln(X + self.dropout(Y))


class TransformerEncoderBlock(nn.Module):
    """Self-attention, then a feed-forward network, each with `AddNorm`.

    Source: Vaswani et al. (2017), figure 1.

    Defined in ``attention-mechanisms-and-transformers/transformer``.
    """

    def __init__(
        self, num_hiddens, ffn_num_hiddens, num_heads, dropout, use_bias=False
    ):
        super().__init__()
        self.attention = d2l.MultiHeadAttention(
            num_hiddens, num_heads, dropout, use_bias
        )
        self.addnorm1 = d2l.AddNorm(num_hiddens, dropout)
        self.ffn = d2l.PositionWiseFFN(ffn_num_hiddens, num_hiddens)
        self.addnorm2 = d2l.AddNorm(num_hiddens, dropout)

    def forward(self, X, valid_lens=None):
        """New features of each position, in the shape of `X`.

        `X` has shape (batch, steps, num_hiddens); `valid_lens` is that of
        `MultiHeadAttention`.
        """
        Y = self.addnorm1(X, self.attention(X, X, X, valid_lens))
        return self.addnorm2(Y, self.ffn(Y))


class TransformerEncoder(d2l.Encoder):
    """Embedding, positional encoding, and `num_blks` encoder blocks.

    Source: Vaswani et al. (2017).

    Defined in ``attention-mechanisms-and-transformers/transformer``.
    """

    def __init__(
        self,
        vocab_size,
        num_hiddens,
        ffn_num_hiddens,
        num_heads,
        num_blks,
        dropout,
        use_bias=False,
        max_len=1000,
    ):
        super().__init__()
        d2l._check_block(vocab_size=vocab_size, num_blks=num_blks)
        self.num_hiddens = num_hiddens
        self.embedding = nn.Embedding(vocab_size, num_hiddens)
        nn.init.normal_(self.embedding.weight, std=num_hiddens**-0.5)
        self.pos_encoding = d2l.PositionalEncoding(
            num_hiddens, dropout, max_len
        )
        self.blks = nn.ModuleList(
            d2l.TransformerEncoderBlock(
                num_hiddens, ffn_num_hiddens, num_heads, dropout, use_bias
            )
            for _ in range(num_blks)
        )

    def forward(self, X, valid_lens=None):
        """Features of shape (batch, steps, num_hiddens) of tokens.

        `X` has shape (batch, steps); `valid_lens`, of shape (batch,), says
        how many of the steps are no padding.
        """
        X = self.embedding(X) * self.num_hiddens**0.5
        X = self.pos_encoding(X)  # (batch, steps, num_hiddens)
        for blk in self.blks:
            X = blk(X, valid_lens)
        return X

    @property
    def attention_weights(self):
        """Weights of the last call, for each block of the shape
        (batch * heads, steps, steps).
        """
        return [blk.attention.attention.attention_weights for blk in self.blks]


class TransformerDecoderBlock(nn.Module):
    """Masked self-attention, cross-attention, a feed-forward network.

    Each is followed by `AddNorm`.  Source: Vaswani et al. (2017), figure 1.

    Defined in ``attention-mechanisms-and-transformers/transformer``.
    """

    def __init__(
        self, num_hiddens, ffn_num_hiddens, num_heads, dropout, use_bias=False
    ):
        super().__init__()
        self.attention1 = d2l.MultiHeadAttention(
            num_hiddens, num_heads, dropout, use_bias
        )
        self.addnorm1 = d2l.AddNorm(num_hiddens, dropout)
        self.attention2 = d2l.MultiHeadAttention(
            num_hiddens, num_heads, dropout, use_bias
        )
        self.addnorm2 = d2l.AddNorm(num_hiddens, dropout)
        self.ffn = d2l.PositionWiseFFN(ffn_num_hiddens, num_hiddens)
        self.addnorm3 = d2l.AddNorm(num_hiddens, dropout)

    def forward(self, X, past, enc_outputs, enc_valid_lens=None):
        """New features of the positions in `X`, and `past` for the next call.

        `X` has shape (batch, steps, num_hiddens).  `past` holds the inputs of
        all earlier positions, shape (batch, earlier steps, num_hiddens), or
        is None at the start.  Position i sees the inputs of positions up to
        i, and `enc_valid_lens` of the encoder's outputs.
        """
        past = X if past is None else torch.cat([past, X], dim=1)
        batch, steps = X.shape[:2]
        end = past.shape[1]  # steps there are so far
        seen = torch.arange(end - steps + 1, end + 1, device=X.device)
        Y = self.attention1(X, past, past, seen.expand(batch, steps))
        Y = self.addnorm1(X, Y)
        Z = self.attention2(Y, enc_outputs, enc_outputs, enc_valid_lens)
        Z = self.addnorm2(Y, Z)
        return self.addnorm3(Z, self.ffn(Z)), past


class TransformerDecoder(d2l.AttentionDecoder):
    """Embedding, positional encoding, `num_blks` decoder blocks, logits.

    Source: Vaswani et al. (2017).

    Defined in ``attention-mechanisms-and-transformers/transformer``.
    """

    def __init__(
        self,
        vocab_size,
        num_hiddens,
        ffn_num_hiddens,
        num_heads,
        num_blks,
        dropout,
        use_bias=False,
        max_len=1000,
    ):
        super().__init__()
        d2l._check_block(vocab_size=vocab_size, num_blks=num_blks)
        self.num_hiddens, self.num_blks = num_hiddens, num_blks
        self.embedding = nn.Embedding(vocab_size, num_hiddens)
        nn.init.normal_(self.embedding.weight, std=num_hiddens**-0.5)
        self.pos_encoding = d2l.PositionalEncoding(
            num_hiddens, dropout, max_len
        )
        self.blks = nn.ModuleList(
            d2l.TransformerDecoderBlock(
                num_hiddens, ffn_num_hiddens, num_heads, dropout, use_bias
            )
            for _ in range(num_blks)
        )
        self.dense = nn.LazyLinear(vocab_size)

    def init_state(self, enc_all_outputs, enc_valid_lens=None):
        """The state before the first token: nothing decoded so far.

        `enc_all_outputs` has shape (batch, source steps, num_hiddens), and
        `enc_valid_lens` shape (batch,).
        """
        return enc_all_outputs, enc_valid_lens, [None] * self.num_blks

    def forward(self, X, state):
        """Logits of shape (batch, steps, vocab_size), and the new state.

        `X`, of shape (batch, steps), continues the tokens that `state` has seen,
        be it by one step or by many; `state` itself is not changed.
        """
        enc_outputs, enc_valid_lens, pasts = state
        offset = 0 if pasts[0] is None else pasts[0].shape[1]
        X = self.embedding(X) * self.num_hiddens**0.5
        X = self.pos_encoding(X, offset)  # (batch, steps, num_hiddens)
        new_pasts = []
        for blk, past in zip(self.blks, pasts):
            X, past = blk(X, past, enc_outputs, enc_valid_lens)
            new_pasts.append(past)
        return self.dense(X), (enc_outputs, enc_valid_lens, new_pasts)

    @property
    def attention_weights(self):
        """Weights of the last call: [self-attention, cross-attention].

        Each is a list with one tensor of shape (batch * heads, steps, keys) for
        each block.
        """
        return [
            [attention.attention.attention_weights for attention in layer]
            for layer in zip(
                *((blk.attention1, blk.attention2) for blk in self.blks)
            )
        ]


class WarmupSeq2Seq(d2l.Seq2Seq):
    """`Seq2Seq` whose learning rate rises, then falls, in straight lines.

    The rate reaches `lr` after `warmup` steps of Adam, and 0 right after the
    last step of the training.

    Defined in ``attention-mechanisms-and-transformers/transformer``.
    """

    def __init__(self, encoder, decoder, tgt_pad, lr, warmup=100):
        super().__init__(encoder, decoder, tgt_pad, lr)
        if not hasattr(warmup, '__index__') or warmup < 0:
            raise ValueError(
                f'warmup must be a number of steps, 0 or more, not {warmup!r}'
            )
        self.warmup = warmup

    def configure_optimizers(self):
        """Adam, and a schedule that is advanced by each of its steps."""
        steps = self.trainer.max_epochs * self.trainer.num_train_batches
        if self.warmup >= steps:
            raise ValueError(
                f'{self.warmup} steps of warm-up are too many '
                f'for a training of {steps} steps'
            )
        optimizer = super().configure_optimizers()
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer,
            lambda t: min(
                (t + 1) / (self.warmup + 1),
                (steps - t) / (steps - self.warmup),
            ),
        )
        optimizer.register_step_post_hook(lambda *_: schedule.step())
        return optimizer


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


def read_data_nmt():
    """The lines of fra-eng.zip, 'English<TAB>French', as one string.

    Fetches the file if need be; raises `d2l.data.DataError`.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    from d2l import data as catalogue

    with zipfile.ZipFile(catalogue.path('fra-eng', 'fra-eng.zip')) as file:
        name = next(n for n in file.namelist() if n.endswith('fra.txt'))
        lines = file.read(name).decode('utf-8').splitlines()
    return '\n'.join('\t'.join(line.split('\t')[:2]) for line in lines)


def preprocess_nmt(text):
    """Lowercase `text` with a space before each of the marks , . ! and ?

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    text = re.sub('[\u202f\xa0]', ' ', text).lower()
    return re.sub(r'(?<=[^ \t\n])(?=[,.!?])', ' ', text)


def tokenize_nmt(text, num_examples=None):
    """The words of each line: two lists of lists, source and target.

    Lines are 'source<TAB>target'; of these, the first `num_examples`.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    pairs = [line.split('\t') for line in text.split('\n')[:num_examples]]
    pairs = [pair for pair in pairs if len(pair) == 2]
    return tuple(
        [side.split() for side in sides]
        for sides in (zip(*pairs) if pairs else ([], []))
    )


def build_array_nmt(lines, vocab, num_steps):
    """Numbers of the words of `lines`, (lines, num_steps), and valid lengths.

    Each line gets '<eos>' at its end, then it is cut or padded.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    array = torch.tensor(
        [
            vocab[d2l.truncate_pad([*line, '<eos>'], num_steps, '<pad>')]
            for line in lines
        ],
        dtype=torch.int64,
    ).reshape(-1, num_steps)
    return array, (array != vocab['<pad>']).sum(dim=1)


def load_data_nmt(batch_size, num_steps, num_examples=600):
    """Minibatches of sentence pairs, and both vocabularies.

    A minibatch is (source, its valid lengths, target, its valid lengths).
    Words seen only once are unknown.  Raises `d2l.data.DataError`.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    sides = d2l.tokenize_nmt(
        d2l.preprocess_nmt(d2l.read_data_nmt()), num_examples
    )
    vocabs, arrays = [], []
    for lines in sides:
        vocabs.append(
            d2l.Vocab(
                [word for line in lines for word in line],
                2,
                ['<pad>', '<bos>', '<eos>'],
            )
        )
        arrays.extend(d2l.build_array_nmt(lines, vocabs[-1], num_steps))
    return d2l.load_array(arrays, batch_size), *vocabs


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


class MaskedSoftmaxCELoss(nn.CrossEntropyLoss):
    """The cross-entropy of sequences, without what lies beyond their ends.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """

    def forward(self, pred, label, valid_len):
        """One loss for each sequence, a tensor of shape (batch,).

        Logits `pred` have shape (batch, steps, vocab_size), `label` has
        shape (batch, steps) and `valid_len` shape (batch,).  The sum over
        the valid steps is divided by the number of all steps.
        """
        if (
            pred.dim() != 3
            or pred.shape[:2] != label.shape
            or (valid_len.shape != label.shape[:1])
        ):
            raise ValueError(
                'expected shapes (batch, steps, vocab_size), (batch, steps) '
                f'and (batch,), got {tuple(pred.shape)}, '
                f'{tuple(label.shape)} and {tuple(valid_len.shape)}'
            )
        self.reduction = 'none'
        losses = super().forward(pred.transpose(1, 2), label)
        return d2l.sequence_mask(losses, valid_len).mean(dim=1)


def train_seq2seq(net, data_iter, lr, num_epochs, tgt_vocab, device):
    """Train the encoder-decoder `net` on `device`; draw and print how it went.

    Minibatches are (source, its valid lengths, target, its valid lengths).
    Weights are first set by `d2l.init_seq2seq`; then Adam with the learning
    rate `lr` follows the gradient, clipped to the norm 1, for `num_epochs`.
    Raises ValueError if `num_epochs` < 1 or `data_iter` gives nothing.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    if num_epochs < 1:
        raise ValueError(f'num_epochs must be 1 or more, not {num_epochs}')
    net.apply(d2l.init_seq2seq).to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr)
    board = d2l.Animator(xlabel='epoch', ylabel='loss', xlim=[1, num_epochs])
    start, tokens = time.perf_counter(), 0
    for epoch in range(1, num_epochs + 1):
        net.train()
        sums = d2l.Accumulator(2)  # of losses, valid target tokens
        for batch in data_iter:
            batch = [tensor.to(device) for tensor in batch]
            sums.add(*_step_seq2seq(net, batch, optimizer, tgt_vocab['<bos>']))
        if not sums[1]:
            raise ValueError(
                'there is nothing to train on: data_iter gave no minibatch'
            )
        tokens += sums[1]
        board.add(epoch, (sums[0] / sums[1],))
    print(
        f'loss {sums[0] / sums[1]:.3f}, '
        f'{tokens / (time.perf_counter() - start):.0f} tokens/s on {device}'
    )


def _step_seq2seq(net, batch, optimizer, bos):
    """One step of training: the sum of the losses, and the valid tokens.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    X, X_valid_len, Y, Y_valid_len = batch
    starts = torch.full((len(Y), 1), bos, device=Y.device)
    Y_hat = net(X, torch.cat((starts, Y[:, :-1]), dim=1), X_valid_len)
    Y_hat = Y_hat[0] if isinstance(Y_hat, (tuple, list)) else Y_hat
    losses = d2l.MaskedSoftmaxCELoss()(Y_hat, Y, Y_valid_len)
    optimizer.zero_grad()
    losses.sum().backward()
    d2l.grad_clipping(net, 1)
    optimizer.step()
    return losses.detach().sum(), Y_valid_len.sum()


def predict_seq2seq(
    net,
    src_sentence,
    src_vocab,
    tgt_vocab,
    num_steps,
    device,
    save_attention_weights=False,
):
    """The greedy translation of one sentence, and attention weights.

    Words of `src_sentence` are separated by spaces; what goes beyond
    `num_steps` tokens is cut off.  Returns a string of at most `num_steps`
    words, and a list of the decoder's attention weights at each step, empty
    unless they are to be saved.

    Defined in ``appendix-tools-for-deep-learning/utils``.
    """
    words = [*src_sentence.lower().split(), '<eos>']
    line = d2l.truncate_pad(src_vocab[words], num_steps, src_vocab['<pad>'])
    valid_len = torch.tensor([min(len(words), num_steps)], device=device)
    net.eval()
    found, weights = [], []
    with torch.no_grad():
        enc_outputs = net.encoder(
            torch.tensor([line], device=device), valid_len
        )
        state = net.decoder.init_state(enc_outputs, valid_len)
        token = torch.tensor([[tgt_vocab['<bos>']]], device=device)
        for _ in range(num_steps):
            Y, state = net.decoder(token, state)
            token = Y.argmax(dim=2)  # (1, 1)
            if save_attention_weights:
                weights.append(net.decoder.attention_weights)
            if token.item() == tgt_vocab['<eos>']:
                break
            found.append(token.item())
    return ' '.join(tgt_vocab.to_tokens(found)), weights


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
