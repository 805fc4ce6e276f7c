"""Cross-correlation of a zero-padded input: the first window."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr

X = np.array([[3, 1, 0, 2], [1, 2, 4, 0], [0, 5, 1, 1], [2, 0, 3, 1]])
K = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
CELL = 0.36


def frame(ax, x, y, side):
    ax.add_patch(patches.Rectangle((x, y), side, side, fill=False,
                                   edgecolor=dr.LINE_ORANGE, linewidth=2.6,
                                   zorder=5))


def draw():
    fig, ax = dr.canvas(6.9, 2.75)
    padded = np.pad(X, 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, K.shape)
    H = (windows * K).sum(axis=(2, 3))

    def colour(i, j):
        return dr.BLUE if 0 < i < 5 and 0 < j < 5 else dr.GRAY

    dr.grid(ax, 0.15, 0.15, padded.tolist(), cell=CELL, fill=colour)
    frame(ax, 0.15, 0.15 + 3 * CELL, 3 * CELL)
    middle = 0.15 + 3 * CELL
    dr.text(ax, 2.62, middle, r'$\star$', size=15)
    dr.grid(ax, 2.92, middle - 1.5 * CELL, K.tolist(), cell=CELL,
            fill=dr.GREEN)
    dr.text(ax, 4.32, middle, '=', size=14)
    dr.grid(ax, 4.7, middle - 2 * CELL, H.tolist(), cell=CELL,
            fill=lambda i, j: dr.PURPLE)
    frame(ax, 4.7, middle + CELL, CELL)
    dr.text(ax, 0.15 + 3 * CELL, 2.52, 'input with a ring of zeros',
            size=9.5)
    dr.text(ax, 2.92 + 1.5 * CELL, 2.52, 'kernel', size=9.5)
    dr.text(ax, 4.7 + 2 * CELL, 2.52, 'output, as large as the input',
            size=9.5)
    return fig
