"""Broadcasting: which cells exist and which are read again."""
from matplotlib import patches

from tools import drawing as dr

CELL = 0.34


def cells(ax, x, y, values, real):
    """A grid; cells for which real(i, j) is false are dashed ghosts."""
    rows = len(values)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            exists = real(i, j)
            ax.add_patch(patches.Rectangle(
                (x + j * CELL, y + (rows - 1 - i) * CELL), CELL, CELL,
                facecolor=dr.BLUE if exists else 'none',
                edgecolor=dr.INK if exists else dr.MUTED, linewidth=0.8,
                linestyle='-' if exists else (0, (3, 2)),
                zorder=2 if exists else 1.5))
            dr.text(ax, x + (j + 0.5) * CELL, y + (rows - i - 0.5) * CELL,
                    f'{value}', size=8, zorder=3,
                    color=dr.INK if exists else dr.MUTED)


def everywhere(i, j):
    return True


def label(ax, x, y, content, color=dr.MUTED):
    dr.text(ax, x, y, content, color=color, size=9)


def draw():
    fig, ax = dr.canvas(6.5, 4.6)
    wide, tall = 4 * CELL, 3 * CELL
    x1, x2, x3 = 0.2, 2.35, 4.75
    tens, row = (0, 10, 20), (1, 2, 3, 4)

    y = 3.45
    cells(ax, x1, y, [[t] * 4 for t in tens], lambda i, j: j == 0)
    cells(ax, x2, y, [row] * 3, lambda i, j: i == 0)
    cells(ax, x3, y, [[t + r for r in row] for t in tens], everywhere)
    for x, content in ((x1, '(3, 1)'), (x2, '(4,)'), (x3, '(3, 4)')):
        label(ax, x + wide / 2, y - 0.16, content)

    y = 1.88
    table = [[10 * i + j for j in range(4)] for i in range(3)]
    cells(ax, x1, y, table, everywhere)
    cells(ax, x2, y, [row] * 3, lambda i, j: i == 0)
    cells(ax, x3, y, [[v + r for v, r in zip(line, row)] for line in table],
          everywhere)
    for x, content in ((x1, '(3, 4)'), (x2, '(4,)'), (x3, '(3, 4)')):
        label(ax, x + wide / 2, y - 0.16, content)

    y = 0.31
    cells(ax, x1, y, table, everywhere)
    cells(ax, x2, y + CELL, [(1, 2, 3)], everywhere)
    label(ax, x1 + wide / 2, y - 0.16, '(3, 4)')
    label(ax, x2 + 1.5 * CELL, y + CELL - 0.16, '(3,)')
    dr.text(ax, x3 + wide / 2, y + tall / 2, 'error: 4 meets 3',
            color=dr.LINE_RED)

    for y in (3.45, 1.88, 0.31):
        dr.text(ax, (x1 + wide + x2) / 2, y + tall / 2, '+', size=14)
        dr.text(ax, (x2 + wide + x3) / 2, y + tall / 2,
                '=' if y > 1 else '', size=14)
    return fig
