"""The way of a minibatch through a recurrent language model, with shapes."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(8.2, 2.1)
    y = 1.0
    tokens = dr.box(ax, 0.75, y, 'tokens\n$X$', width=1.0, height=0.66,
                    fill=dr.BLUE, size=9)
    one_hot = dr.box(ax, 2.55, y, 'one-hot\nencoding', width=1.1,
                     height=0.66, size=9)
    layer = dr.box(ax, 4.6, y, 'recurrent\nlayer', width=1.2, height=0.66,
                   fill=dr.ORANGE, size=9)
    output = dr.box(ax, 6.65, y, 'output\nlayer', width=1.1, height=0.66,
                    size=9)
    dr.arrow(ax, tokens, one_hot)
    dr.arrow(ax, one_hot, layer)
    dr.arrow(ax, layer, output)
    dr.arrow(ax, output, (7.85, y))
    # The state goes round, one turn a time step.
    left, right, up = 4.3, 4.9, y + 0.62
    dr.line(ax, (right, y + 0.33), (right, up), color=dr.INK)
    dr.line(ax, (right, up), (left, up), color=dr.INK)
    dr.arrow(ax, (left, up), (left, y + 0.33))
    dr.text(ax, 4.6, up + 0.2, 'state (batch, hiddens), step by step',
            size=8.5, color=dr.LINE_ORANGE)
    for x, shape in ((0.75, '(batch, steps)'),
                     (2.55, '(steps, batch, vocab)'),
                     (4.6, 'steps × (batch, hiddens)'),
                     (6.75, '(batch, steps, vocab)')):
        dr.text(ax, x, y - 0.55, shape, size=8.5, color=dr.MUTED)
    return fig
