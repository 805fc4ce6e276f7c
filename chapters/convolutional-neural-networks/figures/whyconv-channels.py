"""One output of a convolutional layer sees a window in all channels."""
from tools import drawing as dr

CELL = 0.22


def sheet(ax, x, y, size, fill, window=None):
    """A channel of size × size cells; `window` = (row, column, size)."""
    def color(i, j):
        if window is None:
            return fill
        row, column, width = window
        inside = (row <= i < row + width) and (column <= j < column + width)
        return dr.ORANGE if inside else fill

    return dr.grid(ax, x, y, [[''] * size] * size, cell=CELL, fill=color,
                   edge=dr.MUTED)


def stack(ax, x, y, size, fill, depth, step, window=None):
    """Channels behind each other; the first one is in front."""
    for c in reversed(range(depth)):
        front = sheet(ax, x + c * step, y + c * step, size, fill, window)
    return front


def draw():
    fig, ax = dr.canvas(7.2, 2.95)
    stack(ax, 0.2, 0.5, 6, dr.GRAY, 3, 0.3, window=(1, 2, 3))
    kernels = [stack(ax, 3.25, y, 3, fill, 3, 0.14)
               for y, fill in ((1.85, dr.GREEN), (0.6, dr.PURPLE))]
    outputs = [sheet(ax, x, y, 4, fill, window=(1, 2, 1))
               for x, y, fill in ((5.85, 1.2, dr.GREEN),
                                  (5.4, 0.75, dr.PURPLE))]
    for kernel, output, end in zip(kernels, outputs, (1.85, 1.1)):
        dr.arrow(ax, (2.3, 1.55), (3.2, kernel.y), color=dr.MUTED)
        left = output.left[0] - 0.05
        dr.arrow(ax, (4.3, kernel.y + 0.14), (left, end), color=dr.MUTED)
    dr.text(ax, 1.2, 0.2, r'input $\mathsf{X}$: 3 × 6 × 6', size=9)
    dr.text(ax, 3.75, 0.2, r'kernels $\mathsf{K}$: 2 × 3 × 3 × 3', size=9)
    dr.text(ax, 6.15, 0.2, r'output $\mathsf{H}$: 2 × 4 × 4', size=9)
    return fig
