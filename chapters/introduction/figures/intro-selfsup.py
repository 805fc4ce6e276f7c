"""Questions with known answers, made from unlabeled data."""
import numpy as np
from matplotlib import patches

from tools import drawing as dr


def words(ax, x, y, sentence, hidden):
    for word in sentence.split():
        width = 0.16 + 0.085 * len(word)
        blank = word == hidden
        dr.box(ax, x + width / 2, y, '?' if blank else word, width, 0.34,
               fill=dr.ORANGE if blank else dr.BLUE, size=9)
        x += width + 0.07


def scene(ax, x, y, size, keep=None, patch=4):
    """A picture of a tree on a plain; patches not in `keep` are gray."""
    ax.add_patch(patches.Rectangle((x, y), size, size, facecolor='#cfe6f5',
                                   edgecolor='none', zorder=1))
    ax.add_patch(patches.Rectangle((x, y), size, 0.36 * size,
                                   facecolor='#e3cf9a', edgecolor='none',
                                   zorder=1))
    ax.add_patch(patches.Rectangle((x + .46 * size, y + .26 * size),
                                   .08 * size, .34 * size, zorder=2,
                                   facecolor='#7a5230', edgecolor='none'))
    ax.add_patch(patches.Ellipse((x + .5 * size, y + .68 * size),
                                 .74 * size, .3 * size, facecolor='#5d8a4a',
                                 edgecolor='none', zorder=3))
    step = size / patch
    for i in range(patch):
        for j in range(patch):
            gone = keep is not None and (i, j) not in keep
            ax.add_patch(patches.Rectangle(
                (x + j * step, y + i * step), step, step, zorder=4,
                facecolor=dr.ORANGE if gone else 'none',
                edgecolor='white', linewidth=0.8))


def draw():
    fig, ax = dr.canvas(7.2, 3.75)
    for y, name in ((3.4, 'what comes next'), (2.75, 'what is hidden'),
                    (1.85, 'hidden patches'), (0.6, 'which belongs')):
        dr.text(ax, 0.1, y, name, ha='left', size=9, color=dr.MUTED)
    for y, hidden in ((3.4, 'river'), (2.75, 'crosses')):
        words(ax, 1.6, y, 'The herd crosses the river', hidden)
        dr.arrow(ax, (4.95, y), (5.45, y))
        dr.box(ax, 5.95, y, hidden, 0.85, 0.34, fill=dr.GREEN, size=9)
    rng = np.random.default_rng(3)
    order = rng.permutation(16)[:7]
    scene(ax, 1.6, 1.4, 0.9, {(int(k) // 4, int(k) % 4) for k in order})
    dr.arrow(ax, (2.7, 1.85), (5.2, 1.85))
    scene(ax, 5.5, 1.4, 0.9)
    scene(ax, 1.6, 0.15, 0.9)
    captions = ('a lone tree on a plain', 'a bus in the rain',
                'bread with honey')
    for k, caption in enumerate(captions):
        y = 0.98 - 0.38 * k
        dr.box(ax, 4.25, y, caption, 1.75, 0.3, fill=dr.BLUE, size=8.5)
        dr.line(ax, (2.55, 0.6), (3.37, y), dashed=True)
    dr.arrow(ax, (5.2, 0.6), (5.55, 0.6))
    dr.box(ax, 6.3, 0.6, 'the first one', 1.3, 0.34, fill=dr.GREEN, size=9)
    return fig
