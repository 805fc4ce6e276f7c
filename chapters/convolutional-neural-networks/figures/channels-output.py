"""Three kernels of two channels each make three output channels."""
from matplotlib import patches

from tools import drawing as dr

SHIFT = 0.11


def sheet(ax, x, y, size, fill, z):
    ax.add_patch(patches.Rectangle((x, y), size, size, facecolor=fill,
                                   edgecolor=dr.INK, linewidth=1, zorder=z))


def stack(ax, x, y, size, fills, step=SHIFT):
    """Sheets behind each other; the first is in front, lower left."""
    for i, fill in reversed(list(enumerate(fills))):
        sheet(ax, x + i * step, y + i * step, size, fill, 3 - i)


def draw():
    fig, ax = dr.canvas(7.0, 3.1)
    maps = (dr.GREEN, dr.PURPLE, dr.RED)
    stack(ax, 0.35, 0.9, 1.15, (dr.BLUE, dr.GRAY), step=0.2)
    ax.add_patch(patches.Rectangle((0.5, 1.55), 0.36, 0.36, fill=False,
                                   edgecolor=dr.LINE_ORANGE, linewidth=2.4,
                                   zorder=6))
    dr.text(ax, 1.05, 0.62, r'input $\mathsf{X}$', size=10)
    dr.text(ax, 1.05, 0.36, r'$c_i \times n_h \times n_w$', size=9.5)
    for o, fill in enumerate(maps):
        y = 2.25 - 0.72 * o
        stack(ax, 3.0, y, 0.36, (dr.BLUE, dr.GRAY), step=0.14)
        dr.arrow(ax, (1.78, 1.6), (2.92, y + 0.22), color=dr.MUTED)
        dr.arrow(ax, (3.58, y + 0.22), (4.6, y + 0.22), color=dr.MUTED)
        sheet(ax, 4.7, y - 0.05, 0.56, fill, 3)
        dr.text(ax, 4.98, y + 0.23, f'$o = {o + 1}$', size=8.5, zorder=4)
    dr.text(ax, 3.25, 0.45, r'kernels $\mathsf{K}$', size=10)
    dr.text(ax, 3.25, 0.19, r'$c_o \times c_i \times k_h \times k_w$',
            size=9.5)
    dr.text(ax, 5.45, 1.62, '=', size=14)
    stack(ax, 5.72, 1.2, 0.7, maps, step=0.16)
    dr.text(ax, 6.25, 0.9, r'output $\mathsf{H}$', size=10)
    dr.text(ax, 6.25, 0.64, r'$c_o \times h \times w$', size=9.5)
    return fig
