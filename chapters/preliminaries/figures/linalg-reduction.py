"""Sums along the axes of a matrix."""
from tools import drawing as dr

CELL = 0.46


def draw():
    fig, ax = dr.canvas(5.0, 2.45)
    x, y = 1.3, 1.3
    rows = [[3, 1, 4], [1, 5, 9]]
    dr.grid(ax, x, y, rows, cell=CELL, fill=dr.GRAY)
    down = [sum(column) for column in zip(*rows)]
    along = [sum(row) for row in rows]
    dr.grid(ax, x, y - 0.9, [down], cell=CELL, fill=dr.ORANGE)
    dr.grid(ax, x + 3 * CELL + 0.45, y, [[a] for a in along], cell=CELL,
            fill=dr.BLUE)
    for j in range(3):
        middle = x + (j + 0.5) * CELL
        dr.arrow(ax, (middle, y - 0.04), (middle, y - 0.9 + CELL + 0.04),
                 color=dr.LINE_ORANGE)
    for i in range(2):
        middle = y + (i + 0.5) * CELL
        dr.arrow(ax, (x + 3 * CELL + 0.04, middle),
                 (x + 3 * CELL + 0.41, middle), color=dr.LINE_BLUE)
    dr.text(ax, x - 0.12, y - 0.9 + CELL / 2, 'sum(dim=0)', ha='right',
            color=dr.LINE_ORANGE, size=9, family='monospace')
    dr.text(ax, x + 4 * CELL + 0.57, y + CELL, 'sum(dim=1)', ha='left',
            color=dr.LINE_BLUE, size=9, family='monospace')
    dr.text(ax, x - 0.12, y + CELL, 'axis 0  ↓', ha='right', size=9,
            color=dr.MUTED)
    dr.text(ax, x + 1.5 * CELL, y + 2 * CELL + 0.14, 'axis 1  →', size=9,
            color=dr.MUTED)
    return fig
