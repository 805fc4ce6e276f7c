from tools import drawing as dr

X = (0.85, 3.2, 6.0)
#  columns of (words, probability, kept, parent in the column before)
STEPS = [
    [('la', '0.500', True, None), ('pomme', '0.400', True, None),
     ('rouge', '0.100', False, None)],
    [('pomme rouge', '0.300', True, 1), ('la pomme', '0.200', True, 0),
     ('la rouge', '0.175', False, 0), ('la <eos>', '0.125', False, 0),
     ('pomme <eos>', '0.080', False, 1)],
    [('pomme rouge <eos>', '0.255', True, 0),
     ('la pomme rouge', '0.150', True, 1),
     ('la pomme <eos>', '0.040', False, 1),
     ('pomme rouge pomme', '0.030', False, 0)],
]
WIDTHS = (1.3, 1.75, 2.2)


def draw():
    fig, ax = dr.canvas(7.3, 2.55)
    before = []
    for i, column in enumerate(STEPS):
        dr.text(ax, X[i], 2.35, f'step {i + 1}', color=dr.MUTED, size=9)
        shapes = []
        for j, (words, probability, kept, parent) in enumerate(column):
            y = 1.95 - 0.42 * j
            label = f'{words}  {probability}'
            if kept:
                final = words.endswith('<eos>')
                shape = dr.box(ax, X[i], y, label, width=WIDTHS[i],
                               height=0.34, size=9,
                               fill=dr.GREEN if final else dr.ORANGE)
                if parent is not None:
                    dr.arrow(ax, before[parent].right, shape.left)
            else:
                shape = dr.Shape(X[i], y, WIDTHS[i] / 2, 0.17)
                dr.text(ax, X[i], y, label, size=9, color=dr.MUTED)
                half = WIDTHS[i] / 2 - 0.12
                dr.line(ax, (X[i] - half, y), (X[i] + half, y),
                        color=dr.LINE_RED)
            shapes.append(shape)
        before = shapes
    return fig
