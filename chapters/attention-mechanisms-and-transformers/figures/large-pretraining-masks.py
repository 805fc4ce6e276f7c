"""Four attention masks: full, causal, prefix, sliding window."""
from tools import drawing as dr

SIZE, CELL = 6, 0.24
MASKS = (
    ('full', lambda i, j: True),
    ('causal', lambda i, j: j <= i),
    ('prefix', lambda i, j: j <= i or j < 3),
    ('sliding window', lambda i, j: i - 3 < j <= i),
)


def draw():
    fig, ax = dr.canvas(7.4, 2.2)
    for k, (title, seen) in enumerate(MASKS):
        left, low = 0.42 + 1.8 * k, 0.22
        dr.grid(ax, left, low, [[''] * SIZE] * SIZE, CELL,
                fill=lambda i, j, seen=seen: dr.BLUE if seen(i, j)
                else 'none')
        middle = left + SIZE * CELL / 2
        dr.text(ax, middle, low + SIZE * CELL + 0.42, title, weight='bold')
        dr.text(ax, middle, low + SIZE * CELL + 0.15, 'input $j$', size=8.5,
                color=dr.MUTED)
        dr.text(ax, left - 0.17, low + SIZE * CELL / 2, 'output $i$',
                size=8.5, color=dr.MUTED, rotation=90)
    return fig
