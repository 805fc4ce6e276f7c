"""The graph of y = x exp(-w x): values forward, derivatives backward."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.2, 3.15)
    w = dr.node(ax, 0.75, 2.35, '$w$', radius=0.3)
    x = dr.node(ax, 0.75, 0.85, '$x$', radius=0.3)
    u = dr.node(ax, 2.7, 2.35, r'$\times$', radius=0.3, fill=dr.GRAY)
    v = dr.node(ax, 4.65, 2.35, r'$e^{-u}$', radius=0.3, fill=dr.GRAY)
    y = dr.node(ax, 6.3, 0.85, r'$\times$', radius=0.3, fill=dr.GRAY)
    for start, end, label, offset in (
            (w, u, '3', (0, 0.15)), (x, u, '0.5', (-0.14, 0.2)),
            (u, v, '−0.223', (0, 0.15)), (v, y, '3', (0.18, 0.1)),
            (x, y, '0.223', (0, 0.15))):
        dr.arrow(ax, start, end, label, offset=offset)
    for shape, name, value, adjoint, side in (
            (w, 'w', '0.5', '−2.008', 1), (x, 'x', '3', '−0.112', -1),
            (u, 'u', '1.5', '−0.669', 1), (v, 'v', '0.223', '3', 1),
            (y, 'y', '0.669', '1', -1)):
        far, near = shape.y + side * 0.7, shape.y + side * 0.46
        top, low = max(far, near), min(far, near)
        dr.text(ax, shape.x, top, f'${name}$ = {value}', size=9,
                color=dr.LINE_BLUE)
        dr.text(ax, shape.x, low, rf'$\bar{{{name}}}$ = {adjoint}', size=9,
                color=dr.LINE_RED)
    return fig
