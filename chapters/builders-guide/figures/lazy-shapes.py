"""A chain of lazy layers before and during its first call."""
from tools import drawing as dr

X = (2.15, 3.95, 5.45, 6.95)


def row(ax, y, names, fills, dashed=False):
    widths = (1.2, 1.1, 0.8, 1.1)
    return [dr.box(ax, x, y, name, width=w, height=0.5, size=9, fill=fill)
            for x, name, w, fill in zip(X, names, widths, fills)]


def weight(ax, x, y, shape, known):
    dr.box(ax, x, y, shape, width=1.0, height=0.36, size=9,
           fill=dr.ORANGE if known else 'none', dashed=not known)
    dr.line(ax, (x, y + 0.18), (x, y + 0.37), color=dr.INK)


def draw():
    fig, ax = dr.canvas(8.3, 3.45)
    gray = (dr.GRAY, dr.PURPLE, dr.GRAY, dr.PURPLE)
    blue = (dr.GRAY, dr.BLUE, dr.GRAY, dr.BLUE)
    dr.text(ax, 0.05, 3.3, 'before the first call', ha='left',
            weight='bold', size=9.5)
    layers = row(ax, 2.85, ('AvgPool2d,\nFlatten', 'LazyLinear', 'ReLU',
                            'LazyLinear'), gray)
    for a, b in zip(layers, layers[1:]):
        dr.line(ax, a.right, b.left, color=dr.INK)
    weight(ax, X[1], 2.23, '32 × ?', False)
    weight(ax, X[3], 2.23, '10 × ?', False)
    dr.text(ax, 0.05, 1.62, 'first call', ha='left', weight='bold',
            size=9.5)
    layers = row(ax, 1.05, ('AvgPool2d,\nFlatten', 'Linear', 'ReLU',
                            'Linear'), blue)
    weight(ax, X[1], 0.43, '32 × 169', True)
    weight(ax, X[3], 0.43, '10 × 32', True)
    dr.text(ax, 0.05, 1.05, '8 × 1 × 28 × 28', ha='left', size=8.5,
            color=dr.LINE_BLUE)
    dr.arrow(ax, (1.2, 1.05), layers[0], color=dr.LINE_BLUE)
    ends = [*layers, (7.95, 1.05)]
    for a, b, shape in zip(ends, ends[1:], ('8 × 169', '8 × 32', '8 × 32',
                                            '8 × 10')):
        dr.arrow(ax, a, b, color=dr.LINE_BLUE)
        end = b[0] if isinstance(b, tuple) else b.left[0]
        dr.text(ax, (a.right[0] + end) / 2, 1.43, shape, size=8.5,
                color=dr.LINE_BLUE)
    return fig
