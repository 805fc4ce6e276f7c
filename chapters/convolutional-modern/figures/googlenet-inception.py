"""The Inception block, with the channel numbers of block 3a."""
from tools import drawing as dr

XS = (0.95, 2.65, 4.35, 6.05)
POINT, SPATIAL, POOL = dr.GREEN, dr.BLUE, dr.GRAY


def draw():
    fig, ax = dr.canvas(7.0, 3.9)
    source = dr.box(ax, 3.5, 0.35, 'input, 192 channels', 6.5, 0.42,
                    fill='none')
    goal = dr.box(ax, 3.5, 3.55, 'concatenation, 256 channels', 6.5, 0.42,
                  fill=dr.PURPLE)
    lower = [None, ('1 × 1 convolution', POINT), ('1 × 1 convolution', POINT),
             ('3 × 3 max-pooling', POOL)]
    upper = [('1 × 1 convolution', POINT), ('3 × 3 convolution', SPATIAL),
             ('5 × 5 convolution', SPATIAL), ('1 × 1 convolution', POINT)]
    between, out = (None, 96, 16, 192), (64, 128, 32, 32)
    for x, low, high, inner, outer in zip(XS, lower, upper, between, out):
        start = (x, source.top[1])
        top = dr.box(ax, x, 2.55, high[0], 1.5, 0.42, fill=high[1], size=9)
        if low:
            box = dr.box(ax, x, 1.4, low[0], 1.5, 0.42, fill=low[1], size=9)
            dr.arrow(ax, start, box.bottom)
            dr.arrow(ax, box.top, top.bottom)
            dr.text(ax, x + 0.08, 1.97, str(inner), size=9, ha='left',
                    color=dr.LINE_BLUE)
        else:
            dr.arrow(ax, start, top.bottom)
        dr.arrow(ax, top.top, (x, goal.bottom[1]))
        dr.text(ax, x + 0.08, 3.02, str(outer), size=9, ha='left',
                color=dr.LINE_BLUE)
    return fig
