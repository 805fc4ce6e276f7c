"""AnyNet on three scales: the network, one stage, the first block."""
from tools import drawing as dr

NETWORK, STAGE, BLOCK = 3.75, 2.4, 0.7


def _zoom(ax, shape, frame):
    """Dotted lines from the foot of a box to the frame that details it."""
    (left, right), top = frame
    foot = shape.y - shape.half_height
    for x0, x1 in ((shape.x - shape.half_width, left),
                   (shape.x + shape.half_width, right)):
        ax.plot([x0, x1], [foot, top], color=dr.MUTED, linewidth=0.9,
                linestyle=':', zorder=1)


def _frame(ax, left, right, y, height):
    dr.box(ax, (left + right) / 2, y, width=right - left, height=height,
           fill='none', edge=dr.MUTED, dashed=True)
    return (left, right), y + height / 2


def _network(ax):
    shapes, x = [], 1.12
    dr.text(ax, 0.3, NETWORK, r'$\mathsf{X}$', size=11)
    for name, fill in (('stem', dr.GREEN), ('stage 1', dr.BLUE),
                       ('stage 2', dr.BLUE), ('stage 3', dr.BLUE),
                       ('stage 4', dr.BLUE), ('head', dr.ORANGE)):
        shapes.append(dr.box(ax, x, NETWORK, name, 0.84, 0.46, fill=fill))
        x += 1.18
    dr.arrow(ax, (0.44, NETWORK), shapes[0])
    for a, b in zip(shapes, shapes[1:]):
        dr.arrow(ax, a, b)
    dr.arrow(ax, shapes[-1], (7.82, NETWORK))
    dr.text(ax, 7.95, NETWORK, r'$\mathbf{o}$', size=11)
    left, right = shapes[1].x - 0.5, shapes[4].x + 0.5
    dr.line(ax, (left, NETWORK + 0.54), (right, NETWORK + 0.54))
    dr.text(ax, (left + right) / 2, NETWORK + 0.7, 'body', color=dr.MUTED,
            size=9)
    sizes = ('r/2', 'r/4', 'r/8', 'r/16', 'r/32')
    for shape, size in zip(shapes, sizes):
        dr.text(ax, shape.x + 0.59, NETWORK + 0.34, f'${size}$', size=8.5,
                color=dr.MUTED)
    dr.text(ax, 0.5, NETWORK + 0.34, '$r$', size=8.5, color=dr.MUTED)
    return shapes[3]


def _stage(ax):
    frame = _frame(ax, 1.5, 7.3, STAGE, 0.9)
    dr.text(ax, 0.7, STAGE, 'stage $i$', color=dr.MUTED, size=9)
    first = dr.box(ax, 2.35, STAGE, 'block 1\nstride 2', 1.15, 0.58,
                   fill=dr.PURPLE, size=9)
    second = dr.box(ax, 3.95, STAGE, 'block 2', 1.15, 0.58, fill=dr.GRAY,
                    size=9)
    last = dr.box(ax, 6.45, STAGE, 'block $d_i$', 1.15, 0.58, fill=dr.GRAY,
                  size=9)
    dr.arrow(ax, first, second)
    dr.arrow(ax, second, (5.02, STAGE))
    dr.text(ax, 5.2, STAGE, '…', size=12)
    dr.arrow(ax, (5.38, STAGE), last)
    return frame, first


def _block(ax):
    frame = _frame(ax, 1.15, 7.75, BLOCK, 1.3)
    dr.text(ax, 0.62, BLOCK, 'block 1', color=dr.MUTED, size=9)
    y = BLOCK + 0.27
    boxes = [dr.box(ax, x, y, name, width, 0.5, fill=fill, size=8.5)
             for x, width, name, fill in (
                 (2.3, 1.15, '1 × 1 conv.\n$b_i w_i$ channels', dr.BLUE),
                 (4.1, 1.6, '3 × 3 conv., stride 2\ngroups of $g_i$',
                  dr.BLUE),
                 (5.85, 1.15, '1 × 1 conv.\n$w_i$ channels', dr.BLUE))]
    plus = dr.node(ax, 6.92, y, '+', radius=0.15, fill='none')
    for a, b in zip(boxes, boxes[1:]):
        dr.arrow(ax, a, b)
    dr.arrow(ax, boxes[-1], plus)
    dr.arrow(ax, plus, (7.62, y))
    dr.text(ax, 7.32, y + 0.15, 'ReLU', size=7.5, color=dr.MUTED)
    low = BLOCK - 0.38
    short = dr.box(ax, 4.1, low, '1 × 1 conv., stride 2', 1.6, 0.32,
                   fill=dr.GRAY, size=8.5)
    dr.arrow(ax, (1.28, y), boxes[0])
    dr.line(ax, (1.45, y), (1.45, low), color=dr.INK)
    dr.arrow(ax, (1.45, low), short)
    dr.line(ax, short, (6.92, low), color=dr.INK)
    dr.arrow(ax, (6.92, low), plus)
    return frame


def draw():
    fig, ax = dr.canvas(8.1, 4.6)
    third = _network(ax)
    frame, first = _stage(ax)
    _zoom(ax, third, frame)
    _zoom(ax, first, _block(ax))
    return fig
