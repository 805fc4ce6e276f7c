"""Linear regression as a network with one output unit."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(5.2, 2.6)
    out = dr.node(ax, 3.6, 1.35, r'$\hat{y}$', fill=dr.ORANGE, radius=0.3)
    rows = [(2.2, '$x_1$', '$w_1$'), (1.5, '$x_2$', '$w_2$'),
            (0.5, '$x_d$', '$w_d$')]
    for y, name, weight in rows:
        unit = dr.node(ax, 1.1, y, name)
        dr.arrow(ax, unit, out)
        x = 2.15
        at = y + (1.35 - y) * (x - 1.1) / 2.5
        dr.text(ax, x, at + 0.16, weight, color=dr.LINE_BLUE)
    dr.text(ax, 1.1, 1.02, r'$\vdots$')
    one = dr.node(ax, 3.6, 0.35, '1', fill=dr.GRAY, radius=0.22)
    dr.arrow(ax, one, out)
    dr.text(ax, 3.78, 0.8, '$b$', color=dr.LINE_BLUE)
    dr.arrow(ax, out, (4.75, 1.35))
    dr.text(ax, 0.45, 1.35, 'inputs', rotation=90, color=dr.MUTED, ha='left')
    dr.text(ax, 3.6, 1.95, 'output layer', color=dr.MUTED)
    return fig
