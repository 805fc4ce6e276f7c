"""The residual block of GPT-2 and of models since about 2023."""
from tools import drawing as dr


def add(ax, x, y):
    return dr.node(ax, x, y, '+', radius=0.13, fill='none', size=11)


def residual(ax, x, start, end, right=1.05):
    """A connection around what lies between two heights."""
    dr.line(ax, (x, start), (x + right, start), dr.INK)
    dr.line(ax, (x + right, start), (x + right, end), dr.INK)
    dr.arrow(ax, (x + right, end), (x + 0.13, end))


def chain(ax, x, shapes):
    for low, high in zip(shapes, shapes[1:]):
        dr.arrow(ax, low, high)


def old(ax, x):
    parts = [(x, 0.1),
             dr.box(ax, x, 0.6, 'layer norm', 1.5, 0.3, size=9),
             dr.box(ax, x, 1.1, 'attention', 1.5, 0.36, fill=dr.BLUE, size=9),
             add(ax, x, 1.55),
             dr.box(ax, x, 2.15, 'layer norm', 1.5, 0.3, size=9),
             dr.box(ax, x, 2.65, 'linear $d → 4d$', 1.5, 0.32, fill=dr.GREEN,
                    size=9),
             dr.box(ax, x, 3.12, 'GELU', 1.5, 0.3, fill=dr.ORANGE, size=9),
             dr.box(ax, x, 3.59, 'linear $4d → d$', 1.5, 0.32, fill=dr.GREEN,
                    size=9),
             add(ax, x, 4.03), (x, 4.4)]
    chain(ax, x, parts)
    residual(ax, x, 0.27, 1.55)
    residual(ax, x, 1.83, 4.03)


def new(ax, x):
    norm = dr.box(ax, x, 2.15, 'RMSNorm', 1.5, 0.3, size=9)
    first = add(ax, x, 1.55)
    chain(ax, x, [(x, 0.1), dr.box(ax, x, 0.6, 'RMSNorm', 1.5, 0.3, size=9),
                  dr.box(ax, x, 1.1, 'attention', 1.5, 0.36, fill=dr.BLUE,
                         size=9), first, norm])
    gate = dr.box(ax, x - 0.58, 2.65, '$d → 8d/3$', 0.95, 0.32,
                  fill=dr.GREEN, size=8.5)
    value = dr.box(ax, x + 0.58, 2.65, '$d → 8d/3$', 0.95, 0.32,
                   fill=dr.GREEN, size=8.5)
    silu = dr.box(ax, x - 0.62, 3.14, 'SiLU', 0.76, 0.28, fill=dr.ORANGE,
                  size=8.5)
    times = dr.node(ax, x, 3.14, '×', radius=0.13, fill='none', size=11)
    down = dr.box(ax, x, 3.59, '$8d/3 → d$', 1.3, 0.32, fill=dr.GREEN,
                  size=9)
    dr.arrow(ax, norm.top, gate)
    dr.arrow(ax, norm.top, value)
    dr.arrow(ax, gate, silu)
    dr.arrow(ax, silu, times)
    dr.arrow(ax, value.top, times)
    chain(ax, x, [times, down, add(ax, x, 4.03), (x, 4.4)])
    residual(ax, x, 0.27, 1.55, 1.25)
    residual(ax, x, 1.83, 4.03, 1.25)


def draw():
    fig, ax = dr.canvas(7.4, 4.75)
    dr.text(ax, 2.0, 4.6, 'GPT-2 (2019)', weight='bold')
    dr.text(ax, 5.5, 4.6, 'today', weight='bold')
    old(ax, 2.0)
    new(ax, 5.5)
    notes = ((0.62, 1.1, 'biases;\nlearned\npositions\nat the input'),
             (4.1, 1.1, 'no biases;\nrotated\n$Q$ and $K$;\nfewer $K$, $V$'),
             (0.62, 3.1, '$8d^2$\nweights'), (4.1, 3.4, '$8d^2$\nweights'))
    for x, y, note in notes:
        dr.text(ax, x, y, note, size=8.5, color=dr.MUTED)
    return fig
