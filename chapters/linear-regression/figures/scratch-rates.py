"""Gradient descent on a parabola with three learning rates."""
import numpy as np

from tools import drawing as dr

CASES = ((0.3, r'$\eta = 0.3/h$: creeps', dr.LINE_GREEN, 9),
         (1.7, r'$\eta = 1.7/h$: swings, converges', dr.LINE_BLUE, 9),
         (2.1, r'$\eta = 2.1/h$: swings, diverges', dr.LINE_RED, 7))


def draw():
    fig, axes = dr.plots(1, 3, width=7.6, height=2.3, sharey=True)
    w = np.linspace(-2.05, 2.05, 200)
    for ax, (eta, title, color, steps) in zip(axes, CASES):
        ax.plot(w, w ** 2 / 2, color=dr.MUTED, linewidth=1.2, zorder=1)
        path = -1.05 * (1 - eta) ** np.arange(steps)
        ax.plot(path, path ** 2 / 2, 'o-', color=color, linewidth=1.1,
                markersize=4.5, zorder=2)
        ax.plot(path[0], path[0] ** 2 / 2, 'o', markersize=8,
                markerfacecolor='none', markeredgecolor=dr.INK, zorder=3)
        ax.set_title(title, fontsize=9.5)
        ax.set_xlabel('parameter')
        ax.set_xticks([0], ['minimum'])
        ax.set_yticks([])
    axes[0].set_ylabel('loss')
    return fig
