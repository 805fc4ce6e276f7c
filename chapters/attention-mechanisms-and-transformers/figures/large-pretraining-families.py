"""Encoder-only, encoder–decoder and decoder-only models."""
from tools import drawing as dr

STEP = 0.8


def tokens(ax, x, y, words, marked=(), fill=dr.GRAY):
    return [dr.box(ax, x + STEP * k, y, word, STEP - 0.1, 0.32, size=8.5,
                   fill=dr.ORANGE if k in marked else fill)
            for k, word in enumerate(words)]


def stack(ax, x, y, count, name, fill):
    """A box over `count` tokens, with its name and mask."""
    return dr.box(ax, x + STEP * (count - 1) / 2, y, name,
                  STEP * count - 0.1, 0.62, fill=fill, size=9)


def join(ax, bottom, box, top):
    for shape in bottom:
        dr.arrow(ax, shape.top, (shape.x, box.y - 0.31))
    for shape in top:
        dr.arrow(ax, (shape.x, box.y + 0.31), shape.bottom)


def draw():
    fig, ax = dr.canvas(8.85, 2.75)
    for x, name in ((1.25, 'encoder-only'), (4.3, 'encoder–decoder'),
                    (7.55, 'decoder-only')):
        dr.text(ax, x, 2.58, name, weight='bold')
    low, mid, high = 0.35, 1.2, 2.05
    inputs = tokens(ax, 0.45, low, ('the', '[mask]', 'sleeps'))
    box = stack(ax, 0.45, mid, 3, 'full mask', dr.BLUE)
    out = tokens(ax, 0.45, high, ('', 'whale', ''), (1,), 'none')
    join(ax, inputs, box, out)

    inputs = tokens(ax, 3.0, low, ('the', 'X', 'sleeps'))
    box = stack(ax, 3.0, mid, 3, 'full mask', dr.BLUE)
    join(ax, inputs, box, [])
    inputs = tokens(ax, 5.55, low, ('X',))
    writer = dr.box(ax, 5.55, mid, 'causal\nmask', STEP + 0.05, 0.62,
                    fill=dr.PURPLE, size=9)
    out = tokens(ax, 5.55, high, ('whale',), (0,))
    join(ax, inputs, writer, out)
    dr.arrow(ax, box, writer)

    inputs = tokens(ax, 6.75, low, ('the', 'whale', 'sleeps'))
    box = stack(ax, 6.75, mid, 3, 'causal mask', dr.PURPLE)
    out = tokens(ax, 6.75, high, ('whale', 'sleeps', 'in'), (0, 1, 2))
    join(ax, inputs, box, out)
    return fig
