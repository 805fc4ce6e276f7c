from tools import drawing as dr

ROWS = ['pilot', 'surfing', 'elf', 'cook', 'running']
COLUMNS = ['man', 'man,\nlight', 'man,\ndark', 'woman', 'woman,\nlight',
           'woman,\ndark']
CELL = 0.46
RANDOM = {(0, 4), (1, 1), (2, 5), (3, 2), (4, 0), (4, 3)}
FAMILY = {(2, j) for j in range(6)}


def panel(ax, left, title, held_out):
    """One table of names, of which some are held out."""
    dr.grid(ax, left, 0.3, [['?' if (i, j) in held_out else ''
                             for j in range(6)] for i in range(5)],
            cell=CELL, fill=lambda i, j: dr.ORANGE if (i, j) in held_out
            else dr.BLUE)
    for j, name in enumerate(COLUMNS):
        dr.text(ax, left + (j + 0.5) * CELL, 2.8, name, size=6.5)
    for i, name in enumerate(ROWS):
        dr.text(ax, left - 0.1, 0.3 + (4.5 - i) * CELL, name, size=8.5,
                ha='right')
    dr.text(ax, left + 3 * CELL, 3.15, title)


def draw():
    fig, ax = dr.canvas(7.4, 3.35)
    panel(ax, 0.8, 'random split', RANDOM)
    panel(ax, 4.5, 'split by families', FAMILY)
    return fig
