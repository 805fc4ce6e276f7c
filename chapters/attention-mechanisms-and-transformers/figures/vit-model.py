"""A vision Transformer, and one of its blocks."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.6, 3.95)
    # left: the model
    tops = []
    for i in range(4):
        x = 1.35 + 0.72 * i
        patch = dr.box(ax, x, 0.35, f'{i + 1}' if i < 3 else '16', 0.42,
                       0.42, fill=dr.GRAY, rounding=0.02)
        token = dr.box(ax, x, 1.4, '', 0.42, 0.62, fill=dr.BLUE)
        dr.arrow(ax, patch, token)
        tops.append(token)
    cls = dr.box(ax, 0.63, 1.4, 'cls', 0.42, 0.62, fill=dr.ORANGE, size=9)
    dr.text(ax, 3.15, 0.35, '…')
    dr.text(ax, 3.15, 1.4, '…')
    dr.box(ax, 2.07, 2.45, 'Transformer encoder blocks', 3.4, 0.5,
           fill=dr.GREEN)
    for token in (cls, *tops):
        dr.arrow(ax, token, (token.x, 2.2))
    dr.box(ax, 2.43, 0.83, 'linear map of the pixels', 2.66, 0.26, size=8.5,
           fill=dr.PURPLE)
    dr.text(ax, 3.15, 1.95, '+ position', size=7.5)
    head = dr.box(ax, 0.63, 3.4, 'head', 0.8, 0.42, fill=dr.PURPLE)
    dr.arrow(ax, (0.63, 2.7), head)
    dr.text(ax, 1.15, 3.4, 'class scores', size=9, ha='left')
    dr.text(ax, 0.75, 2.93, 'only this token is used', size=9, ha='left')
    # right: a block
    dr.line(ax, (4.25, 0.1), (4.25, 3.85), dashed=True, width=0.8)
    x = 5.3
    names = (('layer norm', dr.GRAY), ('multi-head\nattention', dr.BLUE),
             ('layer norm', dr.GRAY), ('MLP', dr.BLUE))
    ys = (0.72, 1.28, 2.42, 2.92)
    shapes = [dr.box(ax, x, y, name, 1.1, 0.44 if '\n' in name else 0.3,
                     fill=fill, size=8.5)
              for (name, fill), y in zip(names, ys)]
    plus = [dr.node(ax, x, y, '+', radius=0.13, fill=dr.ORANGE)
            for y in (1.82, 3.38)]
    dr.arrow(ax, (x, 0.12), shapes[0])
    dr.arrow(ax, shapes[0], shapes[1])
    dr.arrow(ax, shapes[1], plus[0])
    dr.arrow(ax, plus[0], shapes[2])
    dr.arrow(ax, shapes[2], shapes[3])
    dr.arrow(ax, shapes[3], plus[1])
    dr.arrow(ax, plus[1], (x, 3.85))
    for low, p in ((0.36, plus[0]), (2.12, plus[1])):
        ax.plot([x, 6.2, 6.2], [low, low, p.y], color=dr.INK,
                linewidth=dr.LINE_WIDTH, zorder=1)
        dr.arrow(ax, (6.2, p.y), p)
    return fig
