"""The backward sweep: adjoints, gradients, and the values they need."""
from tools import drawing as dr

KEPT, SWEEP, GRADS = 2.55, 1.5, 0.42


def _bar(letter, index=''):
    return rf'$\overline{{\mathbf{{{letter}}}}}{index}$'


def draw():
    fig, ax = dr.canvas(7.4, 2.95)
    one = dr.node(ax, 6.9, SWEEP, '1', fill=dr.ORANGE)
    o = dr.node(ax, 5.7, SWEEP, _bar('O'), fill=dr.ORANGE)
    h = dr.node(ax, 3.7, SWEEP, _bar('H'), fill=dr.ORANGE)
    z = dr.node(ax, 2.5, SWEEP, _bar('Z'), fill=dr.ORANGE)
    for a, b in ((one, o), (o, h), (h, z)):
        dr.arrow(ax, a, b, color=dr.LINE_RED, width=1.6)
    for at, index, kept in ((o, '_2', 'H'), (z, '_1', 'X')):
        w = dr.node(ax, at.x - 1, GRADS, _bar('W', index), fill=dr.GREEN)
        b = dr.node(ax, at.x, GRADS, _bar('b', index), fill=dr.GREEN)
        dr.arrow(ax, at, w, color=dr.LINE_RED)
        dr.arrow(ax, at, b, color=dr.LINE_RED)
        source = dr.node(ax, at.x - 1, KEPT, rf'$\mathbf{{{kept}}}$')
        dr.arrow(ax, source, w, dashed=True, color=dr.LINE_BLUE)
    for at, name, fill in ((z, r'$\mathbf{H}$', dr.BLUE),
                           (h, r'$\mathbf{W}_2$', dr.GRAY),
                           (o, r'$\mathbf{P}$', dr.BLUE)):
        source = dr.node(ax, at.x, KEPT, name, fill=fill)
        dr.arrow(ax, source, at, dashed=True, color=dr.LINE_BLUE)
    y = dr.node(ax, 6.5, KEPT, r'$\mathbf{y}$', fill=dr.BLUE)
    dr.arrow(ax, y, o, dashed=True, color=dr.LINE_BLUE)
    for level, name in ((KEPT, 'needed'), (SWEEP, 'adjoints'),
                        (GRADS, 'gradients')):
        dr.text(ax, 0.1, level, name, color=dr.MUTED, ha='left', size=9)
    return fig
