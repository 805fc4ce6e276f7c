"""Classes of functions that overlap, and classes that contain each other."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr

FILLS = (dr.BLUE, dr.ORANGE, dr.GREEN)
LINES = (dr.LINE_BLUE, dr.LINE_ORANGE, dr.LINE_GREEN)
TARGET = np.array([3.05, 2.2])
# centre, half axes, angle in degrees, where the name stands
APART = (((1.05, 1.0), (0.55, 0.38), 20, (0.95, 1.0)),
         ((1.75, 1.85), (0.85, 0.5), 35, (1.65, 1.85)),
         ((2.05, 0.85), (1.35, 0.62), -12, (2.6, 0.66)))
NESTED = (((1.15, 1.15), (0.55, 0.38), 20, (1.05, 1.15)),
          ((1.35, 1.3), (0.98, 0.68), 25, (1.85, 1.12)),
          ((1.52, 1.42), (1.38, 0.98), 28, (2.42, 1.4)))


def _outline(centre, axes, angle):
    t = np.linspace(0, 2 * np.pi, 2000)
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    x, y = axes[0] * np.cos(t), axes[1] * np.sin(t)
    return np.stack([centre[0] + c * x - s * y,
                     centre[1] + s * x + c * y], axis=1)


def _panel(ax, left, classes, title):
    shift = np.array([left, 0])
    target = TARGET + shift
    for i in reversed(range(3)):
        centre, axes, angle, at = classes[i]
        outline = _outline(centre, axes, angle) + shift
        ax.add_patch(patches.Polygon(
            outline, facecolor=FILLS[i], edgecolor=LINES[i], linewidth=1.2,
            alpha=0.75, zorder=2))
    for i, (centre, axes, angle, at) in enumerate(classes):
        outline = _outline(centre, axes, angle) + shift
        best = outline[np.linalg.norm(outline - target, axis=1).argmin()]
        ax.plot(*zip(best, target), linestyle=('-', '--', ':')[i],
                color=LINES[i], linewidth=1.5, zorder=4)
        ax.plot(*best, 'o', color=LINES[i], markersize=5, zorder=5)
        dr.text(ax, at[0] + left, at[1], f'$F_{i + 1}$', zorder=6)
    ax.plot(*target, '*', color=dr.LINE_RED, markersize=13, zorder=6)
    dr.text(ax, target[0] + 0.2, target[1] + 0.15, '$f^*$', color=dr.LINE_RED)
    dr.text(ax, left + 1.75, 2.85, title)


def draw():
    fig, ax = dr.canvas(7.6, 3.0)
    _panel(ax, 0.1, APART, 'not nested')
    _panel(ax, 4.0, NESTED, 'nested')
    return fig
