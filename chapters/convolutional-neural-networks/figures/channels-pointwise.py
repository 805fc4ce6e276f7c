"""A 1 x 1 convolution: one small fully connected layer at each position."""
from matplotlib import patches

from tools import drawing as dr

CELL = 0.34
INPUTS = (dr.BLUE, dr.GRAY, dr.ORANGE)
OUTPUTS = (dr.GREEN, dr.PURPLE)


def volume(ax, x, y, fills, step=0.2):
    """Grids of 3 x 3 behind each other; the middle cell stands out."""
    for c, fill in reversed(list(enumerate(fills))):
        for i in range(3):
            for j in range(3):
                ax.add_patch(patches.Rectangle(
                    (x + c * step + j * CELL, y + c * step + i * CELL),
                    CELL, CELL, facecolor=fill, edgecolor=dr.INK,
                    linewidth=0.8, zorder=4 - c))
    ax.add_patch(patches.Rectangle((x + CELL, y + CELL), CELL, CELL,
                                   fill=False, edgecolor=dr.INK,
                                   linewidth=2.6, zorder=6))


def draw():
    fig, ax = dr.canvas(7.4, 2.5)
    volume(ax, 0.3, 0.6, INPUTS)
    dr.text(ax, 1.0, 0.3, r'$\mathsf{X}$: $3 \times 3 \times 3$', size=10)
    nodes = [dr.node(ax, 2.75, 2.0 - 0.65 * c, f'$x_{c + 1}$', radius=0.24,
                     fill=fill) for c, fill in enumerate(INPUTS)]
    outputs = [dr.node(ax, 4.65, 1.68 - 0.65 * o, f'$h_{o + 1}$',
                       radius=0.24, fill=fill)
               for o, fill in enumerate(OUTPUTS)]
    for a in nodes:
        for b in outputs:
            dr.arrow(ax, a, b, color=dr.MUTED)
    dr.text(ax, 3.7, 0.3, 'the same 6 weights everywhere', size=9.5)
    dr.arrow(ax, (1.9, 1.35), (2.4, 1.35))
    dr.arrow(ax, (4.98, 1.35), (5.5, 1.35))
    volume(ax, 5.6, 0.75, OUTPUTS)
    dr.text(ax, 6.25, 0.3, r'$\mathsf{H}$: $2 \times 3 \times 3$', size=10)
    return fig
