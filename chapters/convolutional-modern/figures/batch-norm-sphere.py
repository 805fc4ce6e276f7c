"""A step against the gradient of a scale-invariant loss."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr


def _step(ax, origin, radius, length, title):
    """Weights of the norm `radius`, and a step of `length` across them."""
    angle = np.deg2rad(62)
    w = radius * np.array([np.cos(angle), np.sin(angle)])
    across = np.array([np.sin(angle), -np.cos(angle)])
    new = w + length * across
    for r, dashed in ((radius, False), (np.hypot(*new), True)):
        ax.add_patch(patches.Arc(
            origin, 2 * r, 2 * r, theta1=0, theta2=90, linewidth=1,
            color=dr.MUTED, linestyle='--' if dashed else '-', zorder=1))
    at = [tuple(np.asarray(origin) + v) for v in (w, new)]
    ax.add_patch(patches.Wedge(
        origin, 0.35 * radius, np.rad2deg(np.arctan2(new[1], new[0])),
        62, facecolor=dr.ORANGE, edgecolor='none', zorder=0))
    dr.arrow(ax, origin, at[0], color=dr.LINE_BLUE, width=1.8)
    dr.arrow(ax, origin, at[1], color=dr.LINE_GREEN, width=1.8)
    dr.arrow(ax, at[0], at[1], color=dr.LINE_ORANGE, width=1.8)
    for name, v, side, color in (
            (r'$\mathbf{w}$', 0.62 * w, -across, dr.LINE_BLUE),
            ('$\\mathbf{w}$\u2032', 0.75 * new, across, dr.LINE_GREEN)):
        dr.text(ax, *(np.asarray(origin) + v + 0.15 * side), name,
                color=color)
    between = w / radius + new / np.hypot(*new)
    outside = (np.hypot(*new) + 0.12) * between / np.hypot(*between)
    dr.text(ax, *(np.asarray(origin) + outside),
            r'$-\eta\,\nabla L(\mathbf{w})$', color=dr.LINE_ORANGE, size=9,
            ha='left')
    dr.text(ax, origin[0] + 1.0, 0.12, title, size=9)


def draw():
    fig, ax = dr.canvas(6.6, 2.6)
    _step(ax, (0.4, 0.4), 1.0, 0.9, 'short weights: a wide turn')
    _step(ax, (3.6, 0.4), 1.8, 0.5, 'weights 1.8 times as long')
    return fig
