"""Supervised problems by the shape of their answer."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr


def animal(ax, x, y, scale=1.0, fill=dr.GRAY, stripes=True):
    """A small four-legged animal, seen from the side."""
    s = scale
    for dx in (-0.2, -0.1, 0.12, 0.22):
        ax.plot([x + s * dx] * 2, [y - s * 0.05, y - s * 0.32],
                color=dr.INK, linewidth=1.6 * s, zorder=2)
    ax.add_patch(patches.Ellipse((x, y), 0.62 * s, 0.28 * s, facecolor=fill,
                                 edgecolor=dr.INK, linewidth=1, zorder=3))
    neck = np.array([[0.2, 0.0], [0.36, 0.26], [0.5, 0.18], [0.32, 0.02]])
    ax.add_patch(patches.Polygon(neck * s + (x, y), facecolor=fill,
                                 edgecolor=dr.INK, linewidth=1, zorder=2))
    ax.plot([x - s * 0.3, x - s * 0.38], [y + s * 0.04, y - s * 0.14],
            color=dr.INK, linewidth=1, zorder=2)
    if stripes:
        for dx in (-0.2, -0.1, 0.0, 0.1, 0.2):
            h = 0.1 * s
            ax.plot([x + s * dx, x + s * (dx - 0.03)], [y + h, y - h],
                    color=dr.INK, linewidth=1.5 * s, zorder=4)


def photo(ax, x, y, width=1.0, height=0.8):
    ax.add_patch(patches.Rectangle(
        (x - width / 2, y - height / 2), width, height, facecolor='#f3ecd9',
        edgecolor=dr.INK, linewidth=1, zorder=1))


def coat(ax, x, y, seed, fill='#f3ecd9', size=0.5):
    """A piece of coat with a pattern of patches."""
    ax.add_patch(patches.Rectangle((x - size / 2, y - size / 2), size, size,
                                   facecolor=fill, edgecolor=dr.INK,
                                   linewidth=0.8, zorder=2))
    rng = np.random.default_rng(seed)
    for i in range(3):
        for j in range(3):
            cx = x + (i - 1) * size * 0.3 + rng.uniform(-0.02, 0.02)
            cy = y + (j - 1) * size * 0.3 + rng.uniform(-0.02, 0.02)
            angle = np.sort(rng.uniform(0, 2 * np.pi, 5))
            r = size * rng.uniform(0.09, 0.16, 5)
            corners = np.stack([cx + r * np.cos(angle),
                                cy + r * np.sin(angle)], 1)
            ax.add_patch(patches.Polygon(corners, facecolor='#8a5a2b',
                                         edgecolor='none', zorder=3))


def head(ax, x, y, name):
    dr.text(ax, x, y, name, size=10, ha='left', weight='bold')


def draw():
    fig, ax = dr.canvas(7.4, 4.9)
    for x in (2.5, 4.97):
        dr.line(ax, (x, 0.1), (x, 4.8), color='#c4ccd4', width=0.8)
    dr.line(ax, (0.1, 2.5), (7.3, 2.5), color='#c4ccd4', width=0.8)

    head(ax, 0.12, 4.65, 'regression: a number')
    photo(ax, 0.8, 3.7, 1.2, 1.0)
    for dx, dy, s in ((-0.3, 0.25, .4), (0.05, 0.3, .35), (0.35, 0.2, .4),
                      (-0.35, -0.02, .5), (0.1, 0.0, .5), (0.38, -0.12, .45),
                      (-0.15, -0.28, .6), (0.3, -0.32, .5)):
        animal(ax, 0.8 + dx, 3.7 + dy, s * 0.75, stripes=False)
    dr.arrow(ax, (1.5, 3.7), (1.85, 3.7))
    dr.text(ax, 2.13, 3.7, '8', size=16)
    dr.text(ax, 1.25, 2.8, 'How many animals?', size=9, color=dr.MUTED)

    head(ax, 2.6, 4.65, 'classification: a name')
    photo(ax, 3.15, 3.7)
    animal(ax, 3.1, 3.7, 1.05)
    dr.arrow(ax, (3.72, 3.7), (3.95, 3.7))
    for k, (name, p) in enumerate((('zebra', .91), ('gnu', .07),
                                   ('topi', .02))):
        y = 4.05 - 0.35 * k
        ax.add_patch(patches.Rectangle((4.05, y - 0.11), 0.62 * p + 0.01,
                                       0.1, facecolor=dr.LINE_BLUE))
        dr.text(ax, 4.05, y + 0.08, f'{name} {p:.2f}', size=8.5, ha='left')
    dr.text(ax, 3.73, 2.8, 'Which species?', size=9, color=dr.MUTED)

    head(ax, 5.07, 4.65, 'tagging: a set of names')
    photo(ax, 5.62, 3.7)
    animal(ax, 5.5, 3.78, 0.95)
    animal(ax, 5.83, 3.5, 0.5)
    dr.arrow(ax, (6.17, 3.7), (6.38, 3.7))
    tags = (('zebra', 1), ('eating', 1), ('young', 1), ('resting', 0),
            ('topi', 0))
    for k, (name, on) in enumerate(tags):
        y = 4.2 - 0.25 * k
        ax.add_patch(patches.Rectangle((6.46, y - 0.06), 0.12, 0.12,
                                       facecolor=dr.LINE_GREEN if on
                                       else 'none', edgecolor=dr.INK,
                                       linewidth=0.8))
        dr.text(ax, 6.66, y, name, size=8.5, ha='left')
    dr.text(ax, 6.2, 2.8, 'What applies?', size=9, color=dr.MUTED)

    head(ax, 0.12, 2.25, 'search: an order')
    coat(ax, 0.5, 1.3, 4, size=0.62)
    dr.text(ax, 0.5, 0.82, 'query', size=8.5)
    dr.arrow(ax, (0.88, 1.3), (1.12, 1.3))
    for k, (name, seed) in enumerate((('F17', 4), ('M02', 9), ('F31', 5))):
        y = 1.8 - 0.47 * k
        dr.text(ax, 1.3, y, f'{k + 1}.', size=9)
        coat(ax, 1.64, y, seed, size=0.4)
        dr.text(ax, 1.93, y, name, size=9, ha='left')
    dr.text(ax, 1.25, 0.3, 'Which known giraffe is it?', size=9,
            color=dr.MUTED)

    head(ax, 2.6, 2.25, 'recommendation: an')
    head(ax, 2.6, 2.05, 'order for each person')
    table = (('Amina', '1 2 3'), ('Björn', '3 1 2'), ('Chen', '2 3 1'))
    for j, name in enumerate(('film', 'map', 'walk')):
        dr.text(ax, 3.56 + 0.48 * j, 1.72, name, size=8.5)
    for k, (name, order) in enumerate(table):
        y = 1.42 - 0.31 * k
        dr.text(ax, 3.22, y, name, size=8.5, ha='right')
        for j, rank in enumerate(order.split()):
            ax.add_patch(patches.Rectangle(
                (3.34 + 0.48 * j, y - 0.14), 0.44, 0.28, linewidth=0.8,
                facecolor=dr.ORANGE if rank == '1' else 'none',
                edgecolor=dr.INK))
            dr.text(ax, 3.56 + 0.48 * j, y, f'{rank}.', size=8.5)
    dr.text(ax, 3.73, 0.3, 'What to offer to whom?', size=9, color=dr.MUTED)

    head(ax, 5.07, 2.25, 'sequences: a text, a track')
    dr.box(ax, 6.18, 1.7, 'twiga wawili\nwanakunywa maji', 1.75, 0.48,
           fill=dr.BLUE, size=9)
    dr.arrow(ax, (6.18, 1.44), (6.18, 1.16))
    dr.box(ax, 6.18, 0.9, 'two giraffes are\ndrinking water', 1.75, 0.48,
           fill=dr.GREEN, size=9)
    dr.text(ax, 6.2, 0.3, 'What does it say in English?', size=9,
            color=dr.MUTED)
    return fig
