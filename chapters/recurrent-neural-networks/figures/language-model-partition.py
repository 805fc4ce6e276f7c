"""Windows of five tokens cut from a text, from two random offsets."""
from tools import drawing as dr

TEXT = 'call me ishmael some years'
CELL, STEPS, LEFT = 0.235, 5, 0.95
FILLS = (dr.BLUE, dr.ORANGE)


def row(ax, y, name, offset, order):
    """One epoch: the cells, and below each window its minibatch."""
    dr.text(ax, LEFT - 0.15, y + CELL / 2, name, ha='right', size=9)

    def fill(_, j):
        k = (j - offset) // STEPS
        used = offset <= j and k < len(order)
        return FILLS[order[k] - 1] if used else 'none'

    for j, c in enumerate(TEXT):
        color = dr.INK if fill(0, j) != 'none' else dr.MUTED
        dr.grid(ax, LEFT + j * CELL, y, [['']], cell=CELL, edge=dr.MUTED,
                fill=fill(0, j))
        dr.text(ax, LEFT + (j + 0.5) * CELL, y + CELL / 2 - 0.005,
                '␣' if c == ' ' else c, size=8.5, color=color, zorder=4)
    for k, batch in enumerate(order):
        x = LEFT + (offset + k * STEPS) * CELL
        dr.line(ax, (x + 0.03, y - 0.06), (x + STEPS * CELL - 0.03, y - 0.06),
                color=dr.INK)
        dr.text(ax, x + STEPS * CELL / 2, y - 0.2, f'minibatch {batch}',
                size=8)


def draw():
    fig, ax = dr.canvas(7.2, 1.75)
    row(ax, 1.25, 'epoch 1', 3, [2, 1, 2, 1])
    row(ax, 0.45, 'epoch 2', 1, [1, 2, 2, 1])
    return fig
