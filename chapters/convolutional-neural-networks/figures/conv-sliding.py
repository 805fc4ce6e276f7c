"""A 2 × 2 kernel sliding over a 3 × 4 input, at three positions."""
from tools import drawing as dr

X = ((1, 2, 0, 1), (0, 3, 1, 2), (2, 1, 1, 0))
K = ((1, 2), (0, 1))
H = [[sum(K[a][b] * X[i + a][j + b] for a in (0, 1) for b in (0, 1))
      for j in range(3)] for i in range(2)]
CELL = 0.3


def panel(ax, left, row, col):
    """The window with its upper left corner at (row, col), and its sum."""
    def window(i, j):
        inside = row <= i <= row + 1 and col <= j <= col + 1
        return dr.ORANGE if inside else 'none'

    def current(i, j):
        return dr.ORANGE if (i, j) == (row, col) else 'none'

    done = [[H[i][j] if (i, j) <= (row, col) else '' for j in range(3)]
            for i in range(2)]
    picture = dr.grid(ax, left, 1.45, X, cell=CELL, fill=window)
    kernel = dr.grid(ax, left + 1.44, 1.6, K, cell=CELL, fill=dr.BLUE)
    output = dr.grid(ax, left + 0.57, 0.33, done, cell=CELL, fill=current)
    terms = ' + '.join(f'{K[a][b]}·{X[row + a][col + b]}'
                       for a in (0, 1) for b in (0, 1))
    dr.text(ax, left + 1.02, 1.19, f'{terms} = {H[row][col]}', size=9)
    return picture, kernel, output


def draw():
    fig, ax = dr.canvas(7.3, 2.65)
    for left, place in ((0.15, (0, 0)), (2.65, (0, 1)), (5.15, (1, 2))):
        shapes = panel(ax, left, *place)
        if left < 1:
            for shape, name in zip(shapes, ('input', 'kernel', 'output')):
                y = (shape.bottom[1] - 0.14 if name == 'output'
                     else shape.top[1] + 0.14)
                dr.text(ax, shape.x, y, name, size=9, color=dr.MUTED)
    return fig
