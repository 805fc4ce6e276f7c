"""A network as a tree of modules, and the name of a parameter as a path."""
from tools import drawing as dr

HOT = dr.LINE_ORANGE


def edge(ax, parent, child, name, hot=False, side=1, lift=0.0):
    """A line from parent to child, labeled with the child's name."""
    color = HOT if hot else dr.MUTED
    start, end = parent.bottom, child.top
    dr.line(ax, start, end, color=color, width=2.4 if hot else 1.2)
    dr.text(ax, (start[0] + end[0]) / 2 + 0.13 * side,
            (start[1] + end[1]) / 2 + 0.02 + lift, name, color=color,
            ha='left' if side > 0 else 'right', family='monospace', size=9.5,
            weight='bold' if hot else 'normal')


def leaf(ax, x, y, hot=None, names=('weight', 'bias')):
    """The parameters of a layer, below it."""
    shapes = []
    for i, name in enumerate(names):
        shapes.append(dr.box(
            ax, x + (i - 0.5) * 0.82, y, name, width=0.74, height=0.34,
            fill=dr.ORANGE, size=8.5, edge=HOT if i == hot else dr.INK))
    return shapes


def draw():
    fig, ax = dr.canvas(7.2, 3.75)
    root = dr.box(ax, 4.0, 3.4, 'Sequential', width=1.4, height=0.44,
                  fill=dr.BLUE)
    dr.text(ax, 3.15, 3.4, 'net', family='monospace', ha='right',
            color=HOT, weight='bold')
    unit = dr.box(ax, 1.85, 2.4, 'GatedUnit', width=1.4, height=0.44,
                  fill=dr.GREEN)
    drop = dr.box(ax, 4.0, 2.4, 'Dropout', width=1.2, height=0.44,
                  fill=dr.GRAY)
    last = dr.box(ax, 6.15, 2.4, 'Linear', width=1.1, height=0.44,
                  fill=dr.GRAY)
    value = dr.box(ax, 0.93, 1.35, 'Linear', width=1.1, height=0.44,
                   fill=dr.GRAY)
    gate = dr.box(ax, 2.77, 1.35, 'Linear', width=1.1, height=0.44,
                  fill=dr.GRAY)
    edge(ax, root, unit, '0', hot=True, side=-1, lift=0.12)
    edge(ax, root, drop, '1')
    edge(ax, root, last, '2', lift=0.12)
    edge(ax, unit, value, 'value', side=-1)
    edge(ax, unit, gate, 'gate', hot=True)
    for layer, y, hot in ((value, 0.5, None), (gate, 0.5, 0),
                          (last, 1.55, None)):
        for i, box in enumerate(leaf(ax, layer.x, y, hot)):
            dr.line(ax, layer.bottom, box.top,
                    color=HOT if i == hot else dr.MUTED,
                    width=2.4 if i == hot else 1.2)
    for i, (fill, label) in enumerate(((dr.BLUE, 'container'),
                                       (dr.GREEN, 'custom module'),
                                       (dr.GRAY, 'layer'),
                                       (dr.ORANGE, 'parameter'))):
        y = 1.02 - 0.27 * i
        dr.box(ax, 4.62, y, width=0.28, height=0.18, fill=fill,
               rounding=0.03)
        dr.text(ax, 4.86, y, label, ha='left', size=9)
    return fig
