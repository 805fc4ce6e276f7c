"""A product of Jacobians, multiplied from the left and from the right."""
from tools import drawing as dr

UNIT = 0.145


def matrix(ax, x, y, rows, cols, fill, name):
    shape = dr.box(ax, x + cols * UNIT / 2, y, name, width=cols * UNIT,
                   height=rows * UNIT, fill=fill, rounding=0.02)
    return x + cols * UNIT + 0.08, shape


def bracket(ax, left, right, y, color, label):
    for x in (left, right):
        dr.line(ax, (x, y), (x, y + 0.08), color=color)
    dr.line(ax, (left, y), (right, y), color=color)
    dr.text(ax, (left + right) / 2, y - 0.15, label, color=color, size=8)


def draw():
    fig, ax = dr.canvas(7.2, 2.75)
    sizes = ((2, 5), (5, 5), (5, 8))
    names = (r'$\mathbf{J}_3$', r'$\mathbf{J}_2$', r'$\mathbf{J}_1$')
    y = 1.75
    # reverse: a row from the left
    x, row = matrix(ax, 0.15, y, 1, 2, dr.RED, '')
    dr.text(ax, row.x, y + 0.22, r'$\mathbf{v}^\top$')
    start = row.left[0]
    for step, ((rows, cols), name) in enumerate(zip(sizes, names), 1):
        x, shape = matrix(ax, x, y, rows, cols, dr.GRAY, name)
        bracket(ax, start, shape.right[0], 1.24 - 0.32 * step, dr.LINE_RED,
                f'step {step}')
    dr.text(ax, 1.75, 2.5, 'reverse mode: one row at a time')
    # forward: a column from the right
    x, shapes = 3.95, []
    for (rows, cols), name in zip(sizes, names):
        x, shape = matrix(ax, x, y, rows, cols, dr.GRAY, name)
        shapes.append(shape)
    x, column = matrix(ax, x, y, 8, 1, dr.BLUE, '')
    dr.text(ax, x + 0.1, y, r'$\mathbf{t}$')
    for step, shape in enumerate(reversed(shapes), 1):
        bracket(ax, shape.left[0], column.right[0], 1.24 - 0.32 * step,
                dr.LINE_BLUE, f'step {step}')
    dr.text(ax, 5.4, 2.5, 'forward mode: one column at a time')
    return fig
