"""A code for four symbols: the rarer, the longer."""
from tools import drawing as dr

LEAVES = (('a', '1/2', '0'), ('b', '1/4', '10'), ('c', '1/8', '110'),
          ('d', '1/8', '111'))


def draw():
    fig, ax = dr.canvas(6.2, 2.5)
    inner = [dr.node(ax, 1.0 + 0.8 * i, 2.2 - 0.62 * i, '', radius=0.09,
                     fill=dr.GRAY) for i in range(3)]
    for i, (name, *_) in enumerate(LEAVES[:3]):
        leaf = dr.node(ax, inner[i].x - 0.62, inner[i].y - 0.62, f'${name}$',
                       radius=0.22)
        dr.line(ax, inner[i], leaf, color=dr.INK)
        dr.text(ax, inner[i].x - 0.42, inner[i].y - 0.22, '0',
                color=dr.LINE_BLUE)
    last = dr.node(ax, inner[2].x + 0.8, inner[2].y - 0.62, '$d$',
                   radius=0.22)
    for a, b in zip(inner, [*inner[1:], last], strict=True):
        dr.line(ax, a, b, color=dr.INK)
        dr.text(ax, (a.x + b.x) / 2 + 0.08, (a.y + b.y) / 2 + 0.15, '1',
                color=dr.LINE_BLUE)
    xs = (4.78, 5.3, 5.88)
    for x, head in zip(xs, ('$P$', 'code', 'bits'), strict=True):
        dr.text(ax, x, 2.2, head, color=dr.MUTED)
    for i, (name, p, code) in enumerate(LEAVES):
        y = 1.78 - 0.42 * i
        dr.node(ax, 4.32, y, f'${name}$', radius=0.17, size=9)
        for x, content in zip(xs, (p, code, len(code)), strict=True):
            dr.text(ax, x, y, f'{content}')
    return fig
