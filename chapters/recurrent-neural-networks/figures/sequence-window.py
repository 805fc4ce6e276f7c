"""A window of fixed length, and a state that is carried along."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.6, 2.35)
    # left: a window of three values
    xs = []
    for i, name in enumerate((r'$x_{t-4}$', r'$x_{t-3}$', r'$x_{t-2}$',
                              r'$x_{t-1}$')):
        xs.append(dr.node(ax, 0.45 + 0.68 * i, 0.75, name, radius=0.27,
                          fill=dr.GRAY if i == 0 else dr.BLUE, size=8.5))
    out = dr.node(ax, 2.62, 1.75, r'$\hat{x}_t$', radius=0.27,
                  fill=dr.ORANGE, size=9.5)
    f = dr.box(ax, 1.47, 1.75, '$f$', 0.6, 0.42, fill=dr.GREEN)
    for x in xs[1:]:
        dr.arrow(ax, x, f)
    dr.arrow(ax, f, out)
    ax.plot([0.86, 0.86, 2.78, 2.78], [0.4, 0.32, 0.32, 0.4],
            color=dr.MUTED, linewidth=1)
    dr.text(ax, 1.82, 0.16, r'window, $\tau = 3$', size=9, color=dr.MUTED)
    # right: a state
    states = []
    names = ((r'$x_{t-3}$', r'$h_{t-2}$'), (r'$x_{t-2}$', r'$h_{t-1}$'),
             (r'$x_{t-1}$', r'$h_t$'))
    for i, (x, h) in enumerate(names):
        left = 4.0 + 0.76 * i
        a = dr.node(ax, left, 0.75, x, radius=0.27, size=8.5)
        b = dr.box(ax, left, 1.75, h, 0.54, 0.42, fill=dr.GREEN, size=9)
        dr.arrow(ax, a, b)
        if states:
            dr.arrow(ax, states[-1], b)
        states.append(b)
    dr.arrow(ax, (3.42, 1.75), states[0])
    end = dr.node(ax, 6.28, 1.75, r'$\hat{x}_t$', radius=0.27,
                  fill=dr.ORANGE, size=9.5)
    dr.arrow(ax, states[-1], end)
    dr.text(ax, 4.76, 0.16, 'state', size=9, color=dr.MUTED)
    dr.line(ax, (3.22, 0.1), (3.22, 2.25), dashed=True, width=0.8)
    return fig
