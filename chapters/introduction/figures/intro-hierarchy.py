"""Hand-made features and learned ones."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr


def pixels(ax, x, y):
    values = np.random.default_rng(2).uniform(0.25, 0.95, (5, 5))
    for i in range(5):
        for j in range(5):
            ax.add_patch(patches.Rectangle(
                (x - 0.3 + 0.12 * j, y - 0.3 + 0.12 * i), 0.12, 0.12,
                facecolor=str(values[i, j]), edgecolor='none'))
    dr.text(ax, x, y - 0.47, 'pixels', size=9)
    return dr.Shape(x, y, 0.3, 0.3)


def icon(ax, kind, x, y):
    if kind == 'edges':
        for angle, dx in ((20, -0.25), (75, 0), (135, 0.25)):
            c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
            ax.plot([x + dx - 0.09 * c, x + dx + 0.09 * c],
                    [y - 0.09 * s, y + 0.09 * s], color=dr.INK,
                    linewidth=2.2, zorder=4)
    elif kind == 'textures':
        for dx in np.linspace(-0.32, -0.08, 5):
            ax.plot([x + dx, x + dx], [y - .12, y + .12], color=dr.INK,
                    linewidth=1.5, zorder=4)
        for dx in np.linspace(0.1, 0.32, 3):
            for dy in (-0.09, 0, 0.09):
                ax.plot([x + dx], [y + dy], 'o', color=dr.INK, markersize=2.6,
                        zorder=4)
    elif kind == 'parts':
        ax.add_patch(patches.Ellipse((x - 0.2, y), 0.11, 0.28, angle=-15,
                                     facecolor='white', edgecolor=dr.INK,
                                     zorder=4))
        ax.plot([x + 0.14, x + 0.14, x + 0.24], [y + .13, y - .1, y - .13],
                color=dr.INK, linewidth=3, zorder=4)
    else:
        for dx in (-0.16, -0.08, 0.1, 0.18):
            ax.plot([x + dx] * 2, [y - 0.02, y - 0.17], color=dr.INK,
                    linewidth=1.3, zorder=4)
        neck = np.array([[.14, 0], [.26, .17], [.36, .12], [.24, .02]])
        ax.add_patch(patches.Polygon(neck + (x, y), facecolor='white',
                                     edgecolor=dr.INK, zorder=4))
        ax.add_patch(patches.Ellipse((x, y + 0.01), 0.46, 0.19, zorder=5,
                                     facecolor='white', edgecolor=dr.INK))
        for dx in (-0.14, -0.06, 0.02, 0.1):
            ax.plot([x + dx, x + dx - .02], [y + .08, y - .06], zorder=6,
                    color=dr.INK, linewidth=1.2)


def draw():
    fig, ax = dr.canvas(7.4, 3.5)
    y = 2.75
    shapes = [pixels(ax, 0.45, y),
              dr.box(ax, 2.6, y, 'features made by hand', 2.2, 0.6,
                     fill=dr.GRAY),
              dr.box(ax, 5.05, y, 'classifier', 1.1, 0.6, fill=dr.BLUE),
              dr.box(ax, 6.8, y, 'zebra', 0.8, 0.42, fill='none')]
    for a, b in zip(shapes, shapes[1:], strict=False):
        dr.arrow(ax, a, b)
    dr.arrow(ax, (6.6, 2.15), (4.5, 2.15), color=dr.LINE_ORANGE)
    dr.text(ax, 4.4, 2.15, 'reached by training', ha='right', size=9,
            color=dr.LINE_ORANGE)
    dr.line(ax, (0.1, 1.9), (7.3, 1.9), color='#c4ccd4', width=0.8)

    y = 1.2
    shapes = [pixels(ax, 0.45, y)]
    for k, name in enumerate(('edges', 'textures', 'parts', 'animals')):
        x = 1.7 + 1.25 * k
        shapes.append(dr.box(ax, x, y, width=0.95, height=0.6, fill=dr.BLUE))
        icon(ax, name, x, y)
        dr.text(ax, x, y - 0.47, name, size=9)
    shapes.append(dr.box(ax, 6.8, y, 'zebra', 0.8, 0.42, fill='none'))
    for a, b in zip(shapes, shapes[1:], strict=False):
        dr.arrow(ax, a, b)
    dr.arrow(ax, (6.6, 0.45), (1.2, 0.45), color=dr.LINE_ORANGE)
    dr.text(ax, 4.0, 0.28, 'reached by training', size=9,
            color=dr.LINE_ORANGE)
    return fig
