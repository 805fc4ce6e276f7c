"""Attention as a dictionary that mixes its values."""
from matplotlib import patches

from tools import drawing as dr

WEIGHTS = (0.09, 0.61, 0.25, 0.05)


def draw():
    fig, ax = dr.canvas(7.6, 3.45)
    ax.set_ylim(-0.15, 3.3)
    rows = [2.5, 1.8, 1.1, 0.4]
    query = dr.box(ax, 0.75, 1.45, r'$\mathbf{q}$', 0.8, 0.5, dr.ORANGE)
    dr.text(ax, 0.75, 1.95, 'query', dr.MUTED, 9)
    total = dr.node(ax, 6.2, 1.45, '+', 0.22, dr.GRAY)
    output = dr.box(ax, 7.15, 1.45, r'$\mathbf{o}$', 0.7, 0.5, dr.PURPLE)
    dr.arrow(ax, total, output)
    for x, name in ((2.15, 'keys'), (3.6, 'weights'), (4.95, 'values'),
                    (7.15, None)):
        if name:
            dr.text(ax, x, 3.0, name, dr.MUTED, 9)
    dr.text(ax, 7.15, 1.95, 'output', dr.MUTED, 9)
    dr.text(ax, 2.78, 3.0, 'scores', dr.MUTED, 9)
    for i, (y, weight) in enumerate(zip(rows, WEIGHTS, strict=True), 1):
        key = dr.box(ax, 2.0, y, rf'$\mathbf{{k}}_{i}$', 0.6, 0.42, dr.BLUE)
        value = dr.box(ax, 5.05, y, rf'$\mathbf{{v}}_{i}$', 0.6, 0.42,
                       dr.GREEN)
        dr.arrow(ax, query.right, key.left)
        dr.text(ax, 2.78, y, f'$a_{i}$')
        dr.arrow(ax, key.right, (2.62, y))
        dr.arrow(ax, (2.96, y), (3.2, y))
        ax.add_patch(patches.Rectangle(
            (3.25, y - 0.13), 0.85, 0.26, facecolor='none',
            edgecolor=dr.MUTED, linewidth=0.8))
        ax.add_patch(patches.Rectangle(
            (3.25, y - 0.13), 0.85 * weight, 0.26, facecolor=dr.LINE_ORANGE,
            edgecolor='none'))
        dr.arrow(ax, (4.15, y), value.left)
        dr.text(ax, 4.43, y + 0.15, f'{weight:.2f}', size=8)
        dr.arrow(ax, value.right, total, width=0.5 + 3 * weight)
    ax.add_patch(patches.FancyBboxPatch(
        (3.19, 0.15), 0.97, 2.6, facecolor='none', edgecolor=dr.MUTED,
        boxstyle='round,pad=0,rounding_size=0.08', linestyle='--',
        linewidth=0.9))
    dr.text(ax, 3.675, 0.02, 'softmax', dr.MUTED, 9)
    return fig
