"""Filling the holes of a table of ratings by products of few numbers."""
import numpy as np

from tools import drawing as dr

READERS = {'Ada': (2, 0.5), 'Ben': (0.5, 2), 'Cem': (1.5, 1.0),
           'Dora': (1.0, 2.0), 'Eva': (2.0, 1.0)}
BOOKS = {'Atlas': (2.0, 0.5), 'Bees': (1.5, 0.5), 'Crime': (0.5, 2.0),
         'Desert': (1.5, 1.0), 'Elegy': (0.5, 1.5), 'Fjord': (1.8, 1.0)}
KNOWN = {(0, 0), (0, 2), (0, 3), (1, 1), (1, 2), (2, 0), (2, 3), (2, 4),
         (3, 1), (3, 2), (3, 4), (4, 0), (4, 3), (1, 5), (2, 5)}
ASKED = (4, 5)


def number(value):
    return f'{value:.1f}'.rstrip('0').rstrip('.')


def draw():
    fig, ax = dr.canvas(6.6, 3.5)
    ratings = np.array(list(READERS.values())) @ np.array(
        list(BOOKS.values())).T
    left, top, cell = 1.9, 2.75, 0.5
    cells = [[number(ratings[i, j]) if (i, j) in KNOWN else
              ('?' if (i, j) == ASKED else '') for j in range(6)]
             for i in range(5)]
    dr.grid(ax, left, top - 5 * cell, cells, cell,
            fill=lambda i, j: dr.ORANGE if (i, j) == ASKED else
            dr.BLUE if (i, j) in KNOWN else 'none')
    for i, (name, pair) in enumerate(READERS.items()):
        y = top - cell * (i + 0.5)
        dr.text(ax, 0.1, y, name, ha='left')
        dr.text(ax, 1.75, y, '  '.join(map(number, pair)), size=9,
                ha='right', color=dr.MUTED)
    for j, (name, pair) in enumerate(BOOKS.items()):
        x = left + cell * (j + 0.5)
        dr.text(ax, x, top + 0.68, name, size=9)
        dr.text(ax, x, top + 0.42, number(pair[0]), size=9, color=dr.MUTED)
        dr.text(ax, x, top + 0.18, number(pair[1]), size=9, color=dr.MUTED)
    a, b = READERS['Eva'], BOOKS['Fjord']
    dr.arrow(ax, (left + 6 * cell + 0.03, top - 4.5 * cell), (5.3, 0.95))
    dr.text(ax, 5.85, 1.42, 'prediction', size=9)
    dr.text(ax, 5.85, 1.12,
            f'{number(a[0])} · {number(b[0])} + '
            f'{number(a[1])} · {number(b[1])}', size=9)
    dr.text(ax, 5.85, 0.85, f'= {number(ratings[ASKED])}', size=11)
    return fig
