"""A joint distribution, its margins, and one of its rows made to sum to 1."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.2, 3.0)
    cell, low = 0.62, 0.95
    names = ['bike', 'bus', 'car']
    joint = [['0.36', '0.15', '0.09'], ['0.04', '0.20', '0.16']]

    def head(left, y):
        for k, name in enumerate(names):
            dr.text(ax, left + (k + 0.5) * cell, y, name, color=dr.MUTED)

    left = 0.75
    head(left, low + 2 * cell + 0.16)
    dr.grid(ax, left, low, joint, cell=cell,
            fill=lambda i, j: dr.BLUE if i == 1 else dr.GRAY)
    for row, name in enumerate(['dry', 'rain']):
        dr.text(ax, left - 0.3, low + (1.5 - row) * cell, name,
                color=dr.MUTED)
    dr.grid(ax, left + 3 * cell + 0.14, low, [['0.60'], ['0.40']], cell=cell,
            fill=dr.GREEN)
    dr.grid(ax, left, low - cell - 0.14, [['0.40', '0.35', '0.25']],
            cell=cell, fill=dr.GREEN)
    dr.text(ax, left + 1.5 * cell, 2.75, 'joint $P(W, T)$')
    dr.text(ax, left + 3.5 * cell + 0.14, 2.75, '$P(W)$')
    dr.text(ax, left - 0.36, low - cell / 2 - 0.14, '$P(T)$')

    right = 5.1
    row = dr.grid(ax, right, low, [['0.10', '0.50', '0.40']], cell=cell,
                  fill=dr.BLUE)
    head(right, low + cell + 0.16)
    dr.text(ax, row.x, low + cell + 0.5,
            r'$P(T \mid W = \mathrm{rain})$')
    dr.arrow(ax, (left + 4 * cell + 0.24, low + cell / 2),
             (right - 0.08, low + cell / 2), r'$\div\; 0.40$')
    return fig
