"""From raw text to a window of tokens and its targets."""
from tools import drawing as dr

CELL = 0.4
TEXT = 'call me ishm'
NUMBERS = [1 if c == ' ' else ord(c) - 95 for c in TEXT]
LEFT = 1.45


def row(ax, y, values, start=0, fill='none'):
    return dr.grid(ax, LEFT + start * CELL, y, [values], cell=CELL,
                   fill=fill, size=9.5)


def label(ax, y, content):
    dr.text(ax, LEFT - 0.25, y, content, ha='right')


def draw():
    fig, ax = dr.canvas(6.9, 4.35)
    middle = LEFT + len(TEXT) * CELL / 2
    label(ax, 4.1, 'raw text')
    dr.text(ax, middle, 4.1, 'Call me Ishmael. Some …', family='monospace')
    label(ax, 3.4, 'cleaned')
    dr.text(ax, middle, 3.4, 'call me ishmael some …', family='monospace')
    label(ax, 2.7, 'tokens')
    row(ax, 2.5, [c if c != ' ' else '␣' for c in TEXT], fill=dr.GRAY)
    label(ax, 1.85, 'numbers')
    row(ax, 1.65, NUMBERS, fill=dr.BLUE)
    for x, y, what in ((middle, 3.93, 'clean'), (middle, 3.25, 'tokenize'),
                       (middle, 2.44, 'look up'),
                       (LEFT + 2.5 * CELL, 1.59, 'cut')):
        dr.arrow(ax, (x, y), (x, y - 0.33))
        dr.text(ax, x + 0.15, y - 0.16, what, ha='left', color=dr.MUTED,
                size=9)
    label(ax, 0.95, '$X$')
    row(ax, 0.75, NUMBERS[:5], fill=dr.GREEN)
    label(ax, 0.3, '$Y$')
    row(ax, 0.1, NUMBERS[1:6], fill=dr.ORANGE)
    dr.text(ax, LEFT + 5.4 * CELL, 0.3, 'one token later', ha='left',
            color=dr.MUTED, size=9)
    return fig
