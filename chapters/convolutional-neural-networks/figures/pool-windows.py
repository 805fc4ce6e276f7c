"""Maximum and average of the four windows of a 4 x 4 input."""
import numpy as np

from tools import drawing as dr

X = np.array([[1, 0, 4, 2], [3, 8, 2, 0], [5, 1, 1, 3], [2, 0, 6, 2]])
CELL = 0.42
FILLS = (dr.ORANGE, dr.BLUE, dr.GREEN, dr.PURPLE)


def quarter(i, j):
    return FILLS[2 * (i // 2) + j // 2]


def draw():
    fig, ax = dr.canvas(6.3, 2.35)
    windows = X.reshape(2, 2, 2, 2).swapaxes(1, 2)
    dr.grid(ax, 0.2, 0.2, X.tolist(), cell=CELL, fill=quarter, size=11)
    dr.text(ax, 0.2 + 2 * CELL, 2.1, 'input', size=10)
    for name, y, values in (
            ('maximum', 1.12, windows.max(axis=(2, 3))),
            ('average', 0.08, windows.mean(axis=(2, 3)))):
        shown = [[f'{v:g}' for v in line] for line in values]
        dr.grid(ax, 4.0, y, shown, cell=CELL, size=11,
                fill=lambda i, j: FILLS[2 * i + j])
        dr.arrow(ax, (2.02, 1.04), (3.9, y + CELL), color=dr.MUTED)
        dr.text(ax, 4.0 + 2 * CELL + 0.15, y + CELL, name, size=10,
                ha='left')
    dr.text(ax, 4.0 + CELL, 2.15, 'output', size=10)
    return fig
