"""Windows of the input become the rows of a matrix."""
from tools import drawing as dr

X = ((1, 2, 0, 1), (0, 3, 1, 2), (2, 1, 1, 0))
K = (1, 2, 0, 1)
CELL = 0.32
FILLS = (dr.BLUE, dr.GREEN)


def draw():
    fig, ax = dr.canvas(6.6, 2.35)
    rows = [[X[i + a][j + b] for a in (0, 1) for b in (0, 1)]
            for i in range(2) for j in range(3)]
    values = [[sum(k * x for k, x in zip(K, row))] for row in rows]

    def fill(i, j):
        return dr.ORANGE if i <= 1 and 1 <= j <= 2 else 'none'

    def chosen(i, j):
        return dr.ORANGE if i == 1 else 'none'

    source = dr.grid(ax, 0.15, 0.78, X, cell=CELL, fill=fill)
    matrix = dr.grid(ax, 2.55, 0.3, rows, cell=CELL, fill=chosen)
    dr.grid(ax, 4.25, 0.62, [[k] for k in K], cell=CELL, fill=dr.BLUE)
    dr.grid(ax, 5.0, 0.3, values, cell=CELL, fill=chosen)
    dr.arrow(ax, source.right, (2.5, matrix.top[1] - 1.5 * CELL),
             curve=-0.15)
    dr.text(ax, 1.97, 2.0, 'unfold', size=9)
    dr.text(ax, 4.07, matrix.y, '×', size=12)
    dr.text(ax, 4.79, matrix.y, '=', size=12)
    dr.text(ax, 0.79, 0.62, 'input', size=9, color=dr.MUTED)
    dr.text(ax, matrix.x, 0.13, '6 windows × 4 values', size=9,
            color=dr.MUTED)
    dr.text(ax, 4.41, 0.13, 'kernel', size=9, color=dr.MUTED)
    dr.text(ax, 5.2, 0.13, 'output', size=9, color=dr.MUTED)
    dr.text(ax, 5.55, matrix.y, 'fold into\n2 × 3', size=9, ha='left')
    return fig
