"""The 36 outcomes of two dice and two events."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(5.6, 3.5)
    cell, left, low = 0.46, 0.85, 0.2

    def fill(row, col):
        total, double = row + col == 6, row == col
        if total and double:
            return dr.PURPLE
        if total:
            return dr.BLUE
        return dr.ORANGE if double else 'none'

    values = [[i + j + 2 for j in range(6)] for i in range(6)]
    shape = dr.grid(ax, left, low, values, cell=cell, fill=fill)
    for k in range(6):
        dr.text(ax, left + (k + 0.5) * cell, low + 6 * cell + 0.17,
                f'{k + 1}', color=dr.MUTED)
        dr.text(ax, left - 0.17, low + (5.5 - k) * cell, f'{k + 1}',
                color=dr.MUTED)
    dr.text(ax, shape.x, low + 6 * cell + 0.42, 'second die', color=dr.MUTED)
    dr.text(ax, left - 0.45, shape.y, 'first die', color=dr.MUTED,
            rotation=90)
    for y, color, label in [
            (2.3, dr.BLUE, 'the sum is 8'), (1.75, dr.ORANGE, 'a double'),
            (1.2, dr.PURPLE, 'both')]:
        dr.box(ax, 4.05, y, width=0.3, height=0.3, fill=color, rounding=0.03)
        dr.text(ax, 4.32, y, label, ha='left')
    return fig
