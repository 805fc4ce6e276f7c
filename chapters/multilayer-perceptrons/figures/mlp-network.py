"""A multilayer perceptron with one hidden layer of five units."""
from tools import drawing as dr

LAYERS = ((4, 0.45, '$x_{}$', dr.BLUE), (5, 1.75, '$h_{}$', dr.GREEN),
          (3, 3.05, '$o_{}$', dr.ORANGE))


def draw():
    fig, ax = dr.canvas(7.4, 3.5)
    layers = []
    for count, y, name, fill in LAYERS:
        left = 3.2 - (count - 1) * 0.9 / 2
        layers.append([dr.node(ax, left + i * 0.9, y, name.format(i + 1),
                               fill=fill) for i in range(count)])
    for below, above in zip(layers, layers[1:]):
        for a in below:
            for b in above:
                dr.line(ax, a, b, width=0.7)
    texts = ((0.45, 'inputs', ''),
             (1.1, '', r'$\mathbf{W}_1,\ \mathbf{b}_1$'),
             (1.75, 'hidden layer', r'$\mathbf{h} = \phi(\mathbf{W}_1^{\top}'
              r'\mathbf{x} + \mathbf{b}_1)$'),
             (2.4, '', r'$\mathbf{W}_2,\ \mathbf{b}_2$'),
             (3.05, 'output layer', r'$\mathbf{o} = \mathbf{W}_2^{\top}'
              r'\mathbf{h} + \mathbf{b}_2$'))
    for y, name, formula in texts:
        if name:
            dr.text(ax, 0.02, y, name, color=dr.MUTED, size=9, ha='left')
        if formula:
            dr.text(ax, 5.5, y, formula, size=9, ha='left',
                    color=dr.INK if name else dr.LINE_BLUE)
    return fig
