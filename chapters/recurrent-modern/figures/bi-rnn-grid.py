"""A bidirectional layer, unrolled over four time steps."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.15, 4.2)
    names = (('inputs', 0.4), ('forward', 1.45), ('backward', 2.65),
             ('outputs', 3.75))
    for name, y in names:
        dr.text(ax, 1.0, y, name, ha='right')
    columns = []
    for t in range(1, 5):
        x = 0.25 + 1.5 * t
        columns.append((
            dr.node(ax, x, 0.4, rf'$\mathbf{{X}}_{t}$', 0.32, dr.GRAY),
            dr.node(ax, x - 0.35, 1.45,
                    rf'$\overrightarrow{{\mathbf{{H}}}}_{t}$', 0.32, dr.BLUE),
            dr.node(ax, x + 0.35, 2.65,
                    rf'$\overleftarrow{{\mathbf{{H}}}}_{t}$', 0.32, dr.GREEN),
            dr.node(ax, x, 3.75, rf'$\mathbf{{O}}_{t}$', 0.32, dr.ORANGE)))
    for x, forward, backward, out in columns:
        dr.arrow(ax, x, forward)
        dr.arrow(ax, x, backward)
        dr.arrow(ax, forward, out)
        dr.arrow(ax, backward, out)
    for a, b in zip(columns, columns[1:]):
        dr.arrow(ax, a[1], b[1], color=dr.LINE_BLUE, width=2)
        dr.arrow(ax, b[2], a[2], color=dr.LINE_GREEN, width=2)
    return fig
