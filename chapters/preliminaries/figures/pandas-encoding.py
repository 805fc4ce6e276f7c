"""Three rows of a table before and after preprocessing."""
from matplotlib import patches

from tools import drawing as dr

WIDTH, HEIGHT = 0.68, 0.3
KINDS = {'temp': dr.BLUE, 'wind': dr.GREEN, 'sky': dr.PURPLE,
         'market': dr.GRAY, 'weekend': dr.GRAY}
BEFORE = {'temp': ('19.0', '15.0', '12.0'), 'wind': ('', '10', '31'),
          'sky': ('clear', '', 'rain'), 'market': ('no', 'yes', 'no'),
          'weekend': ('no', 'no', 'yes')}
AFTER = [
    ('temp', 'temp', ('0.87', '−0.25', '−1.09')),
    ('wind', 'wind', ('−0.31', '−0.53', '1.84')),
    ('temp', 'temp\nmissing', '000'),
    ('wind', 'wind\nmissing', '100'),
    ('sky', 'sky\nclear', '100'),
    ('sky', 'sky\ncloudy', '000'),
    ('sky', 'sky\nrain', '001'),
    ('sky', 'sky\nunknown', '010'),
    ('market', 'market', '010'),
    ('weekend', 'weekend', '001'),
]
FILLED = {(1, 0), (3, 0), (7, 1)}     # (column, row)


def cell(ax, left, low, content, fill, framed=False):
    ax.add_patch(patches.Rectangle(
        (left, low), WIDTH, HEIGHT, facecolor=fill,
        edgecolor=dr.LINE_ORANGE if framed else dr.INK,
        linewidth=2.0 if framed else 0.8, zorder=4 if framed else 2))
    dr.text(ax, left + WIDTH / 2, low + HEIGHT / 2, content, size=9,
            zorder=5)


def draw():
    fig, ax = dr.canvas(7.0, 3.6)
    top, bottom = 2.35, 0.1
    starts = {}
    for k, (name, values) in enumerate(BEFORE.items()):
        left = 1.8 + k * WIDTH
        starts[name] = left + WIDTH / 2
        dr.text(ax, left + WIDTH / 2, top + 3 * HEIGHT + 0.16, name, size=9)
        for i, value in enumerate(values):
            cell(ax, left, top + (2 - i) * HEIGHT, value,
                 KINDS[name] if value else 'none')
    for i, day in enumerate(('May 6', 'May 9', 'May 11')):
        dr.text(ax, 1.7, top + (2.5 - i) * HEIGHT, day, ha='right', size=9,
                color=dr.MUTED)
    for k, (kind, name, values) in enumerate(AFTER):
        left = 0.1 + k * WIDTH
        dr.text(ax, left + WIDTH / 2, bottom + 3 * HEIGHT + 0.2, name,
                size=8, linespacing=1.1)
        dr.line(ax, (starts[kind], top - 0.04),
                (left + WIDTH / 2, bottom + 3 * HEIGHT + 0.42))
        for i, value in enumerate(values):
            cell(ax, left, bottom + (2 - i) * HEIGHT, value, KINDS[kind],
                 framed=(k, i) in FILLED)
    return fig
