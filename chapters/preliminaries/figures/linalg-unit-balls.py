"""The vectors of norm one in the plane, for several norms."""
import numpy as np

from tools import drawing as dr


def draw():
    fig, ax = dr.plots(width=3.9, height=3.7)
    t = np.linspace(0, 2 * np.pi, 801)
    c, s = np.cos(t), np.sin(t)
    curves = ((0.5, dr.MUTED, '--', r'$p = 1/2$', (0.46, 0.30)),
              (1, dr.LINE_BLUE, '-', r'$p = 1$', (0.6, 0.6)),
              (2, dr.LINE_ORANGE, '-', r'$p = 2$', (0.84, 0.86)),
              (np.inf, dr.LINE_GREEN, '-', r'$p = \infty$', (0.74, 1.09)))
    for p, color, style, label, at in curves:
        if np.isinf(p):
            size = np.maximum(abs(c), abs(s))
        else:
            size = (abs(c) ** p + abs(s) ** p) ** (1 / p)
        ax.plot(c / size, s / size, style, color=color)
        ax.text(*at, label, color=color, ha='center', va='center', fontsize=9)
    for spine in ('left', 'bottom'):
        ax.spines[spine].set_position('zero')
        ax.spines[spine].set_color(dr.MUTED)
    ax.set_xlim(-1.25, 1.35)
    ax.set_ylim(-1.2, 1.25)
    ax.set_xticks([])
    ax.set_yticks([])
    for x, y, label in ((1.08, -0.09, '1'), (-1.12, -0.09, '−1'),
                        (0.07, 1.09, '1'), (0.1, -1.1, '−1')):
        ax.text(x, y, label, ha='center', va='center', fontsize=9)
    ax.set_aspect('equal')
    ax.text(1.33, -0.1, '$x_1$', ha='right', va='top')
    ax.text(-0.05, 1.24, '$x_2$', ha='right', va='top')
    return fig
