"""The nine windows of a stride of two over a padded 5 x 5 input."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr

X = np.array([[1, 0, 2, 1, 3], [0, 2, 1, 0, 1], [3, 1, 0, 2, 0],
              [1, 0, 1, 3, 2], [0, 2, 0, 1, 1]])
K = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
CELL = 0.34
# Windows to mark: row and column of the output, line colour, fill, style.
MARKED = ((0, 0, dr.LINE_ORANGE, dr.ORANGE, '-'),
          (0, 1, dr.LINE_GREEN, dr.GREEN, '--'),
          (1, 0, dr.LINE_PURPLE, dr.PURPLE, ':'))


def draw():
    fig, ax = dr.canvas(6.4, 3.0)
    padded = np.pad(X, 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, K.shape)
    H = (windows * K).sum(axis=(2, 3))[::2, ::2]
    left, low = 0.55, 0.12
    top = low + 7 * CELL

    def colour(i, j):
        return dr.BLUE if 0 < i < 6 and 0 < j < 6 else dr.GRAY

    dr.grid(ax, left, low, padded.tolist(), cell=CELL, fill=colour)
    for row, col, line, _, style in MARKED:
        ax.add_patch(patches.Rectangle(
            (left + 2 * col * CELL, top - (2 * row + 3) * CELL), 3 * CELL,
            3 * CELL, fill=False, edgecolor=line, linewidth=2.6,
            linestyle=style, zorder=5 + row + col))
    dr.arrow(ax, (left + 0.5 * CELL, top + 0.13),
             (left + 2.5 * CELL, top + 0.13), width=1.5)
    dr.text(ax, left + 1.5 * CELL, top + 0.31, '$s_w = 2$', size=9.5)
    dr.arrow(ax, (left - 0.13, top - 0.5 * CELL),
             (left - 0.13, top - 2.5 * CELL), width=1.5)
    dr.text(ax, left - 0.22, top - 1.5 * CELL, '$s_h = 2$', size=9.5,
            rotation=90, ha='right')
    middle = low + 3.5 * CELL
    dr.text(ax, 3.2, middle, r'$\star$', size=15)
    dr.grid(ax, 3.45, middle - 1.5 * CELL, K.tolist(), cell=CELL,
            fill=dr.RED)
    dr.text(ax, 4.75, middle, '=', size=14)
    fills = {(row, col): fill for row, col, _, fill, _ in MARKED}
    out = 5.05
    dr.grid(ax, out, middle - 1.5 * CELL, H.tolist(), cell=CELL,
            fill=lambda i, j: fills.get((i, j), dr.GRAY))
    for row, col, line, _, style in MARKED:
        ax.add_patch(patches.Rectangle(
            (out + col * CELL, middle + (0.5 - row) * CELL), CELL, CELL,
            fill=False, edgecolor=line, linewidth=2.2, linestyle=style,
            zorder=5 + row + col))
    dr.text(ax, 3.45 + 1.5 * CELL, middle + 1.5 * CELL + 0.2, 'kernel',
            size=9.5)
    dr.text(ax, out + 1.5 * CELL, middle + 1.5 * CELL + 0.2, 'output',
            size=9.5)
    return fig
