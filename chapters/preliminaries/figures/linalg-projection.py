"""The projection of one vector on the line through another."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(5.2, 3.0)
    origin = np.array([0.5, 0.5])
    x = np.array([4.2, 0.84])
    y = np.array([1.8, 2.1])
    foot = (x @ y) / (x @ x) * x
    dr.line(ax, origin - 0.08 * x, origin + 1.08 * x, dashed=True, width=0.8)
    dr.line(ax, origin + y, origin + foot, dashed=True)
    dr.arrow(ax, origin, origin + x, width=1.6, color=dr.LINE_BLUE)
    dr.arrow(ax, origin, origin + y, width=1.6, color=dr.INK)
    ax.add_patch(patches.FancyArrowPatch(
        origin, origin + foot, arrowstyle='-|>', mutation_scale=14,
        color=dr.LINE_ORANGE, linewidth=3.2, shrinkA=0, shrinkB=0, zorder=2))
    along = x / np.linalg.norm(x) * 0.18
    up = np.array([-along[1], along[0]])
    corner = [origin + foot + s for s in (-along, -along + up, up)]
    for a, b in zip(corner, corner[1:]):
        dr.line(ax, a, b, width=0.9)
    angle = np.degrees([np.arctan2(x[1], x[0]), np.arctan2(y[1], y[0])])
    ax.add_patch(patches.Arc(origin, 1.5, 1.5, theta1=angle[0],
                             theta2=angle[1], color=dr.MUTED, linewidth=1.2))
    middle = np.radians(angle.mean())
    at = origin + 0.95 * np.array([np.cos(middle), np.sin(middle)])
    dr.text(ax, *at, r'$\theta$', size=12)
    dr.text(ax, *(origin + x + [0.12, 0.17]), r'$\mathbf{x}$', size=13,
            color=dr.LINE_BLUE)
    dr.text(ax, *(origin + y + [-0.05, 0.18]), r'$\mathbf{y}$', size=13)
    dr.text(ax, *(origin + 0.62 * foot + [0.06, -0.28]),
            r'$\hat{\mathbf{y}}$', size=13, color=dr.LINE_ORANGE)
    dr.text(ax, *(origin + 0.5 * (y + foot) + [0.12, 0.1]),
            r'$\mathbf{y} - \hat{\mathbf{y}}$', size=11, ha='left',
            color=dr.MUTED)
    return fig
