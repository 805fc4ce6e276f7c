"""One epoch: the numbers of the examples, shuffled and cut in minibatches."""
from tools import drawing as dr

ORDER = [6, 2, 9, 4, 0, 7, 3, 8, 5, 1]
FILLS = [dr.BLUE, dr.ORANGE, dr.GREEN]
CELL = 0.36


def row(ax, x, y, values, fill):
    return dr.grid(ax, x, y, [values], cell=CELL, fill=fill, size=9)


def draw():
    fig, ax = dr.canvas(8.2, 2.3)
    left = 1.45
    dr.text(ax, left - 0.15, 1.98, 'examples', ha='right', size=9)
    row(ax, left, 1.8, list(range(10)),
        lambda i, j: FILLS[ORDER.index(j) // 4])
    dr.text(ax, left - 0.15, 1.13, 'shuffled', ha='right', size=9)
    row(ax, left, 0.95, ORDER, lambda i, j: FILLS[j // 4])
    dr.arrow(ax, (left + 5 * CELL, 1.74), (left + 5 * CELL, 1.37))
    dr.text(ax, left - 0.15, 0.3, 'minibatches', ha='right', size=9)
    for k, fill in enumerate(FILLS):
        part = ORDER[4 * k:4 * k + 4]
        x = left + 4 * k * CELL + 0.35 * k
        shape = row(ax, x, 0.12, part, fill)
        middle = left + (4 * k + len(part) / 2) * CELL
        dr.arrow(ax, (middle, 0.89), (shape.x, 0.54))
    # What a minibatch holds: the rows of X and y with these numbers.
    x = left + 10 * CELL + 1.5
    dr.text(ax, x, 2.08, r'$\mathbf{X}$[6, 2, 9, 4]', size=9)
    dr.grid(ax, x - CELL, 0.52, [['', '']] * 4, cell=CELL, fill=dr.BLUE)
    dr.text(ax, x, 0.32, r'4 × $d$', size=9, color=dr.MUTED)
    x += 1.15
    dr.text(ax, x, 2.08, r'$\mathbf{y}$[6, 2, 9, 4]', size=9)
    dr.grid(ax, x - CELL / 2, 0.52, [['']] * 4, cell=CELL, fill=dr.BLUE)
    dr.text(ax, x, 0.32, '4 × 1', size=9, color=dr.MUTED)
    return fig
