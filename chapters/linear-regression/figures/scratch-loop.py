"""One turn of the training loop and the memory its steps share."""
from tools import drawing as dr

STEPS = (('forward', r'$\hat{\mathbf{y}} = \mathbf{X}\mathbf{w} + b$',
          dr.BLUE),
         ('loss', r'$L$', dr.ORANGE),
         ('zero_grad', r'$\mathbf{g} = \mathbf{0}$', dr.GRAY),
         ('backward', r'$\mathbf{g} \leftarrow \mathbf{g} + \nabla L$',
          dr.PURPLE),
         ('step', r'$\mathbf{w} \leftarrow \mathbf{w} - \eta\,\mathbf{g}$',
          dr.GREEN))
# For each lane: the marks at the steps (w writes, r reads, x clears) and
# the stretch of the loop during which it holds something.
LANES = (('graph', {0: 'w', 1: 'w', 3: 'r'}, (0, 3)),
         ('gradients', {2: 'x', 3: 'w', 4: 'r'}, (3, 4)),
         ('parameters', {0: 'r', 4: 'w'}, (0, 4)))
LEFT, GAP, TOP = 1.9, 1.36, 2.15


def _mark(ax, x, y, kind):
    if kind == 'x':
        ax.plot(x, y, 'x', color=dr.LINE_RED, markersize=9,
                markeredgewidth=2.2, zorder=4)
    else:
        face = dr.LINE_BLUE if kind == 'w' else 'white'
        ax.plot(x, y, 'o', markersize=9, markerfacecolor=face,
                markeredgecolor=dr.LINE_BLUE, markeredgewidth=1.8, zorder=4)


def draw():
    fig, ax = dr.canvas(8.2, 3.15)
    boxes = []
    for i, (name, formula, fill) in enumerate(STEPS):
        x = LEFT + i * GAP
        boxes.append(dr.box(ax, x, TOP, f'{name}\n{formula}', width=1.16,
                            height=0.66, fill=fill, size=9))
    for a, b in zip(boxes, boxes[1:]):
        dr.arrow(ax, a, b)
    # The way back, above the boxes.
    up = TOP + 0.72
    dr.line(ax, boxes[-1].top, (boxes[-1].x, up), color=dr.INK)
    dr.line(ax, (boxes[-1].x, up), (boxes[0].x, up), color=dr.INK)
    dr.arrow(ax, (boxes[0].x, up), boxes[0].top)
    dr.text(ax, (boxes[0].x + boxes[-1].x) / 2, up + 0.16,
            'next minibatch', color=dr.MUTED, size=9)
    dr.arrow(ax, (0.95, TOP), boxes[0])
    dr.text(ax, 0.52, TOP, 'minibatch\n' + r'$\mathbf{X},\ \mathbf{y}$',
            size=9)
    for row, (name, marks, (first, last)) in enumerate(LANES):
        y = 1.32 - row * 0.5
        dr.text(ax, 0.12, y, name, size=9, ha='left')
        ax.plot([LEFT - 0.55, LEFT + 4 * GAP + 0.55], [y, y],
                color=dr.GRAY, linewidth=1.2, zorder=0)
        ax.plot([LEFT + first * GAP, LEFT + last * GAP], [y, y],
                color=dr.BLUE, linewidth=6, solid_capstyle='round', zorder=1)
        for i, kind in marks.items():
            _mark(ax, LEFT + i * GAP, y, kind)
    return fig
