"""Softmax regression as a network: scores, then probabilities."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.2, 2.9)
    ys = (2.35, 1.35, 0.35)
    inputs = [dr.node(ax, 0.75, 2.4 - 0.7 * i, f'$x_{i + 1}$')
              for i in range(4)]
    scores = [dr.node(ax, 2.75, y, f'$o_{j}$', fill=dr.ORANGE)
              for j, y in enumerate(ys, 1)]
    for unit in inputs:
        for score in scores:
            dr.arrow(ax, unit, score, width=0.8)
    box = dr.box(ax, 4.1, 1.35, '', width=0.62, height=2.56, fill=dr.GRAY)
    dr.text(ax, 4.1, 1.35, 'softmax', rotation=90, zorder=4)
    for j, (y, score) in enumerate(zip(ys, scores, strict=True), 1):
        dr.arrow(ax, score, (box.x - box.half_width, y))
        out = dr.node(ax, 5.4, y, rf'$\hat{{y}}_{j}$', fill=dr.GREEN)
        dr.arrow(ax, (box.x + box.half_width, y), out)
    dr.text(ax, 0.12, 1.35, 'inputs', rotation=90, color=dr.MUTED)
    dr.text(ax, 1.75, 2.6, r'$\mathbf{W}$, $\mathbf{b}$',
            color=dr.LINE_BLUE)
    dr.text(ax, 2.75, 2.77, 'scores', color=dr.MUTED)
    dr.text(ax, 5.4, 2.77, 'probabilities', color=dr.MUTED)
    return fig
