"""A recurrent network, unrolled over three time steps."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.0, 3.05)
    boxes, names = [], ('t-1', 't', 't+1')
    for i, time in enumerate(names):
        x = 1.45 + 2.05 * i
        box = dr.box(ax, x, 1.5, r'$\phi$', width=0.95, height=0.6,
                     fill=dr.BLUE, size=12)
        below = dr.node(ax, x, 0.4, rf'$\mathbf{{X}}_{{{time}}}$',
                        radius=0.33, fill=dr.GRAY, size=9.5)
        above = dr.node(ax, x, 2.6, rf'$\mathbf{{O}}_{{{time}}}$',
                        radius=0.33, fill=dr.ORANGE, size=9.5)
        dr.arrow(ax, below, box)
        dr.arrow(ax, box, above)
        dr.text(ax, x + 0.1, 0.97, r'$\mathbf{W}_\mathrm{xh}$', ha='left',
                size=9, color=dr.MUTED)
        dr.text(ax, x + 0.1, 2.04, r'$\mathbf{W}_\mathrm{hq}$', ha='left',
                size=9, color=dr.MUTED)
        boxes.append(box)
    ends = [(0.12, 1.5), *boxes, (6.88, 1.5)]
    states = ('t-2', 't-1', 't', 't+1')
    for a, b, time in zip(ends, ends[1:], states):
        dr.arrow(ax, a, b)
        left = a[0] if isinstance(a, tuple) else a.right[0]
        right = b[0] if isinstance(b, tuple) else b.left[0]
        dr.text(ax, (left + right) / 2 - 0.03, 1.68,
                rf'$\mathbf{{H}}_{{{time}}}$', size=9.5)
        dr.text(ax, (left + right) / 2 - 0.03, 1.3,
                r'$\mathbf{W}_\mathrm{hh}$', size=9, color=dr.MUTED)
    return fig
