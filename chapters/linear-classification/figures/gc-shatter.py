"""A line shatters three points, but not four."""
import itertools

import numpy as np

from tools import drawing as dr

POINTS = np.array([(0.28, 0.3), (0.92, 0.34), (0.55, 0.88)])


def mark(ax, x, y, label):
    """A filled circle for label 1, an open square for label 0."""
    style = {'marker': 'o', 'color': dr.LINE_BLUE} if label else {
        'marker': 's', 'markerfacecolor': 'none',
        'markeredgecolor': dr.LINE_ORANGE}
    ax.plot(x, y, markersize=7, markeredgewidth=1.4, zorder=3,
            linestyle='none', **style)


def clip(normal, offset, size):
    """The two points where a line meets the border of a panel."""
    hits = []
    for axis in (0, 1):
        for value in (0.06, size - 0.06):
            other = 1 - axis
            if abs(normal[other]) > 1e-9:
                rest = (offset - normal[axis] * value) / normal[other]
                if 0.06 <= rest <= size - 0.06:
                    point = [0, 0]
                    point[axis], point[other] = value, rest
                    hits.append(point)
    return hits[0], max(hits, key=lambda h: np.hypot(*np.subtract(h, hits[0])))


def separator(labels):
    """Normal vector and offset of a line with the given labels beside it."""
    one = POINTS[[label == 1 for label in labels]]
    zero = POINTS[[label == 0 for label in labels]]
    if len(one) == 0 or len(zero) == 0:
        return np.array([1.0, 0.0]), 0.11
    alone, pair = (one, zero) if len(one) == 1 else (zero, one)
    along = pair[1] - pair[0]
    normal = np.array([-along[1], along[0]])
    return normal, normal @ (alone[0] + pair.mean(0)) / 2


def draw():
    size, gap = 1.2, 0.12
    fig, ax = dr.canvas(4 * size + 3 * gap + 2.3, 2 * size + gap + 0.34)
    for k, labels in enumerate(itertools.product((0, 1), repeat=3)):
        left = (k % 4) * (size + gap)
        low = (1 - k // 4) * (size + gap) + 0.02
        ax.plot([left, left + size, left + size, left, left],
                [low, low, low + size, low + size, low],
                color=dr.MUTED, linewidth=0.7)
        a, b = clip(*separator(labels), size)
        ax.plot([left + a[0], left + b[0]], [low + a[1], low + b[1]],
                color=dr.INK, linewidth=1.3)
        for (x, y), label in zip(POINTS, labels):
            mark(ax, left + x, low + y, label)
    dr.text(ax, 2 * size + 1.5 * gap, 2 * size + gap + 0.2,
            'three points: all 8 labelings', size=9.5)
    left, low = 4 * (size + gap) + 0.32, 0.55
    ax.plot([left, left + 1.5, left + 1.5, left, left],
            [low, low, low + 1.5, low + 1.5, low], color=dr.MUTED,
            linewidth=0.7)
    corners = [(0.35, 0.35, 1), (1.15, 1.15, 1), (0.35, 1.15, 0),
               (1.15, 0.35, 0)]
    dr.line(ax, (left + 0.35, low + 0.35), (left + 1.15, low + 1.15),
            color=dr.LINE_BLUE, dashed=True)
    dr.line(ax, (left + 0.35, low + 1.15), (left + 1.15, low + 0.35),
            color=dr.LINE_ORANGE, dashed=True)
    for x, y, label in corners:
        mark(ax, left + x, low + y, label)
    dr.text(ax, left + 0.75, 2 * size + gap + 0.2,
            'four points: not this one', size=9.5)
    return fig
