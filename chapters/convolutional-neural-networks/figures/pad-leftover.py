"""Windows of width 3 and stride 2 on a row of 8, without and with padding."""
from tools import drawing as dr

CELL = 0.36


def row(ax, x, y, n, p, fills):
    """A row of n cells with p zeros before it, and its windows below."""
    starts = range(0, n + p - 2, 2)
    used = {i for start in starts for i in range(start, start + 3)}

    def colour(_, j):
        if j < p:
            return dr.GRAY
        return dr.BLUE if j in used else 'none'

    values = [[0] * p + [f'$x_{i}$' for i in range(1, n + 1)]]
    dr.grid(ax, x, y, values, cell=CELL, fill=colour)
    for number, start in enumerate(starts):
        low = y - 0.3 - 0.24 * number
        left, right = x + start * CELL, x + (start + 3) * CELL
        ax.plot([left + 0.05, right - 0.05], [low, low], color=fills[number],
                linewidth=5, solid_capstyle='butt')
        dr.text(ax, right + 0.1, low, f'$h_{number + 1}$', size=9.5,
                ha='left')
    return used


def draw():
    fig, ax = dr.canvas(7.8, 1.95)
    lines = (dr.LINE_BLUE, dr.LINE_ORANGE, dr.LINE_GREEN, dr.LINE_PURPLE)
    row(ax, 0.15, 1.25, 8, 0, lines)
    dr.text(ax, 0.15 + 4 * CELL, 1.8, r'$n = 8,\ p = 0$', size=10)
    dr.arrow(ax, (2.86, 0.84), (2.86, 1.2), color=dr.LINE_RED)
    dr.text(ax, 2.96, 0.92, 'never seen', size=9, color=dr.LINE_RED,
            ha='left')
    row(ax, 4.25, 1.25, 8, 1, lines)
    dr.text(ax, 4.25 + 4.5 * CELL, 1.8, r'$n = 8,\ p = 1$', size=10)
    return fig
