"""The forward computation of an MLP with one hidden layer, as a graph."""
from tools import drawing as dr

ROW, TOP, RAIL = 0.95, 2.0, 2.85


def draw():
    fig, ax = dr.canvas(7.9, 3.2)
    value, weight = dr.BLUE, dr.GREEN
    x = dr.node(ax, 0.4, ROW, r'$\mathbf{X}$', fill=value)
    f1 = dr.box(ax, 1.2, ROW, r'$\mathbf{XW}+\mathbf{b}$', width=0.82,
                height=0.42, size=8)
    z = dr.node(ax, 2.0, ROW, r'$\mathbf{Z}$', fill=value)
    phi = dr.box(ax, 2.7, ROW, r'$\phi$', width=0.45, height=0.42)
    h = dr.node(ax, 3.4, ROW, r'$\mathbf{H}$', fill=value)
    f2 = dr.box(ax, 4.2, ROW, r'$\mathbf{HW}+\mathbf{b}$', width=0.82,
                height=0.42, size=8)
    o = dr.node(ax, 5.0, ROW, r'$\mathbf{O}$', fill=value)
    loss = dr.box(ax, 5.75, ROW, 'loss', width=0.56, height=0.42, size=9)
    mean = dr.node(ax, 6.4, ROW, '$L$', fill=dr.ORANGE, radius=0.24)
    add = dr.box(ax, 6.95, ROW, '+', width=0.34, height=0.42)
    total = dr.node(ax, 7.5, ROW, r'$L_\lambda$', fill=dr.ORANGE)
    chain = [x, f1, z, phi, h, f2, o, loss, mean, add, total]
    for a, b in zip(chain, chain[1:]):
        dr.arrow(ax, a, b)
    penalty = dr.box(ax, 5.9, RAIL, r'$\frac{\lambda}{2}\Vert\cdot\Vert^2$',
                     width=0.85, height=0.48)
    for op, index in ((f1, 1), (f2, 2)):
        w = dr.node(ax, op.x - 0.33, TOP, rf'$\mathbf{{W}}_{index}$',
                    fill=weight)
        b = dr.node(ax, op.x + 0.33, TOP, rf'$\mathbf{{b}}_{index}$',
                    fill=weight)
        dr.arrow(ax, w, (op.x - 0.14, op.top[1]))
        dr.arrow(ax, b, (op.x + 0.14, op.top[1]))
        dr.line(ax, w.top, (w.x, RAIL), color=dr.INK)
        if index == 1:
            dr.line(ax, (w.x, RAIL), (f2.x - 0.33, RAIL), color=dr.INK)
        else:
            dr.arrow(ax, (w.x, RAIL), penalty)
    y = dr.node(ax, 5.75, TOP - 0.15, r'$\mathbf{y}$', fill=dr.GRAY,
                radius=0.24)
    dr.arrow(ax, y, loss)
    dr.line(ax, penalty.right, (add.x, RAIL), color=dr.INK)
    dr.arrow(ax, (add.x, RAIL), add)
    for at, shape in ((x, r'$n \times d$'), (z, r'$n \times h$'),
                      (h, r'$n \times h$'), (o, r'$n \times q$'),
                      (mean, '1'), (total, '1')):
        dr.text(ax, at.x, 0.42, shape, color=dr.MUTED, size=9)
    return fig
