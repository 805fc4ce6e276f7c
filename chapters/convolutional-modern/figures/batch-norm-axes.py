"""Which numbers share a mean and a variance in four normalizations."""
from matplotlib import patches

from tools import drawing as dr

ROWS, COLS, CELL = 4, 6, 0.27
KINDS = (
    ('batch norm', lambda i, j: j == 1, '6 means: one per channel'),
    ('layer norm', lambda i, j: i == 1, '4 means: one per example'),
    ('instance norm', lambda i, j: (i, j) == (1, 1), '24 means: one per map'),
    ('group norm', lambda i, j: i == 1 and j < 3, '8 means: two per example'),
)


def _cell(ax, x, y, marked):
    """A feature map of 2 × 2 pixels."""
    ax.add_patch(patches.Rectangle(
        (x, y), CELL, CELL, facecolor=dr.ORANGE if marked else 'none',
        edgecolor=dr.INK, linewidth=0.9, zorder=2))
    middle = CELL / 2
    for start, end in (((x + middle, y), (x + middle, y + CELL)),
                       ((x, y + middle), (x + CELL, y + middle))):
        ax.plot(*zip(start, end), color=dr.MUTED, linewidth=0.4, zorder=3)


def draw():
    fig, ax = dr.canvas(8.2, 2.05)
    for k, (title, marked, note) in enumerate(KINDS):
        left, low = 0.3 + 2.02 * k, 0.38
        for i in range(ROWS):
            for j in range(COLS):
                _cell(ax, left + j * CELL, low + (ROWS - 1 - i) * CELL,
                      marked(i, j))
        middle = left + COLS * CELL / 2
        dr.text(ax, middle, 1.9, title, size=10, weight='bold')
        dr.text(ax, middle, low - 0.18, note, size=8.5)
        dr.text(ax, middle, low + ROWS * CELL + 0.12, 'channels', size=8.5)
    dr.text(ax, 0.16, 0.38 + ROWS * CELL / 2, 'examples', size=8.5,
            rotation=90)
    return fig
