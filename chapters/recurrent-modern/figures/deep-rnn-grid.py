"""Two recurrent layers, unrolled over four time steps."""
from tools import drawing as dr

LABELS = (r'$\mathbf{{X}}_{{{t}}}$', r'$\mathbf{{H}}_{{{t}}}^{{(1)}}$',
          r'$\mathbf{{H}}_{{{t}}}^{{(2)}}$', r'$\mathbf{{O}}_{{{t}}}$')
FILLS = (dr.GRAY, dr.BLUE, dr.GREEN, dr.ORANGE)
NAMES = ('inputs', 'layer 1', 'layer 2', 'outputs')
PATH = {((1, 0), (1, 1)), ((1, 1), (2, 1)), ((2, 1), (2, 2)),
        ((2, 2), (3, 2)), ((3, 2), (4, 2)), ((4, 2), (4, 3))}


def draw():
    fig, ax = dr.canvas(6.6, 4.3)
    nodes = {}
    for t in range(1, 5):
        for row in range(4):
            nodes[t, row] = dr.node(
                ax, 0.4 + 1.35 * t, 0.4 + 1.15 * row,
                LABELS[row].format(t=t), radius=0.33, fill=FILLS[row])
    for row, name in enumerate(NAMES):
        dr.text(ax, 1.15, 0.4 + 1.15 * row, name, ha='right')
    links = [((t, row), (t, row + 1)) for t in range(1, 5)
             for row in range(3)]
    links += [((t, row), (t + 1, row)) for t in range(1, 4)
              for row in (1, 2)]
    for a, b in links:
        thick = (a, b) in PATH
        dr.arrow(ax, nodes[a], nodes[b],
                 color=dr.LINE_RED if thick else dr.INK,
                 width=2.6 if thick else dr.LINE_WIDTH)
    for t in range(1, 4):       # diagonals
        low, high = nodes[t + 1, 1], nodes[t, 2]
        dr.line(ax, low.border((high.x, high.y)),
                high.border((low.x, low.y)), dashed=True)
    return fig
