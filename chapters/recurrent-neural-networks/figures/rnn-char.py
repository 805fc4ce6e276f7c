"""A language model by characters reads the beginning of a word."""
from matplotlib import patches

from tools import drawing as dr

WORD = 'whale'
HEIGHTS = ([0.08, 0.3, 0.1, 0.18, 0.06], [0.3, 0.08, 0.16, 0.05, 0.1],
           [0.06, 0.12, 0.09, 0.16, 0.28], [0.1, 0.28, 0.05, 0.1, 0.15])


def bars(ax, x, y, heights):
    """A small bar chart with its base at height y."""
    for k, height in enumerate(heights):
        ax.add_patch(patches.Rectangle(
            (x - 0.35 + 0.14 * k, y), 0.12, height, facecolor=dr.ORANGE,
            edgecolor=dr.INK, linewidth=0.7, zorder=3))
    dr.line(ax, (x - 0.4, y), (x + 0.4, y), color=dr.INK, width=0.9)


def draw():
    fig, ax = dr.canvas(6.8, 3.75)
    rows = {'target': 3.45, 'output': 2.52, 'state': 1.45, 'input': 0.35}
    for name, y in rows.items():
        dr.text(ax, 0.95, y, name, ha='right', color=dr.MUTED, size=9.5)
    before = (1.2, rows['state'])
    for t in range(4):
        x = 2.05 + 1.35 * t
        state = dr.box(ax, x, rows['state'], rf'$\mathbf{{h}}_{t + 1}$',
                       width=0.75, height=0.5, fill=dr.BLUE)
        token = dr.box(ax, x, rows['input'], WORD[t], width=0.5, height=0.45,
                       fill=dr.GRAY)
        dr.arrow(ax, token, state)
        dr.arrow(ax, before, state)
        bars(ax, x, 2.35, HEIGHTS[t])
        dr.arrow(ax, state, (x, 2.33))
        target = dr.box(ax, x, rows['target'], WORD[t + 1], width=0.5,
                        height=0.45, fill=dr.GREEN)
        dr.arrow(ax, (x, 2.76), target, dashed=True)
        if t == 0:
            dr.text(ax, x + 0.1, 2.98, 'loss', ha='left', size=9,
                    color=dr.MUTED)
        before = state
    return fig
