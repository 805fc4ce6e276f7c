"""Dive into Deep Learning, the executable edition: the book's module.

    from d2l import torch as d2l

`d2l.torch` is generated from the code saved in the chapters; `d2l.data`
knows where the book's data sets come from.
"""

__version__ = '2.0.0'
