"""Where the layer sits, and what it does in training and in prediction."""
from tools import drawing as dr

WIDTH, GAP = 0.66, 0.24
FILLS = {'conv': dr.BLUE, 'linear': dr.BLUE, 'output': dr.BLUE,
         'norm': dr.ORANGE}


def _chain(ax, x, y, names):
    """Boxes from left to right, connected by arrows."""
    shapes = [dr.box(ax, x + WIDTH / 2 + i * (WIDTH + GAP), y, name,
                     width=WIDTH, height=0.36, fill=FILLS.get(name, 'none'),
                     size=9) for i, name in enumerate(names)]
    for a, b in zip(shapes, shapes[1:]):
        dr.arrow(ax, a, b)
    return shapes


def _network(ax):
    """The layers of LeNet in two lines."""
    upper = _chain(ax, 0.4, 3.0, ['conv', 'norm', r'$\phi$', 'pool'] * 2)
    lower = _chain(ax, 1.3, 2.3, ['linear', 'norm', r'$\phi$'] * 2
                   + ['output'])
    dr.arrow(ax, (0.05, 3.0), upper[0])
    path = [upper[-1].right, (7.75, 3.0), (7.75, 2.65), (0.95, 2.65),
            (0.95, 2.3)]
    for a, b in zip(path, path[1:]):
        dr.line(ax, a, b, color=dr.INK)
    dr.arrow(ax, path[-1], lower[0])


def _layer(ax, y, title):
    """The two steps of the layer; returns the first."""
    dr.text(ax, 0.05, y, title, ha='left', weight='bold')
    scale = dr.box(ax, 3.0, y, r'$\hat x = (x - \mu)\,/\,\sigma$', width=1.9,
                   height=0.4, fill=dr.ORANGE)
    affine = dr.box(ax, 5.9, y, r'$y = \gamma\, \hat x + \beta$', width=1.5,
                    height=0.4, fill=dr.GREEN)
    dr.arrow(ax, (1.45, y), scale, '$x$', size=10)
    dr.arrow(ax, scale, affine, r'$\hat x$', size=10, offset=(0, 0.16))
    dr.arrow(ax, affine, (7.2, y), '$y$', size=10)
    return scale


def draw():
    fig, ax = dr.canvas(7.9, 3.25)
    _network(ax)
    training = _layer(ax, 1.5, 'training')
    prediction = _layer(ax, 0.25, 'prediction')
    batch = dr.box(ax, 3.0, 0.93, r'$\mu, \sigma$ of the minibatch',
                   width=1.9, height=0.3, dashed=True, fill='none', size=9)
    stored = dr.box(ax, 6.1, 0.93, 'stored: running averages', width=2.1,
                    height=0.3, fill=dr.GRAY, size=9)
    dr.arrow(ax, batch, training)
    dr.arrow(ax, batch, stored, color=dr.MUTED)
    bend = (stored.x - 0.6, 0.6)
    dr.line(ax, (bend[0], 0.78), bend)
    dr.line(ax, bend, (prediction.x, 0.6))
    dr.arrow(ax, (prediction.x, 0.6), prediction.top, color=dr.MUTED)
    return fig
