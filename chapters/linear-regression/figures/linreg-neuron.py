"""A schematic biological neuron beside the artificial unit."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr


def _curve(ax, points, width, color=dr.MUTED):
    path = np.array(points, dtype=float)
    t = np.linspace(0, 1, 40)[:, None]
    a, b, c = path
    bend = (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t ** 2 * c
    ax.plot(bend[:, 0], bend[:, 1], color=color, linewidth=width,
            solid_capstyle='round', zorder=1)


def draw():
    fig, ax = dr.canvas(6.4, 2.9)
    soma = (2.2, 1.45)
    for end, mid, twigs in [
            ((0.75, 2.45), (1.5, 1.9), [(0.35, 2.35), (0.6, 2.75)]),
            ((0.6, 1.5), (1.3, 1.3), [(0.2, 1.75), (0.2, 1.3)]),
            ((0.85, 0.5), (1.6, 1.05), [(0.4, 0.6), (0.6, 0.15)])]:
        _curve(ax, [soma, mid, end], 3)
        for twig in twigs:
            _curve(ax, [end, ((end[0] + twig[0]) / 2, end[1]), twig], 1.8)
            ax.plot(*twig, 'o', color=dr.LINE_ORANGE, markersize=5,
                    zorder=3)
    ax.add_patch(patches.Circle(soma, 0.36, facecolor=dr.BLUE,
                                edgecolor=dr.INK, linewidth=1.2, zorder=2))
    ax.add_patch(patches.Circle(soma, 0.12, facecolor=dr.LINE_BLUE,
                                edgecolor='none', zorder=3))
    ax.plot([2.56, 4.9], [1.45, 1.45], color=dr.MUTED, linewidth=2.5,
            zorder=1)
    for left in np.arange(2.8, 4.6, 0.46):
        ax.add_patch(patches.FancyBboxPatch(
            (left, 1.37), 0.3, 0.16,
            boxstyle='round,pad=0,rounding_size=0.08', facecolor=dr.GREEN,
            edgecolor=dr.INK, linewidth=0.8, zorder=2))
    for y in (2.2, 1.75, 1.2, 0.7):
        _curve(ax, [(4.9, 1.45), (5.3, (1.45 + y) / 2), (5.75, y)], 1.8)
        ax.plot(5.78, y, 'o', color=dr.LINE_ORANGE, markersize=5, zorder=3)
    dr.text(ax, 1.75, 2.5, 'dendrites', color=dr.INK)
    dr.text(ax, 2.25, 0.82, 'cell body\n(nucleus)', size=9)
    dr.text(ax, 3.75, 1.8, 'axon with myelin', size=10)
    dr.text(ax, 5.45, 2.6, 'axon terminals')
    dr.text(ax, 1.35, 0.2, 'synapses', color=dr.LINE_ORANGE)
    dr.text(ax, 1.15, 1.62, r'$w_jx_j$', size=9, color=dr.LINE_BLUE)
    dr.text(ax, 2.9, 2.13, r'$\Sigma_j\,w_jx_j+b$', size=9,
            color=dr.LINE_BLUE)
    dr.arrow(ax, (2.72, 2.0), (2.42, 1.78), color=dr.LINE_BLUE, width=0.9)
    dr.text(ax, 3.75, 1.12, r'$\hat{y}$', size=11, color=dr.LINE_BLUE)
    dr.arrow(ax, (3.95, 1.12), (4.5, 1.12), color=dr.LINE_BLUE, width=0.9)
    return fig
