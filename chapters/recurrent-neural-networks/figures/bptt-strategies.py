"""Which pairs of a loss and an earlier step count, with three strategies."""
from tools import drawing as dr

STEPS = 9


def panel(ax, left, title, starts, grown):
    """A triangle of steps; a gradient never crosses the steps in `starts`."""
    def fill(i, j):
        block = max(s for s in starts if s <= i)
        if not block <= j <= i:
            return 'none'
        return dr.ORANGE if grown and j < i else dr.BLUE

    values = [[''] * STEPS for _ in range(STEPS)]
    shape = dr.grid(ax, left, 0.45, values, cell=0.19, fill=fill,
                    edge=dr.MUTED)
    dr.text(ax, shape.x, 2.4, title)
    dr.text(ax, shape.x, 0.22, 'step $s$', size=9)
    return shape


def draw():
    fig, ax = dr.canvas(6.6, 2.6)
    first = panel(ax, 0.45, 'full', [0], False)
    dr.text(ax, 0.2, first.y, 'loss $t$', size=9, rotation=90)
    panel(ax, 2.55, 'truncated', [0, 3, 6], False)
    panel(ax, 4.65, 'randomly truncated', [0, 2, 3, 7], True)
    return fig
