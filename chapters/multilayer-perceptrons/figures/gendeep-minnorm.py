"""Gradient descent on one equation with two unknowns."""
import numpy as np

from tools import drawing as dr

X, Y = np.array([1.0, 2.0]), 2.4        # x1 w1 + x2 w2 = y
LEFT, LOW, RIGHT, HIGH = -1.0, -0.75, 3.2, 2.05


def _path(w, steps=5, rate=0.09):
    points = [w]
    for _ in range(steps):
        w = w - rate * X * (X @ w - Y)
        points.append(w)
    points.append(w - X * (X @ w - Y) / (X @ X))
    return np.array(points)


def draw():
    fig, ax = dr.plots(width=4.6, height=3.2)
    ax.set_aspect('equal')
    ax.set_xlim(LEFT, RIGHT)
    ax.set_ylim(LOW, HIGH)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.axhline(0, color=dr.MUTED, linewidth=0.8, zorder=0)
    ax.axvline(0, color=dr.MUTED, linewidth=0.8, zorder=0)
    ax.text(RIGHT - 0.05, 0.08, '$w_1$', ha='right')
    ax.text(-0.1, HIGH - 0.12, '$w_2$', ha='right')
    w1 = np.array([LEFT, RIGHT])
    ax.plot(w1, (Y - X[0] * w1) / X[1], color=dr.INK, linewidth=1.8)
    ax.text(-0.93, 1.79, 'all solutions', rotation=-26.6, fontsize=9,
            rotation_mode='anchor')
    radius = Y / np.linalg.norm(X)
    angle = np.linspace(0, 2 * np.pi, 200)
    ax.plot(radius * np.cos(angle), radius * np.sin(angle),
            color=dr.MUTED, linewidth=0.8, linestyle=':')
    for start, color, style in (
            (np.array([0.0, 0.0]), dr.LINE_BLUE, 'o-'),
            (np.array([1.75, -0.5]), dr.LINE_ORANGE, 's--')):
        path = _path(start)
        ax.plot(*path[:-1].T, style, color=color, markersize=4,
                linewidth=1.3)
        ax.plot(*path[-1], style[0], color=color, markersize=8)
    ax.text(0.12, -0.2, 'start at zero', color=dr.LINE_BLUE, fontsize=9)
    ax.text(0.62, 1.24, r'$\mathbf{X}^+\mathbf{y}$', color=dr.LINE_BLUE,
            fontsize=11)
    ax.text(1.83, -0.55, 'another start', color=dr.LINE_ORANGE, fontsize=9)
    ax.text(2.2, 0.42, 'nearest\nsolution', color=dr.LINE_ORANGE, fontsize=9)
    return fig
