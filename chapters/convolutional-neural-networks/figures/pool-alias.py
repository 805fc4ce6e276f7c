"""A pattern and its shifted copy after maximum pooling, and with a blur."""
import numpy as np

from tools import drawing as dr

CELL = 0.36
PATTERN = np.array([0, 0, 1, 1, 0, 0, 1, 1, 0, 0])


def pooled(x):
    """Maxima of pairs: stride 2; stride 1; stride 1, blurred, every other."""
    pairs = np.maximum(x[:-1], x[1:])
    blurred = (pairs[:-2] + 2 * pairs[1:-1] + pairs[2:]) / 4
    return pairs[::2], pairs, blurred[::2]


def row(ax, x, y, values, fill, width=CELL):
    for i, v in enumerate(values):
        dr.grid(ax, x + i * width, y, [[f'{v:g}']], cell=CELL,
                fill=fill if v else 'none', size=9 if v not in (0, 1) else 10)


def draw():
    fig, ax = dr.canvas(7.9, 2.5)
    for k, (title, x) in enumerate((('pattern', PATTERN[:8]),
                                    ('moved by one', PATTERN[1:9]))):
        left = 1.55 + 3.25 * k
        dr.text(ax, left + 4 * CELL, 2.34, title, size=10)
        plain, pairs, smooth = pooled(x)
        row(ax, left, 1.8, x, dr.BLUE)
        row(ax, left + CELL / 2, 1.25, plain, dr.ORANGE, 2 * CELL)
        row(ax, left + CELL / 2, 0.7, pairs, dr.GRAY)
        row(ax, left + CELL * 1.5, 0.15, smooth, dr.GREEN, 2 * CELL)
    for y, name in ((1.8, 'input'), (1.25, 'max, stride 2'),
                    (0.7, 'max, stride 1'), (0.15, 'blurred,\nstride 2')):
        dr.text(ax, 1.4, y + CELL / 2, name, size=9.5, ha='right')
    return fig
