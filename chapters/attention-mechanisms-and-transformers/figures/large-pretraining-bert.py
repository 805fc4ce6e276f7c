"""Masked language modeling, and an encoder reused for four tasks."""
from tools import drawing as dr

WORDS = ('the', '[mask]', 'apple', 'in', 'the', 'deep')
TARGETS = (None, 'whale', 'sleeps', None, None, 'deep')
NOTES = (None, '80%', '10%: random', None, None, '10%: kept')
TASKS = (('topic of\na text', (0,)), ('kind of\neach word', (0, 1, 2)),
         ('answer:\nfrom … to', (1, 2)), ('vector\nof a text', (0,)))


def draw():
    fig, ax = dr.canvas(9.0, 2.75)
    step = 0.74
    xs = [0.45 + step * k for k in range(6)]
    dr.box(ax, sum(xs) / 6, 1.4, 'encoder, full mask', 6 * step - 0.08, 0.5,
           fill=dr.BLUE)
    for x, word, target, note in zip(xs, WORDS, TARGETS, NOTES):
        hidden = target is not None
        box = dr.box(ax, x, 0.65, word, 0.66, 0.32, size=8.5,
                     fill=dr.RED if hidden else dr.GRAY)
        dr.arrow(ax, box.top, (x, 1.15))
        if hidden:
            out = dr.box(ax, x, 2.2, target, 0.66, 0.32, fill=dr.ORANGE,
                         size=8.5)
            dr.arrow(ax, (x, 1.65), out.bottom)
            dr.text(ax, x, 0.33, note, size=8, color=dr.MUTED)
    dr.text(ax, sum(xs) / 6, 2.6, 'pretraining: the tokens at chosen places',
            weight='bold', size=9)
    dr.line(ax, (4.8, 0.2), (4.8, 2.6), dashed=True)
    dr.text(ax, 6.85, 2.6, 'fine-tuning: small new layers', weight='bold',
            size=9)
    for k, (task, heads) in enumerate(TASKS):
        x = 5.35 + 1.01 * k
        dr.box(ax, x, 1.0, 'encoder', 0.92, 0.42, fill=dr.BLUE, size=8.5)
        for j in range(3):
            place = x - 0.28 + 0.28 * j
            dr.arrow(ax, (place, 0.52), (place, 0.79))
            if j in heads:
                head = dr.box(ax, place, 1.58, '', 0.2, 0.24, fill=dr.GREEN,
                              rounding=0.04)
                dr.arrow(ax, (place, 1.21), head.bottom)
        dr.text(ax, x, 2.05, task, size=8.5)
        dr.text(ax, x, 0.38, 'tokens', size=8, color=dr.MUTED)
    return fig
