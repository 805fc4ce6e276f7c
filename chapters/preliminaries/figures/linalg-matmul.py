"""Which row and column make an element of a matrix product."""
from tools import drawing as dr

CELL = 0.34


def draw():
    fig, ax = dr.canvas(5.2, 3.1)
    m, k, n = 4, 3, 5
    row, col = 1, 3
    x, y = 0.9, 0.45
    right, up = x + k * CELL + 0.5, y + m * CELL + 0.25
    a = dr.grid(ax, x, y, [[''] * k] * m, cell=CELL,
                fill=lambda i, j: dr.BLUE if i == row else dr.GRAY)
    b = dr.grid(ax, right, up, [[''] * n] * k, cell=CELL,
                fill=lambda i, j: dr.ORANGE if j == col else dr.GRAY)
    c = dr.grid(ax, right, y, [[''] * n] * m, cell=CELL,
                fill=lambda i, j: (dr.GREEN if (i, j) == (row, col)
                                   else dr.GRAY))
    middle_y = y + (m - row - 0.5) * CELL
    middle_x = right + (col + 0.5) * CELL
    dr.text(ax, middle_x, middle_y, '$c_{ij}$', size=9, zorder=4)
    dr.arrow(ax, (x + k * CELL + 0.04, middle_y), (right - 0.04, middle_y),
             color=dr.LINE_BLUE)
    dr.arrow(ax, (middle_x, up - 0.02), (middle_x, y + m * CELL + 0.02),
             color=dr.LINE_ORANGE)
    dr.text(ax, x - 0.12, middle_y, 'row $i$', ha='right', size=9,
            color=dr.LINE_BLUE)
    dr.text(ax, middle_x, up + k * CELL + 0.13, 'column $j$', size=9,
            color=dr.LINE_ORANGE)
    dr.text(ax, a.x, y - 0.2, r'$\mathbf{A}\;\;(m \times k)$')
    dr.text(ax, c.x, y - 0.2, r'$\mathbf{C}\;\;(m \times n)$')
    dr.text(ax, right + n * CELL + 0.12, b.y, r'$\mathbf{B}\;\;(k \times n)$',
            ha='left')
    return fig
