"""Iterated and direct forecasts three steps ahead."""
from tools import drawing as dr


def row(ax, left, y, filled):
    """Six values in time; the first `filled` have been observed."""
    cells = []
    for i in range(6):
        seen = i < filled
        name = f'$x_{i + 1}$' if seen else rf'$\hat{{x}}_{i + 1}$'
        cells.append(dr.node(ax, left + 0.5 * i, y, name, radius=0.21,
                             fill=dr.BLUE if seen else dr.ORANGE, size=8.5))
    return cells


def draw():
    fig, ax = dr.canvas(6.6, 2.95)
    dr.text(ax, 1.6, 2.77, 'iterated', size=10)
    for k, y in enumerate((2.25, 1.45, 0.65)):
        cells = []
        for i in range(6):
            if i > 3 + k:
                break
            seen = i < 3
            name = f'$x_{i + 1}$' if seen else rf'$\hat{{x}}_{i + 1}$'
            fill = dr.BLUE if seen else dr.ORANGE
            cells.append(dr.node(ax, 0.35 + 0.5 * i, y, name, radius=0.21,
                                 fill=fill, size=8.5))
        left, right = 0.35 + 0.5 * k - 0.24, 0.35 + 0.5 * (k + 2) + 0.24
        ax.plot([left, left, right, right], [y - 0.22, y - 0.28, y - 0.28,
                                             y - 0.22],
                color=dr.INK, linewidth=1)
        dr.arrow(ax, ((left + right) / 2, y - 0.28),
                 (cells[-1].x, y - 0.21), curve=0.28)
    dr.text(ax, 1.6, 0.06, 'one model, used three times', size=9,
            color=dr.MUTED)
    dr.line(ax, (3.3, 0.05), (3.3, 2.85), dashed=True, width=0.8)
    dr.text(ax, 4.95, 2.77, 'direct', size=10)
    cells = row(ax, 3.75, 1.45, 3)
    left, right = 3.75 - 0.24, 4.75 + 0.24
    ax.plot([left, left, right, right], [1.23, 1.17, 1.17, 1.23],
            color=dr.INK, linewidth=1)
    for cell, curve in zip(cells[3:], (0.25, 0.3, 0.33)):
        dr.arrow(ax, ((left + right) / 2, 1.17), (cell.x, 1.24),
                 curve=curve)
    dr.text(ax, 4.95, 0.06, 'three models, used once each', size=9,
            color=dr.MUTED)
    return fig
