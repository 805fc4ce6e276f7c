"""A hidden layer before and after dropout."""
from tools import drawing as dr

INPUTS, HIDDEN, OUTPUTS = 3, 5, 2
DROPPED = {1, 4}


def _column(ax, x, n, names, fill, dropped=()):
    shapes = []
    for i in range(n):
        y = 1.75 + 0.72 * ((n - 1) / 2 - i)
        if i in dropped:
            shape = dr.node(ax, x, y, fill='none', edge=dr.MUTED)
            for sign in (1, -1):
                ax.plot([x - 0.2, x + 0.2], [y - 0.2 * sign, y + 0.2 * sign],
                        color=dr.LINE_RED, linewidth=1.6, zorder=4)
        else:
            shape = dr.node(ax, x, y, names[i], fill=fill)
        shapes.append(shape)
    return shapes


def _network(ax, left, title, dropped=()):
    x = _column(ax, left, INPUTS, [f'$x_{i + 1}$' for i in range(INPUTS)],
                dr.BLUE)
    names = [f'$h_{i + 1}$' for i in range(HIDDEN)]
    h = _column(ax, left + 1.35, HIDDEN, names, dr.ORANGE, dropped)
    o = _column(ax, left + 2.7, OUTPUTS,
                [f'$o_{i + 1}$' for i in range(OUTPUTS)], dr.GREEN)
    for i, unit in enumerate(h):
        if i in dropped:
            continue
        for a in x:
            dr.line(ax, a, unit, width=0.8)
        for b in o:
            dr.line(ax, unit, b, width=1.4 if dropped else 0.8,
                    color=dr.INK if dropped else dr.MUTED)
    dr.text(ax, left + 1.35, 3.78, title)
    return h, o


def draw():
    fig, ax = dr.canvas(7.4, 4)
    _network(ax, 0.4, 'evaluation: all units')
    _network(ax, 4.3, 'training: one random mask', DROPPED)
    dr.text(ax, 6.33, 3.38, r'$h_j\,/\,(1-p)$', size=9)
    return fig
