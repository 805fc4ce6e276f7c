"""Which inputs an output sees: convolution, recurrence, self-attention."""
from tools import drawing as dr

N, GAP, RADIUS = 5, 0.5, 0.15
HOT = dr.LINE_ORANGE


def _row(ax, left, y, fill):
    return [dr.node(ax, left + i * GAP, y, '', radius=RADIUS, fill=fill)
            for i in range(N)]


def _edges(ax, low, high, pairs, hot):
    for i, j in sorted(pairs, key=lambda pair: pair in hot):
        dr.arrow(ax, low[i], high[j],
                 color=HOT if (i, j) in hot else dr.MUTED,
                 width=1.9 if (i, j) in hot else 0.7)


def draw():
    fig, ax = dr.canvas(8.0, 2.75)
    rows = 0.55, 1.35, 2.15
    for left, title in ((0.4, 'convolution, $k=3$'), (3.05, 'recurrence'),
                        (5.7, 'self-attention')):
        dr.text(ax, left + 2 * GAP, 2.58, title, weight='bold', size=9)
        for i in range(N):
            dr.text(ax, left + i * GAP, 0.2, f'$x_{i + 1}$', size=9)
    # convolution: two layers, what the first input reaches
    levels = [_row(ax, 0.4, y, fill)
              for y, fill in zip(rows, (dr.BLUE, dr.GRAY, dr.GREEN))]
    near = [(i, j) for i in range(N) for j in range(N) if abs(i - j) <= 1]
    _edges(ax, levels[0], levels[1], near, {(0, 1)})
    _edges(ax, levels[1], levels[2], near, {(1, 2)})
    # recurrence: one state after the other
    low, state = _row(ax, 3.05, rows[0], dr.BLUE), _row(ax, 3.05, rows[2],
                                                       dr.GREEN)
    _edges(ax, low, state, [(i, i) for i in range(N)], {(0, 0)})
    for a, b in zip(state, state[1:]):
        dr.arrow(ax, a, b, color=HOT, width=1.9)
    # self-attention: all at once
    low, high = _row(ax, 5.7, rows[0], dr.BLUE), _row(ax, 5.7, rows[2],
                                                      dr.GREEN)
    _edges(ax, low, high, [(i, j) for i in range(N) for j in range(N)],
           {(0, N - 1)})
    return fig
