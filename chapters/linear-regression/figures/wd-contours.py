"""Contours of a squared loss against the balls of two norms."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr

ANGLE = np.deg2rad(-32)
ROTATION = np.array([[np.cos(ANGLE), -np.sin(ANGLE)],
                     [np.sin(ANGLE), np.cos(ANGLE)]])
H = ROTATION @ np.diag([0.2, 1.7]) @ ROTATION.T     # curvature of the loss
BEST = np.array([2.25, 1.2])                        # least squares


def _loss(w):
    e = w - BEST
    return np.einsum('...i,ij,...j', e, H, e) / 2


def _ridge(lambd):
    return np.linalg.solve(H + lambd * np.eye(2), H @ BEST)


def _background(ax, level, color):
    grid = np.stack(np.meshgrid(np.linspace(-1.9, 4.1, 300),
                                np.linspace(-1.9, 3.2, 300)), axis=-1)
    ax.contour(grid[..., 0], grid[..., 1], _loss(grid),
               levels=[level / 8, level / 3, level, 2.2 * level],
               colors=dr.LINE_BLUE, linewidths=0.9, alpha=0.75)
    ax.axhline(0, color=dr.MUTED, linewidth=0.8, zorder=0)
    ax.axvline(0, color=dr.MUTED, linewidth=0.8, zorder=0)
    ax.plot(*BEST, 'o', color=dr.LINE_BLUE, markersize=6, zorder=5)
    ax.annotate('least\nsquares', BEST, (7, 6), textcoords='offset points',
                color=dr.LINE_BLUE, fontsize=9)
    ax.set_aspect('equal')
    ax.set_xlim(-1.9, 3.6)
    ax.set_ylim(-1.9, 2.9)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.text(3.56, -0.24, '$w_1$', ha='right')
    ax.text(-0.12, 2.7, '$w_2$', ha='right')


def _lasso(radius):
    """The point of the square |w1| + |w2| = radius with the least loss."""
    t = np.linspace(-1, 1, 4001)
    edge = np.concatenate([np.stack([t, sign * (1 - abs(t))], axis=1)
                           for sign in (1, -1)]) * radius
    return edge[np.argmin(_loss(edge))]


def draw():
    fig, axes = dr.plots(1, 2, width=7.4, height=3.5)
    point = _ridge(0.45)
    _background(axes[0], _loss(point), dr.LINE_BLUE)
    radius = np.linalg.norm(point)
    for scale, width in ((1, 1.6), (0.6, 0.9)):
        axes[0].add_patch(patches.Circle(
            (0, 0), scale * radius, facecolor='none',
            edgecolor=dr.LINE_ORANGE, linewidth=width))
    path = np.array([_ridge(lambd)
                     for lambd in [0, *np.logspace(-3, 3, 80)]])
    axes[0].plot(path[:, 0], path[:, 1], color=dr.MUTED, linewidth=1.8,
                 linestyle='--')
    axes[0].plot(*point, 'o', color=dr.LINE_ORANGE, markersize=6, zorder=5)
    axes[0].set_title(r'$\ell_2$: circles', fontsize=10)

    corner = _lasso(1.05)
    _background(axes[1], _loss(corner), dr.LINE_BLUE)
    for scale, width in ((1, 1.6), (0.6, 0.9)):
        r = 1.05 * scale
        axes[1].add_patch(patches.Polygon(
            [(r, 0), (0, r), (-r, 0), (0, -r)], facecolor='none',
            edgecolor=dr.LINE_ORANGE, linewidth=width))
    axes[1].plot(*corner, 'o', color=dr.LINE_ORANGE, markersize=6, zorder=5)
    axes[1].set_title(r'$\ell_1$: corners on the axes', fontsize=10)
    return fig
