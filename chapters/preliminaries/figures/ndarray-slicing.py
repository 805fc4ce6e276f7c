"""Four ways to address part of a tensor of shape (4, 6)."""
from tools import drawing as dr

ROWS, COLS, CELL = 4, 6, 0.3


def draw():
    fig, ax = dr.canvas(8.4, 1.95)
    values = [[COLS * i + j for j in range(COLS)] for i in range(ROWS)]
    cases = [
        ('X[1]', '(6,)', lambda i, j: i == 1),
        ('X[1:3, 2:5]', '(2, 3)', lambda i, j: 1 <= i < 3 and 2 <= j < 5),
        ('X[:, ::2]', '(4, 3)', lambda i, j: j % 2 == 0),
        ('X[X % 7 == 3]', '(3,)', lambda i, j: values[i][j] % 7 == 3),
    ]
    for k, (code, shape, chosen) in enumerate(cases):
        left = 0.1 + 2.12 * k
        dr.grid(ax, left, 0.4, values, cell=CELL, size=8,
                fill=lambda i, j, c=chosen: dr.ORANGE if c(i, j) else dr.GRAY)
        middle = left + COLS * CELL / 2
        dr.text(ax, middle, 1.78, code, family='monospace')
        dr.text(ax, middle, 0.2, f'shape {shape}', color=dr.MUTED, size=9)
    return fig
