"""How the gradient of one window's output gets back to its inputs."""
from tools import drawing as dr

CELL = 0.42
WINDOW = [[3, 8], [1, 0]]


def draw():
    fig, ax = dr.canvas(7.4, 1.45)
    for x, name, value, back in (
            (0.2, 'maximum', '8', [['0', '$g$'], ['0', '0']]),
            (4.0, 'average', '3', [['$g/4$', '$g/4$'], ['$g/4$', '$g/4$']])):
        dr.grid(ax, x, 0.15, WINDOW, cell=CELL, fill=lambda i, j: dr.ORANGE,
                size=11)
        dr.arrow(ax, (x + 2 * CELL + 0.06, 0.74), (x + 1.38, 0.74))
        dr.grid(ax, x + 1.44, 0.15 + CELL / 2, [[value]], cell=CELL,
                fill=dr.GRAY, size=11)
        dr.arrow(ax, (x + 1.92, 0.4), (x + 2.36, 0.4), color=dr.LINE_RED,
                 dashed=True)

        def colour(i, j, back=back):
            return dr.RED if 'g' in back[i][j] else 'none'

        dr.grid(ax, x + 2.42, 0.15, back, cell=CELL, fill=colour, size=9.5)
        dr.text(ax, x + CELL, 1.25, 'window', size=9.5)
        dr.text(ax, x + 1.44 + CELL / 2, 1.25, name, size=9.5)
        dr.text(ax, x + 2.42 + CELL, 1.25, 'gradient', size=9.5,
                color=dr.LINE_RED)
    return fig
