"""A lazy layer before and after its first input."""
from tools import drawing as dr


def _layer(ax, x, y, title, weight, bias, fill):
    dr.box(ax, x, y, width=2.7, height=1.5, fill='none')
    dr.text(ax, x, y + 0.97, title, size=10)
    dr.text(ax, x - 1.1, y + 0.28, 'weight', size=9, ha='left')
    dr.text(ax, x - 1.1, y - 0.36, 'bias', size=9, ha='left')
    dr.grid(ax, x - 0.35, y + 0.08, [weight], cell=0.4, fill=fill, size=8)
    dr.grid(ax, x - 0.35, y - 0.56, [bias], cell=0.4, fill=fill, size=8)


def draw():
    fig, ax = dr.canvas(8, 2.25)
    _layer(ax, 1.55, 0.95, 'LazyLinear(1)', ['?', '?', '?'], ['?'], 'none')
    dr.text(ax, 2.62, 0.95 + 0.28, '…', size=12)
    _layer(ax, 6.45, 0.95, 'Linear(2, 1)', ['$w_1$', '$w_2$'], ['$b$'],
           dr.BLUE)
    dr.arrow(ax, (2.98, 0.95), (5.02, 0.95))
    dr.text(ax, 4.0, 1.14, 'first forward pass', size=9)
    dr.text(ax, 4.0, 0.73, r'$\mathbf{X}$ has 2 columns', size=9)
    dr.text(ax, 7.2, 1.23, '$1 \\times 2$', size=9, color=dr.MUTED)
    dr.text(ax, 6.72, 0.59, '$1$', size=9, color=dr.MUTED)
    return fig
