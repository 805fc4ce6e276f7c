"""A gated recurrent unit: the update gate mixes old state and candidate."""
from matplotlib import patches

from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.6, 4.0)
    ax.add_patch(patches.FancyBboxPatch(
        (1.15, 0.72), 5.25, 3.0, boxstyle='round,pad=0,rounding_size=0.15',
        facecolor='none', edgecolor=dr.MUTED, linewidth=1, linestyle='--'))
    top, low, base = 3.3, 1.6, 1.0
    mix = dr.box(ax, 4.75, top, 'mix', width=0.7, height=0.42,
                 fill='white', size=9)
    dr.arrow(ax, (0.75, top), mix, width=2.4)
    dr.arrow(ax, mix, (6.8, top), width=2.4)
    dr.text(ax, 0.4, top, r'$\mathbf{H}_{t-1}$')
    dr.text(ax, 7.1, top, r'$\mathbf{H}_t$')
    reset = dr.box(ax, 2.0, low, 'reset\n' + r'$\mathbf{R}_t,\ \sigma$',
                   width=1.15, height=0.62, fill=dr.ORANGE, size=9)
    dr.box(ax, 3.7, low, 'candidate\n' + r'$\tilde{\mathbf{H}}_t,\ \tanh$',
           width=1.3, height=0.62, fill=dr.BLUE, size=9)
    update = dr.box(ax, 5.5, low, 'update\n' + r'$\mathbf{Z}_t,\ \sigma$',
                    width=1.15, height=0.62, fill=dr.ORANGE, size=9)
    times = dr.node(ax, 2.85, 2.45, '×', radius=0.2, fill='white', size=13)
    dr.arrow(ax, (2.85, top), times)
    dr.line(ax, reset.top, (2.0, 2.45), color=dr.INK)
    dr.arrow(ax, (2.0, 2.45), times)
    dr.line(ax, times.right, (3.45, 2.45), color=dr.INK)
    dr.arrow(ax, (3.45, 2.45), (3.45, low + 0.31))
    dr.arrow(ax, (3.95, low + 0.31), (4.55, top - 0.21))
    dr.arrow(ax, update.top, (4.95, top - 0.21))
    dr.line(ax, (0.95, top), (0.95, base), color=dr.INK)
    dr.line(ax, (0.95, base), (5.5, base), color=dr.INK)
    for x in (2.0, 5.5):
        dr.arrow(ax, (x, base), (x, low - 0.31))
    dr.arrow(ax, (1.5, 0.3), (1.5, base))
    dr.line(ax, (1.5, 0.55), (3.7, 0.55), color=dr.INK)
    dr.line(ax, (3.7, 0.55), (3.7, base - 0.09), color=dr.INK)
    dr.arrow(ax, (3.7, base + 0.09), (3.7, low - 0.31))   # no junction
    dr.text(ax, 1.5, 0.14, r'$\mathbf{X}_t$')
    for x, y, word, side in ((5.4, 2.5, 'how much\nis kept', 'left'),
                             (1.9, 2.67, 'what is seen', 'center')):
        dr.text(ax, x, y, word, size=9, color=dr.LINE_ORANGE, ha=side)
    return fig
