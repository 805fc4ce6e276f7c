"""Two input channels, each with its slice of the kernel, are added up."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr

X = np.array([[[2, 0, 1, 3], [1, 1, 0, 2], [0, 3, 1, 1]],
              [[1, 2, 0, 1], [0, 1, 4, 0], [2, 0, 1, 2]]])
K = np.array([[[1, 0], [2, 1]], [[0, -1], [1, 0]]])
CELL = 0.36
FILLS = (dr.BLUE, dr.ORANGE)


def signed(matrix):
    """Its numbers as text, with real minus signs."""
    return [[f'{v}'.replace('-', '\N{MINUS SIGN}') for v in row]
            for row in matrix]


def frame(ax, x, y, width, height):
    ax.add_patch(patches.Rectangle((x, y), width, height, fill=False,
                                   edgecolor=dr.INK, linewidth=2.6,
                                   zorder=5))


def draw():
    fig, ax = dr.canvas(8.0, 2.95)
    partial = [(np.lib.stride_tricks.sliding_window_view(x, k.shape)
                * k).sum(axis=(2, 3)) for x, k in zip(X, K)]
    for c, low in enumerate((1.5, 0.12)):
        middle = low + 1.5 * CELL
        dr.text(ax, 0.35, middle, f'$c = {c + 1}$', size=10)
        dr.grid(ax, 0.75, low, X[c].tolist(), cell=CELL, fill=FILLS[c])
        frame(ax, 0.75, low + CELL, 2 * CELL, 2 * CELL)
        dr.text(ax, 2.43, middle, r'$\star$', size=15)
        dr.grid(ax, 2.68, middle - CELL, signed(K[c]), cell=CELL,
                fill=FILLS[c])
        dr.text(ax, 3.68, middle, '=', size=13)
        dr.grid(ax, 3.95, middle - CELL, signed(partial[c]), cell=CELL,
                fill=FILLS[c])
        frame(ax, 3.95, middle, CELL, CELL)
        dr.line(ax, (5.12, middle), (5.5, middle), color=dr.INK)
        dr.arrow(ax, (5.5, middle), (5.5, 1.35 + (0.22 if c == 0 else -0.22)))
    total = partial[0] + partial[1]
    dr.node(ax, 5.5, 1.35, '$+$', radius=0.2, fill=dr.GRAY, size=13)
    dr.arrow(ax, (5.72, 1.35), (6.25, 1.35))
    dr.grid(ax, 6.33, 1.35 - CELL, total.tolist(), cell=CELL, fill=dr.GREEN)
    frame(ax, 6.33, 1.35, CELL, CELL)
    for x, name in ((0.75 + 2 * CELL, r'input $\mathsf{X}$'),
                    (2.68 + CELL, r'kernel $\mathsf{K}$'),
                    (3.95 + 1.5 * CELL, 'one map a channel'),
                    (6.33 + 1.5 * CELL, r'output $\mathbf{H}$')):
        dr.text(ax, x, 2.78 if x < 6 else 1.35 + CELL + 0.2, name, size=9.5)
    return fig
