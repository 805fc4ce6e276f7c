"""Dot product attention as two matrix products with a softmax between."""
from tools import drawing as dr

CELL = 0.3
WEIGHTS = ((0.7, 0.2, 0.1), (0.1, 0.3, 0.6), (0.3, 0.5, 0.2))


def _strike(ax, left, low):
    ax.plot((left, left + CELL), (low, low + CELL), color=dr.INK,
            linewidth=0.9, zorder=3)


def _matrix(ax, x, rows, cols, fill, name, size, hatched=()):
    """A matrix centred at height 1.25; returns where it ends."""
    y = 1.25 - rows * CELL / 2
    shape = dr.grid(ax, x, y, [[''] * cols] * rows, CELL, fill)
    for column in hatched:
        left = x + column * CELL
        for i in range(rows):
            low = y + i * CELL
            _strike(ax, left, low)
    dr.text(ax, shape.x, 2.17, name)
    dr.text(ax, shape.x, 0.38, size, dr.MUTED, 9)
    return x + cols * CELL


def _shade(i, j):
    """Darker for larger weights, nothing for padding."""
    if j == 3:
        return '#ffffff'
    value = WEIGHTS[i][j]
    return (1 - 0.24 * value, 1 - 0.62 * value, 1 - 1.0 * value)


def draw():
    fig, ax = dr.canvas(8.5, 2.4)
    x = _matrix(ax, 0.1, 3, 2, dr.ORANGE, r'$\mathbf{Q}$', '$q$ × $d$')
    dr.text(ax, x + 0.17, 1.25, '·', size=16)
    x = _matrix(ax, x + 0.34, 2, 4, dr.BLUE, r'$\mathbf{K}^\top$',
                '$d$ × $m$', hatched=(3,))
    dr.arrow(ax, (x + 0.08, 1.25), (x + 0.63, 1.25),
             r'$/\sqrt{d}$', offset=(0, 0.2))
    x = _matrix(ax, x + 0.7, 3, 4, dr.GRAY, 'scores', '$q$ × $m$',
                hatched=(3,))
    dr.arrow(ax, (x + 0.08, 1.25), (x + 0.93, 1.25), 'mask,\nsoftmax',
             offset=(0, 0.27))
    x = _matrix(ax, x + 1.0, 3, 4, _shade, 'weights', '$q$ × $m$')
    dr.text(ax, x + 0.17, 1.25, '·', size=16)
    x = _matrix(ax, x + 0.34, 4, 2, dr.GREEN, r'$\mathbf{V}$', '$m$ × $v$')
    low = 1.25 - 2 * CELL
    for j in (0, 1):
        left = x - (2 - j) * CELL
        _strike(ax, left, low)
    dr.text(ax, x + 0.2, 1.25, '=')
    _matrix(ax, x + 0.4, 3, 2, dr.PURPLE, r'$\mathbf{O}$', '$q$ × $v$')
    return fig
