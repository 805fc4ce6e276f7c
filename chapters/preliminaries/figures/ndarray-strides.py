"""One memory, three tensors that read it with different strides."""
from tools import drawing as dr

CELL = 0.4
SLICE = (5, 6, 9, 10)


def table(ax, x, y, values, name, recipe):
    rows = len(values)
    shape = dr.grid(ax, x, y, values, cell=CELL, size=9,
                    fill=lambda i, j: (dr.ORANGE if values[i][j] in SLICE
                                       else dr.BLUE))
    dr.text(ax, shape.x, y + rows * CELL + 0.2, name, family='monospace')
    dr.text(ax, shape.x, y - 0.36, recipe, color=dr.MUTED, size=9,
            linespacing=1.5)
    return shape


def draw():
    fig, ax = dr.canvas(6.6, 4.1)
    left = 0.9
    dr.grid(ax, left, 3.3, [list(range(12))], cell=CELL, size=9,
            fill=lambda i, j: dr.ORANGE if j in SLICE else dr.BLUE)
    dr.text(ax, left - 0.12, 3.5, 'memory', ha='right')
    for steps, y, label, color in ((4, 3.78, 'one row down in X: +4',
                                    dr.LINE_GREEN),):
        for start in (0, 4):
            dr.arrow(ax, (left + CELL * (start + 0.5), y - 0.05),
                     (left + CELL * (start + steps + 0.5), y - 0.05),
                     color=color, curve=-0.28)
        dr.text(ax, left + CELL * 9.1, y + 0.12, label, color=color, size=9,
                ha='left')
    X = [[4 * i + j for j in range(4)] for i in range(3)]
    table(ax, 0.3, 1.1, X, 'X', 'offset 0\nstrides (4, 1)')
    table(ax, 2.75, 0.9, [list(c) for c in zip(*X)], 'X.T',
          'offset 0\nstrides (1, 4)')
    table(ax, 5.0, 1.3, [row[1:3] for row in X[1:]], 'X[1:, 1:3]',
          'offset 5\nstrides (4, 1)')
    return fig
