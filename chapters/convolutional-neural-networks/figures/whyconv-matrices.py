"""The weight matrix of a layer: free, shared, shared and local."""
import numpy as np

from tools import drawing as dr

N, CELL, GAP = 9, 0.19, 0.5
PALETTE = ('#eef4fa', '#d6e6f4', '#b3d3ee', '#8fbbe0', '#5c97cb', '#2f6fa8')
SHARED = (3, 1, 5, 0, 2, 4, 1, 2, 5, 4, 0, 3, 1, 5, 2, 4, 0)


def panel(ax, left, values, reach, title, count):
    """A matrix of shades; beyond `reach` of the diagonal it is empty."""
    def fill(i, j):
        return PALETTE[values[i][j]] if abs(i - j) <= reach else 'none'

    grid = dr.grid(ax, left, 0.55, [[''] * N] * N, cell=CELL, fill=fill,
                   edge=dr.MUTED)
    dr.text(ax, grid.x, 2.45, title, size=9.5)
    dr.text(ax, grid.x, 0.4, 'input', size=8.5, color=dr.MUTED)
    dr.text(ax, grid.x, 0.14, count, size=9.5, color=dr.LINE_BLUE)
    return grid


def draw():
    step = N * CELL + GAP
    fig, ax = dr.canvas(3 * step + 0.1, 2.6)
    free = np.random.default_rng(3).integers(0, 6, (N, N))
    toeplitz = [[SHARED[j - i + N - 1] for j in range(N)] for i in range(N)]
    first = panel(ax, 0.3, free, N, 'a weight for each pair', '81 weights')
    panel(ax, 0.3 + step, toeplitz, N, 'shared along diagonals',
          '17 weights')
    panel(ax, 0.3 + 2 * step, toeplitz, 1, 'shared and local', '3 weights')
    dr.text(ax, 0.15, first.y, 'output', size=8.5, color=dr.MUTED,
            rotation=90)
    return fig
