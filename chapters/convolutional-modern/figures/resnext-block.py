"""A bottleneck, many narrow paths, and the same as a grouped convolution."""
from tools import drawing as dr

TOP, STEP = 3.05, 0.62
ROWS = [TOP - i * STEP for i in range(3)]


def _label(channels_in, kernel, channels_out):
    return f'{channels_in}, {kernel}, {channels_out}'


def _stack(ax, x, names, width, fills):
    boxes = [dr.box(ax, x, y, name, width=width, height=0.36, fill=fill,
                    size=8, rounding=0.06)
             for y, name, fill in zip(ROWS, names, fills)]
    for a, b in zip(boxes, boxes[1:]):
        dr.arrow(ax, a, b)
    return boxes


def _close(ax, x, ends, rail):
    """Sum of the `ends` and of the shortcut that leaves at the top."""
    plus = dr.node(ax, x, 0.95, '+', radius=0.15, fill=dr.GRAY)
    for end in ends:
        dr.arrow(ax, end.bottom, plus)
    dr.line(ax, (x, 3.6), (rail, 3.6), color=dr.INK)
    dr.line(ax, (rail, 3.6), (rail, 0.95), color=dr.INK)
    dr.arrow(ax, (rail, 0.95), plus)
    dr.line(ax, (x, 3.72), (x, 3.6), color=dr.INK)
    dr.arrow(ax, plus, (x, 0.52))


def draw():
    fig, ax = dr.canvas(8.2, 4.35)
    fills = (dr.BLUE, dr.ORANGE, dr.BLUE)
    x = 0.85
    boxes = _stack(ax, x, (_label(256, '1×1', 64), _label(64, '3×3', 64),
                           _label(64, '1×1', 256)), 1.2, fills)
    dr.arrow(ax, (x, 3.6), boxes[0])
    _close(ax, x, boxes[-1:], x + 0.85)
    dr.text(ax, x, 4.15, 'bottleneck', size=9, weight='bold')

    middle, paths = 3.85, (2.65, 3.75, 5.15)
    ends = []
    for x in paths:
        boxes = _stack(ax, x, (_label(256, '1×1', 4), _label(4, '3×3', 4),
                               _label(4, '1×1', 256)), 0.98, fills)
        dr.arrow(ax, (middle, 3.6), boxes[0].top)
        ends.append(boxes[-1])
    for y in ROWS:
        dr.text(ax, 4.45, y, '…')
    _close(ax, middle, ends, 5.9)
    dr.text(ax, middle, 4.15, '32 narrow paths', size=9, weight='bold')

    x = 7.15
    boxes = _stack(ax, x, (_label(256, '1×1', 128),
                           '128, 3×3, 128\n32 groups',
                           _label(128, '1×1', 256)), 1.25, fills)
    dr.arrow(ax, (x, 3.6), boxes[0])
    _close(ax, x, boxes[-1:], x + 0.85)
    dr.text(ax, x, 4.15, 'the same, with groups', size=9, weight='bold')
    for x, weights in ((0.85, '69,632 weights'), (middle, '70,144 weights'),
                       (7.15, '70,144 weights')):
        dr.text(ax, x, 0.25, weights, size=9, color=dr.MUTED)
    return fig
