"""XOR before and after a hidden layer of two rectified linear units."""
from tools import drawing as dr

ZERO = {'marker': 'o', 'markerfacecolor': 'white', 'zorder': 4,
        'markeredgecolor': dr.LINE_BLUE, 'markersize': 11,
        'markeredgewidth': 2, 'linestyle': ''}
ONE = {'marker': 's', 'color': dr.LINE_ORANGE, 'markersize': 10,
       'linestyle': '', 'zorder': 4}


def draw():
    fig, (left, right) = dr.plots(1, 2, width=7, height=3)
    for x, y, style in ((0, 0, ZERO), (1, 1, ZERO), (0, 1, ONE),
                        (1, 0, ONE)):
        left.plot(x, y, **style)
    for offset in (0, 1):
        left.plot([offset - 1.5, offset + 1.5], [1.5, -1.5], '--',
                  color=dr.MUTED, linewidth=1.2)
    left.text(-0.62, 0.38, 'kink of $h_1$', color=dr.MUTED, fontsize=9,
              rotation=-45, ha='center', va='center')
    left.text(0.56, 0.64, 'kink of $h_2$', color=dr.MUTED, fontsize=9,
              rotation=-45, ha='center', va='center')
    left.set(xlim=(-1, 2), ylim=(-0.75, 1.75), xlabel='$x_1$',
             ylabel='$x_2$', aspect='equal', title='input')
    for x, y, style in ((0, 0, ZERO), (2, 1, ZERO), (1, 0, ONE)):
        right.plot(x, y, **style)
    right.plot([-0.1, 2.5], [-0.3, 1.0], color=dr.LINE_GREEN)
    right.text(0.12, 0.16, '(0, 0)', fontsize=9, ha='center')
    right.text(1.22, -0.02, '(0, 1) and (1, 0)', fontsize=9, ha='left',
               va='center')
    right.text(1.9, 1.14, '(1, 1)', fontsize=9, ha='right')
    right.text(2.55, 0.3, '$h_1 - 2h_2 = 0.5$', fontsize=9, ha='right',
               color=dr.LINE_GREEN)
    right.set(xlim=(-0.4, 2.6), ylim=(-0.75, 1.75), xlabel='$h_1$',
              ylabel='$h_2$', aspect='equal', title='hidden layer')
    for ax in (left, right):
        ax.title.set_size(10)
    return fig
