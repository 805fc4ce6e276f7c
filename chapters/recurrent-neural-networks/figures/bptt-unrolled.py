"""A recurrent network unrolled, and the way back of one loss."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.4, 3.3)
    states = [dr.box(ax, 0.5, 1.5, r'$\mathbf{h}_0$', 0.55, 0.42,
                     fill=dr.GRAY)]
    for t in range(1, 5):
        x = 0.5 + 1.4 * t
        inp = dr.node(ax, x, 0.4, rf'$\mathbf{{x}}_{t}$', radius=0.25)
        h = dr.box(ax, x, 1.5, rf'$\mathbf{{h}}_{t}$', 0.55, 0.42,
                   fill=dr.GREEN)
        loss = dr.node(ax, x, 2.75, rf'$l_{t}$', radius=0.25,
                       fill=dr.ORANGE)
        dr.arrow(ax, inp, h, r'$\mathbf{W}_\mathrm{xh}$',
                 offset=(-0.32, 0.0), size=8.5)
        dr.arrow(ax, h, loss, r'$\mathbf{W}_\mathrm{hq}$',
                 offset=(-0.32, 0.1), size=8.5)
        dr.arrow(ax, states[-1], h, r'$\mathbf{W}_\mathrm{hh}$',
                 offset=(0, -0.17), size=8.5)
        states.append(h)
    kwargs = {'color': dr.LINE_RED, 'dashed': True, 'width': 1.5}
    dr.arrow(ax, (6.22, 2.52), (6.22, 1.71), **kwargs)
    for t in (4, 3, 2):
        dr.arrow(ax, (0.5 + 1.4 * t - 0.12, 1.71),
                 (0.5 + 1.4 * (t - 1) + 0.17, 1.71), curve=0.42, **kwargs)
        dr.text(ax, 0.5 + 1.4 * t - 0.64, 2.14, rf'$\mathbf{{J}}_{t}$',
                color=dr.LINE_RED, size=9.5)
    return fig
