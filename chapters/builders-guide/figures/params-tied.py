"""One parameter with two names, and two parameters with one memory."""
from tools import drawing as dr


def memory(ax, x, y):
    """A row of cells that stands for the numbers in memory."""
    return dr.grid(ax, x - 0.8, y, [[''] * 5], cell=0.32, fill=dr.GREEN)


def parameter(ax, x, y, color):
    """A Parameter object with its gradient."""
    box = dr.box(ax, x, y, 'Parameter', width=1.1, height=0.44,
                 fill=dr.ORANGE, size=9)
    dr.box(ax, x + color * 0.98, y, 'grad', width=0.6, height=0.36,
           fill=dr.PURPLE, size=8.5)
    dr.line(ax, (x + color * 0.55, y), (x + color * 0.68, y), color=dr.INK)
    return box


def names(ax, x, gap):
    shapes = []
    for sign, name in ((-1, 'embed.weight'), (1, 'score.weight')):
        shapes.append(dr.box(ax, x + sign * gap, 2.35, name, width=1.25,
                             height=0.4, fill=dr.BLUE, size=8.5))
    return shapes


def draw():
    fig, ax = dr.canvas(7.7, 2.95)
    dr.text(ax, 1.6, 2.8, 'tied: one parameter', weight='bold')
    left = names(ax, 1.6, 0.75)
    one = parameter(ax, 1.6, 1.35, 1)
    cells = memory(ax, 1.6, 0.35)
    for name in left:
        dr.arrow(ax, name.bottom, one)
    dr.arrow(ax, one, cells.top)
    dr.text(ax, 1.6, 0.15, 'memory', size=8.5, color=dr.MUTED)

    dr.text(ax, 5.6, 2.8, 'shared data: two parameters', weight='bold')
    right = names(ax, 5.6, 0.78)
    cells = memory(ax, 5.6, 0.35)
    for name, sign in zip(right, (-1, 1)):
        box = parameter(ax, 5.6 + 0.78 * sign, 1.35, sign)
        dr.arrow(ax, name, box)
        dr.arrow(ax, box.bottom, (5.6 + 0.3 * sign, 0.68))
    dr.text(ax, 5.6, 0.15, 'memory', size=8.5, color=dr.MUTED)
    ax.plot([3.4, 3.4], [0.1, 2.9], color=dr.MUTED, linewidth=0.8)
    return fig
