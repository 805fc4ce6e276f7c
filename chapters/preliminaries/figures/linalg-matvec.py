"""A matrix times a vector: combination of columns, and map of the plane."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr

A = np.array([[2.0, -0.5], [0.5, 1.0]])


def axes_cross(ax, origin, left, right, low, high):
    for a, b in (((left, 0), (right, 0)), ((0, low), (0, high))):
        dr.line(ax, np.add(origin, a), np.add(origin, b), width=0.8)


def draw():
    fig, ax = dr.canvas(8.0, 3.5)
    # Left: the columns, scaled and added.
    origin, scale = np.array([1.35, 0.55]), 0.95
    x = np.array([1.5, 2.0])
    a, b = A[:, 0] * scale, A[:, 1] * scale
    axes_cross(ax, origin, -1.2, 2.95, -0.4, 2.85)
    ax.add_patch(patches.Polygon(
        [origin, origin + x[0] * a, origin + x[0] * a + x[1] * b,
         origin + x[1] * b], facecolor=dr.GRAY, edgecolor='none', zorder=0.5))
    dr.line(ax, origin + x[0] * a, origin + x[0] * a + x[1] * b, dashed=True)
    dr.line(ax, origin + x[1] * b, origin + x[0] * a + x[1] * b, dashed=True)
    dr.arrow(ax, origin, origin + x[0] * a, color=dr.LINE_BLUE, width=1.0)
    dr.arrow(ax, origin, origin + x[1] * b, color=dr.LINE_ORANGE, width=1.0)
    dr.arrow(ax, origin, origin + a, color=dr.LINE_BLUE, width=2.6)
    dr.arrow(ax, origin, origin + b, color=dr.LINE_ORANGE, width=2.6)
    dr.arrow(ax, origin, origin + x[0] * a + x[1] * b, width=1.8)
    dr.text(ax, *(origin + 0.72 * a + [0.05, -0.2]), r'$\mathbf{a}_1$',
            color=dr.LINE_BLUE, size=11)
    dr.text(ax, *(origin + 1.5 * a + [0.0, -0.24]),
            r'$1.5\,\mathbf{a}_1$', color=dr.LINE_BLUE, size=11)
    dr.text(ax, *(origin + 0.6 * b + [-0.24, -0.05]), r'$\mathbf{a}_2$',
            color=dr.LINE_ORANGE, size=11)
    dr.text(ax, *(origin + 2 * b + [-0.1, 0.17]),
            r'$2\,\mathbf{a}_2$', color=dr.LINE_ORANGE, size=11)
    dr.text(ax, *(origin + x[0] * a + x[1] * b + [0.1, 0.17]),
            r'$\mathbf{A}\mathbf{x}$', size=12)
    # Right: the grid and its image.
    origin, scale = np.array([6.4, 1.65]), 0.58
    ticks = np.arange(-1, 2)
    for t in ticks:
        for u, v in (((t, -1), (t, 1)), ((-1, t), (1, t))):
            dr.line(ax, origin + scale * np.array(u),
                    origin + scale * np.array(v), color=dr.MUTED, width=0.6)
            dr.line(ax, origin + scale * (A @ u),
                    origin + scale * (A @ v), color=dr.LINE_BLUE, width=0.6)
    square = scale * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    ax.add_patch(patches.Polygon(origin + square @ A.T, facecolor=dr.BLUE,
                                 edgecolor='none', zorder=1.2, alpha=0.8))
    ax.add_patch(patches.Polygon(origin + square, facecolor=dr.GRAY,
                                 edgecolor=dr.MUTED, zorder=1.3, alpha=0.85))
    for k, color, name, shift in ((0, dr.LINE_BLUE, r'$\mathbf{a}_1$',
                                   (0.2, -0.02)),
                                  (1, dr.LINE_ORANGE, r'$\mathbf{a}_2$',
                                   (-0.2, 0.1))):
        ax.add_patch(patches.FancyArrowPatch(
            origin, origin + scale * A[:, k], arrowstyle='-|>',
            mutation_scale=11, color=color, linewidth=2.0, shrinkA=0,
            shrinkB=0, zorder=3))
        dr.text(ax, *(origin + scale * A[:, k] + shift), name, color=color,
                size=11)
    for k, name, shift in ((0, r'$\mathbf{e}_1$', (0.05, -0.16)),
                           (1, r'$\mathbf{e}_2$', (0.16, -0.14))):
        end = origin + scale * np.eye(2)[k]
        ax.add_patch(patches.FancyArrowPatch(
            origin, end, arrowstyle='-|>', mutation_scale=9, color=dr.MUTED,
            linewidth=1.4, shrinkA=0, shrinkB=0, zorder=3))
        dr.text(ax, *(end + shift), name, color=dr.MUTED, size=11)
    return fig
