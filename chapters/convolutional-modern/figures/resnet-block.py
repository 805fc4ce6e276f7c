"""A plain block, two residual blocks, and the pre-activation variant."""
from tools import drawing as dr

STEP, WIDTH, HEIGHT, RAIL = 0.46, 1.05, 0.32, 1.3
FILLS = {'3×3 conv': dr.BLUE, '3×3 conv, /2': dr.BLUE, '1×1 conv, /2': dr.BLUE,
         'batch norm': dr.GREEN, 'ReLU': dr.ORANGE}


def _stack(ax, x, top, names):
    """Boxes from `top` downwards, joined by arrows."""
    boxes = [dr.box(ax, x, top - i * STEP, name, width=WIDTH, height=HEIGHT,
                    fill=FILLS[name], size=8, rounding=0.06)
             for i, name in enumerate(names)]
    for a, b in zip(boxes, boxes[1:]):
        dr.arrow(ax, a, b)
    return boxes


def _around(ax, x, top, plus, rail):
    """The shortcut from the point (x, top) to the node `plus`."""
    dr.line(ax, (x, top), (rail, top), color=dr.INK)
    dr.line(ax, (rail, top), (rail, plus.y), color=dr.INK)
    dr.arrow(ax, (rail, plus.y), plus)


def draw():
    fig, ax = dr.canvas(7.75, 4.55)
    first, top, low = 4.05, 3.67, 1.39
    body = ['3×3 conv', 'batch norm', 'ReLU', '3×3 conv', 'batch norm']
    strided = ['3×3 conv, /2', *body[1:]]
    early = ['batch norm', 'ReLU', '3×3 conv'] * 2
    titles = ('plain', 'residual', 'residual, other shape', 'pre-activation')
    for i, (x, title) in enumerate(zip((0.6, 1.95, 3.85, 6.7), titles)):
        dr.text(ax, x + (0.15 if i in (1, 3) else 0.5 if i == 2 else 0), 4.4,
                title, weight='bold', size=9)
        names = (body, body, strided, early)[i]
        boxes = _stack(ax, x, top, names)
        start = (x, first + 0.12)
        dr.arrow(ax, start, boxes[0])
        dr.text(ax, x - 0.2, first + 0.02, '$\\mathsf{X}$')
        if i == 0:
            last = dr.box(ax, x, low, 'ReLU', width=WIDTH,
                          height=HEIGHT, fill=dr.ORANGE, size=8,
                          rounding=0.06)
            dr.arrow(ax, boxes[-1], last)
        else:
            plus = dr.node(ax, x, boxes[-1].y - 0.44, '+', radius=0.14,
                           fill=dr.GRAY, size=11)
            dr.arrow(ax, boxes[-1], plus)
            _around(ax, x, first, plus, x + (RAIL if i == 2 else 0.75))
            last = plus
            if i == 2:
                for name, y in (('1×1 conv, /2', 2.98), ('batch norm', 2.4)):
                    dr.box(ax, x + RAIL, y, name, width=WIDTH,
                           height=HEIGHT, fill=FILLS[name], size=8,
                           rounding=0.06)
            if i < 3:
                last = dr.box(ax, x, plus.y - 0.44, 'ReLU', width=WIDTH,
                              height=HEIGHT, fill=dr.ORANGE, size=8,
                              rounding=0.06)
                dr.arrow(ax, plus, last)
        dr.arrow(ax, last, (x, 0.36))
        dr.text(ax, x, 0.18, '$\\mathsf{H}$')
    return fig
