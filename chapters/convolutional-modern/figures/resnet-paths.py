"""Three residual blocks, and the eight paths that a signal can take."""
from itertools import product

from tools import drawing as dr

FILLS = (dr.BLUE, dr.ORANGE, dr.GREEN)


def _chain(ax, y):
    """The blocks in a row, each with its shortcut."""
    dr.text(ax, 0.15, y, r'$\mathbf{x}$')
    dr.arrow(ax, (0.28, y), (0.82, y))
    for i in range(3):
        x = 1.05 + 1.15 * i
        f = dr.box(ax, x, y, f'$f_{i + 1}$', width=0.46, height=0.42,
                   fill=FILLS[i])
        plus = dr.node(ax, x + 0.6, y, '+', radius=0.14, fill=dr.GRAY)
        dr.arrow(ax, f, plus)
        dr.line(ax, (x - 0.38, y), (x - 0.38, y + 0.52), color=dr.INK)
        dr.line(ax, (x - 0.38, y + 0.52), (x + 0.6, y + 0.52), color=dr.INK)
        dr.arrow(ax, (x + 0.6, y + 0.52), plus)
        if i < 2:
            dr.arrow(ax, plus, (x + 0.92, y))
    dr.arrow(ax, plus, (x + 1.0, y))
    dr.text(ax, x + 1.12, y, r'$\mathbf{y}$')


def draw():
    fig, ax = dr.canvas(8.2, 3.2)
    _chain(ax, 1.5)
    paths = sorted(product((0, 1), repeat=3), key=lambda p: (sum(p), p[::-1]))
    dr.text(ax, 7.7, 3.05, 'length', size=9)
    for row, path in enumerate(paths):
        y = 2.75 - 0.36 * row
        dr.line(ax, (4.85, y), (7.15, y), color=dr.INK, width=1.0)
        dr.arrow(ax, (7.0, y), (7.25, y), width=1.0)
        for i, used in enumerate(path):
            if used:
                dr.box(ax, 5.3 + 0.72 * i, y, f'$f_{i + 1}$', width=0.42,
                       height=0.28, fill=FILLS[i], size=9, rounding=0.05)
        dr.text(ax, 7.7, y, f'{sum(path)}', size=9)
    return fig
