"""How minibatches are cut from images that lie in one tensor."""
from matplotlib import patches

from tools import drawing as dr

ORDER = ((5, 2, 7), (0, 4, 1), (6, 3))
FILLS = (dr.BLUE, dr.ORANGE, dr.GREEN)
ROW = 0.27


def row(ax, x, y, width, number, fill):
    """One image: its number in front of its pixels in a row."""
    dr.grid(ax, x, y, [[f'{number}']], cell=ROW, fill='white', size=9)
    for i in range(width):
        ax.add_patch(patches.Rectangle(
            (x + ROW + i * 0.16, y), 0.16, ROW, facecolor=fill,
            edgecolor=dr.INK, linewidth=0.5, zorder=2))


def draw():
    fig, ax = dr.canvas(6.4, 3.05)
    batch_of = {number: k for k, part in enumerate(ORDER) for number in part}
    top = 2.22
    for number in range(8):
        row(ax, 0.1, top - number * ROW, 8, number, FILLS[batch_of[number]])
    dr.text(ax, 0.87, 2.75, 'data, uint8', size=9.5)
    dr.text(ax, 0.87, 0.1, '8 images in memory', size=8.5, color=dr.MUTED)

    ys = (2.085, 1.23, 0.51)
    for part, fill, y in zip(ORDER, FILLS, ys, strict=True):
        height = ROW * len(part)
        low = y - height / 2
        cells = dr.grid(ax, 2.66, low, [[f'{n}'] for n in part], cell=ROW,
                        fill=fill, size=9)
        for i, number in enumerate(part):
            row(ax, 4.72, low + height - (i + 1) * ROW, 8, number, fill)
        dr.arrow(ax, cells, (4.66, y), 'gather, divide by 255', size=8)
    dr.text(ax, 2.8, 2.75, 'order, cut in pieces', size=9.5)
    dr.text(ax, 5.5, 2.75, 'X, float32', size=9.5)
    dr.text(ax, 5.5, 0.1, 'minibatches', size=8.5, color=dr.MUTED)
    dr.text(ax, 2.8, 0.1, 'shuffled numbers', size=8.5, color=dr.MUTED)
    return fig
