"""LeNet: stacks of maps that shrink and multiply, then dense layers."""
from matplotlib import patches

from tools import drawing as dr

SCALE = 0.029     # inches for a pixel


def stack(ax, left, y, count, pixels, fill, shift):
    """A stack of `count` maps, the front one last; returns its front."""
    side = pixels * SCALE
    low = y - (side + (count - 1) * shift) / 2
    for k in reversed(range(count)):
        ax.add_patch(patches.Rectangle(
            (left + k * shift, low + k * shift), side, side, facecolor=fill,
            edgecolor=dr.INK, linewidth=0.7, zorder=2 + 0.01 * (count - k)))
    return left, low, side, left + side + (count - 1) * shift


def window(ax, front, at, pixels):
    """A window of `pixels` in the front map; `at` is its place, 0 to 1."""
    left, low, side, _ = front
    size = pixels * SCALE
    x = left + at[0] * (side - size)
    y = low + at[1] * (side - size)
    ax.add_patch(patches.Rectangle((x, y), size, size, facecolor='none',
                                   edgecolor=dr.LINE_RED, linewidth=1.2,
                                   zorder=4))
    return x + size, y, y + size


def rays(ax, tip, seen):
    """From a window to the unit that sees it."""
    right, low, high = seen
    for y in (low, high):
        ax.plot([right, tip[0]], [y, tip[1]], color=dr.LINE_RED,
                linewidth=0.8, zorder=4)


def draw():
    fig, ax = dr.canvas(7.5, 2.35)
    y, gap, x = 1.2, 0.44, 0.05
    maps = ((1, 28, dr.GRAY, 0), (6, 28, dr.BLUE, 0.05),
            (6, 14, dr.GREEN, 0.05), (16, 10, dr.BLUE, 0.032),
            (16, 5, dr.GREEN, 0.032))
    steps = ('conv 5 × 5\npadding 2', 'pool\n2 × 2', 'conv\n5 × 5',
             'pool\n2 × 2')
    windows = ((5, (0.75, 0.7)), (2, (0.8, 0.75)), (5, (0.7, 0.7)),
               (2, (0.7, 0.7)))
    fronts = []
    for count, pixels, fill, shift in maps:
        front = stack(ax, x, y, count, pixels, fill, shift)
        fronts.append(front)
        middle = (front[0] + front[3]) / 2
        label = f'{count} × {pixels} × {pixels}'
        dr.text(ax, middle, 2.2, label, size=8.5)
        x = front[3] + gap
    for here, there, step, (pixels, at) in zip(fronts, fronts[1:], steps,
                                               windows):
        seen = window(ax, here, at, pixels)
        tip = (there[0] + at[0] * there[2] * 0.9,
               there[1] + at[1] * there[2] * 0.9)
        rays(ax, tip, seen)
        dr.text(ax, (here[3] + there[0]) / 2, 0.28, step, size=8.5,
                color=dr.MUTED)
    previous = None
    for k, units in enumerate((120, 84, 10)):
        left = x + 0.58 * k
        height = 0.35 + 0.0095 * units
        bar = dr.box(ax, left, y, '', width=0.14, height=height,
                     fill=dr.ORANGE, rounding=0.03)
        dr.text(ax, left, 2.2, f'{units}', size=8.5)
        if previous is not None:
            dr.arrow(ax, previous.right, bar.left)
        previous = bar
    dr.arrow(ax, (fronts[-1][3] + 0.06, y), (x - 0.08, y))
    dr.text(ax, fronts[-1][3] + gap / 2 - 0.02, 0.28, 'flatten\ndense',
            size=8.5, color=dr.MUTED)
    dr.text(ax, x + 0.29, 0.28, 'dense', size=8.5, color=dr.MUTED)
    dr.text(ax, x + 0.87, 0.28, 'dense', size=8.5, color=dr.MUTED)
    return fig
