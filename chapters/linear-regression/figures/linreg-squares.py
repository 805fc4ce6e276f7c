"""Squared residuals drawn as squares: a guessed line and the best line."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr

X = np.array([0.6, 1.3, 2.1, 2.6, 3.5])
Y = np.array([0.9, 1.15, 2.5, 1.8, 3.1])


def _panel(ax, slope, intercept, title, fill, color):
    predicted = slope * X + intercept
    for x, y, p in zip(X, Y, predicted):
        side = abs(y - p)
        left = x - side if y > p else x
        ax.add_patch(patches.Rectangle(
            (left, min(y, p)), side, side, facecolor=fill, alpha=0.75,
            edgecolor=color, linewidth=0.8, zorder=1))
        ax.plot([x, x], [y, p], color=color, linewidth=1.4, zorder=2)
    line = np.array([0.1, 4.1])
    ax.plot(line, slope * line + intercept, color=dr.INK, zorder=2)
    ax.plot(X, Y, 'o', color=dr.LINE_BLUE, markersize=6, zorder=3)
    area = ((Y - predicted) ** 2).sum()
    ax.set_title(f'{title}: total area {area:.2f}', fontsize=10)
    ax.set_xlim(0, 4.3)
    ax.set_ylim(0, 3.7)
    ax.set_aspect('equal')
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_xlabel('feature $x$')
    ax.set_ylabel('label $y$')


def draw():
    fig, axes = dr.plots(1, 2, width=6.4, height=2.9)
    slope, intercept = np.polyfit(X, Y, 1)
    _panel(axes[0], 0.3, 1.35, 'a guess', dr.ORANGE, dr.LINE_ORANGE)
    _panel(axes[1], slope, intercept, 'least squares', dr.GREEN,
           dr.LINE_GREEN)
    return fig
