"""Span corruption, and three tasks as text to text."""
from tools import drawing as dr

TEXT = ('call', 'me', 'ishmael', 'some', 'years', 'ago', 'never', 'mind',
        'how', 'long')
SPANS = {1: 'X', 2: None, 7: 'Y'}


def row(ax, x, y, words, colors):
    for word, color in zip(words, colors):
        width = 0.2 + 0.078 * len(word)
        dr.box(ax, x + width / 2, y, word, width, 0.31, fill=color, size=8.5,
               rounding=0.06)
        x += width + 0.05
    return x


def draw():
    fig, ax = dr.canvas(7.6, 2.95)
    for y, name in ((2.75, 'text'), (2.3, 'input'), (1.85, 'target')):
        dr.text(ax, 0.1, y, name, size=9, color=dr.MUTED, ha='left')
    row(ax, 0.8, 2.75, TEXT, [dr.ORANGE if k in SPANS else dr.GRAY
                              for k in range(len(TEXT))])
    words = [SPANS.get(k, word) for k, word in enumerate(TEXT)]
    words = [word for word in words if word]
    row(ax, 0.8, 2.3, words, [dr.BLUE if word in ('X', 'Y') else dr.GRAY
                              for word in words])
    row(ax, 0.8, 1.85, ('X', 'me', 'ishmael', 'Y', 'mind', 'Z'),
        (dr.BLUE, dr.ORANGE, dr.ORANGE, dr.BLUE, dr.ORANGE, dr.BLUE))
    dr.line(ax, (0.1, 1.52), (7.5, 1.52), dashed=True)
    body = dr.box(ax, 4.85, 0.75, 'encoder–\ndecoder', 1.1, 1.2,
                  fill=dr.PURPLE, size=9)
    tasks = (('translate English to French: good morning', 'bonjour'),
             ('sentiment: a fine book, and never too long', 'positive'),
             ('summarize: Early on Monday the ship …', 'ship sails'))
    for k, (source, target) in enumerate(tasks):
        y = 1.2 - 0.45 * k
        left = dr.box(ax, 2.0, y, source, 3.6, 0.33, size=8.5)
        right = dr.box(ax, 6.75, y, target, 1.3, 0.33, fill=dr.ORANGE,
                       size=8.5)
        dr.arrow(ax, left.right, (body.left[0], y))
        dr.arrow(ax, (body.right[0], y), right.left)
    return fig
