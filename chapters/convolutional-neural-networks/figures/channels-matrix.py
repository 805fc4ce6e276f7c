"""Windows as columns: a convolution becomes one matrix product."""
from matplotlib import patches

from tools import drawing as dr

CELL = 0.24


def block(ax, x, y, rows, cols, fill, edge=dr.INK):
    for i in range(rows):
        for j in range(cols):
            color = fill(i, j) if callable(fill) else fill
            ax.add_patch(patches.Rectangle(
                (x + j * CELL, y + (rows - 1 - i) * CELL), CELL, CELL,
                facecolor=color, edgecolor=edge, linewidth=0.7, zorder=2))


def draw():
    fig, ax = dr.canvas(7.2, 2.75)
    # Three kernels of two channels and 2 x 2 elements: three rows of eight.
    block(ax, 0.3, 1.2, 3, 8, lambda i, j: dr.BLUE if j < 4 else dr.ORANGE)
    dr.text(ax, 0.3 + 4 * CELL, 2.15, 'kernels, one a row', size=9.5)
    dr.text(ax, 0.3 + 4 * CELL, 0.95, r'$c_o \times c_i k_h k_w$', size=9.5)
    dr.text(ax, 2.5, 1.56, r'$\times$', size=14)

    def columns(i, j):
        return dr.BLUE if i < 4 else dr.ORANGE

    block(ax, 2.8, 0.6, 8, 6, columns)
    ax.add_patch(patches.Rectangle((2.8 + 2 * CELL, 0.6), CELL, 8 * CELL,
                                   fill=False, edgecolor=dr.INK,
                                   linewidth=2.6, zorder=4))
    dr.text(ax, 2.8 + 3 * CELL, 2.65, 'windows, one a column', size=9.5)
    dr.text(ax, 2.8 + 3 * CELL, 0.35, r'$c_i k_h k_w \times h w$', size=9.5)
    dr.text(ax, 4.55, 1.56, '=', size=14)
    block(ax, 4.85, 1.2, 3, 6, dr.GREEN)
    ax.add_patch(patches.Rectangle((4.85 + 2 * CELL, 1.2), CELL, 3 * CELL,
                                   fill=False, edgecolor=dr.INK,
                                   linewidth=2.6, zorder=4))
    dr.text(ax, 4.85 + 3 * CELL, 2.15, 'output channels, one a row',
            size=9.5)
    dr.text(ax, 4.85 + 3 * CELL, 0.95, r'$c_o \times h w$', size=9.5)
    return fig
