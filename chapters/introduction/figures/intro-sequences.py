"""Sequences as inputs and outputs."""
import numpy as np

from tools import drawing as dr


def cells(ax, x, y, words, fill, width, size=7.5):
    """A row of boxes centred at (x, y), one for each word."""
    step = width + 0.05
    left = x - step * (len(words) - 1) / 2
    return [dr.box(ax, left + step * k, y, word, width, 0.36, fill=fill,
                   size=size) for k, word in enumerate(words)]


def heartbeat(t):
    """Three beats; t in units of a beat."""
    phase = t % 1 - 0.4
    return (np.exp(-(phase / 0.035) ** 2)
            - 0.25 * np.exp(-((phase - 0.09) / 0.04) ** 2)
            + 0.2 * np.exp(-((phase - 0.33) / 0.08) ** 2))


def draw():
    fig, ax = dr.canvas(7.4, 2.7)
    for x, name in ((0.8, 'many to one'), (2.35, 'one to many'),
                    (4.03, 'step by step'), (6.18, 'many to many')):
        dr.text(ax, x, 2.55, name, color=dr.MUTED, size=9)
    for x in (1.58, 3.12, 4.95):
        dr.line(ax, (x, 0.1), (x, 2.65), color='#c4ccd4', width=0.8)

    t = np.linspace(0, 3, 600)
    ax.plot(0.1 + t * 0.46, 0.45 + 0.6 * heartbeat(t), color=dr.LINE_BLUE,
            linewidth=1.1)
    word = dr.box(ax, 0.8, 2.05, 'regular', 0.85, 0.36, fill=dr.GREEN,
                  size=9)
    dr.arrow(ax, (0.8, 1.2), word)

    picture = dr.box(ax, 2.35, 0.6, 'picture', 0.85, 0.6, fill=dr.BLUE,
                     size=9)
    for shape in cells(ax, 2.35, 2.05, ('two', 'gi-\nraffes', 'drink'),
                       dr.GREEN, 0.42):
        dr.arrow(ax, picture, shape)

    below = cells(ax, 4.03, 0.6, ('she', 'saw', 'the', 'lion'), dr.BLUE, 0.38)
    above = cells(ax, 4.03, 2.05, ('pron.', 'verb', 'art.', 'noun'), dr.GREEN,
                  0.38)
    for a, b in zip(below, above, strict=True):
        dr.arrow(ax, a, b)

    source = cells(ax, 6.18, 0.6, ('twiga', 'wawili', 'wana-\nkunywa',
                                   'maji'), dr.BLUE, 0.5)
    target = cells(ax, 6.18, 2.05, ('two', 'gi-\nraffes', 'are', 'drink-\ning',
                                    'water'), dr.GREEN, 0.42)
    for a, b in ((0, 1), (1, 0), (2, 2), (2, 3), (3, 4)):
        dr.line(ax, source[a].top, target[b].bottom, color=dr.INK)
    return fig
