"""Two matrix products are one product of concatenated matrices."""
from matplotlib import patches

from tools import drawing as dr

UNIT = 0.3
N, D, H = 3, 2, 4


def block(ax, x, y, rows, cols, fill):
    """A matrix with rows × cols elements, its lower left corner at x, y."""
    width, height = cols * UNIT, rows * UNIT
    ax.add_patch(patches.Rectangle((x, y), width, height, facecolor=fill,
                                   edgecolor=dr.INK, linewidth=1, zorder=2))
    return dr.Shape(x + width / 2, y + height / 2, width / 2, height / 2)


def label(ax, shape, content):
    dr.text(ax, shape.x, shape.y, content, size=11, zorder=5)


def draw():
    fig, ax = dr.canvas(6.6, 2.6)
    middle = 1.25
    low = middle - N * UNIT / 2
    X = block(ax, 0.5, low, N, D, dr.BLUE)
    S = block(ax, 0.5 + D * UNIT, low, N, H, dr.ORANGE)
    label(ax, X, r'$\mathbf{X}_t$')
    label(ax, S, r'$\mathbf{H}_{t-1}$')
    dr.text(ax, X.x, X.top[1] + 0.15, '$d$', size=9, color=dr.MUTED)
    dr.text(ax, S.x, S.top[1] + 0.15, '$h$', size=9, color=dr.MUTED)
    dr.text(ax, 0.33, middle, '$n$', size=9, color=dr.MUTED)
    x = 3.05
    bottom = middle - (D + H) * UNIT / 2
    V = block(ax, x, bottom + H * UNIT, D, H, dr.BLUE)
    W = block(ax, x, bottom, H, H, dr.ORANGE)
    label(ax, V, r'$\mathbf{W}_\mathrm{xh}$')
    label(ax, W, r'$\mathbf{W}_\mathrm{hh}$')
    dr.text(ax, x - 0.15, V.y, '$d$', size=9, color=dr.MUTED)
    dr.text(ax, x - 0.15, W.y, '$h$', size=9, color=dr.MUTED)
    dr.text(ax, V.x, V.top[1] + 0.15, '$h$', size=9, color=dr.MUTED)
    dr.text(ax, 2.6, middle, '·', size=16)
    dr.text(ax, 4.6, middle, '=', size=13)
    Z = block(ax, 5.05, low, N, H, dr.GRAY)
    dr.text(ax, Z.x, Z.top[1] + 0.15, '$h$', size=9, color=dr.MUTED)
    dr.text(ax, 4.9, middle, '$n$', size=9, color=dr.MUTED)
    return fig
