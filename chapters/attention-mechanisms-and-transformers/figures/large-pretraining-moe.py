"""A layer with eight experts, two of them active, and a shared one."""
from matplotlib import patches

from tools import drawing as dr

SCORES = (0.15, 0.5, 0.1, 0.22, 0.05, 0.42, 0.2, 0.12)
ACTIVE = (1, 5)


def draw():
    fig, ax = dr.canvas(7.6, 2.75)
    token = dr.box(ax, 0.5, 1.35, r'$\mathbf{h}$', 0.6, 0.5, fill=dr.BLUE)
    for k, score in enumerate(SCORES):
        ax.add_patch(patches.Rectangle(
            (1.55 + 0.13 * k, 1.05), 0.1, 1.1 * score, linewidth=0.8,
            facecolor=dr.ORANGE if k in ACTIVE else dr.GRAY,
            edgecolor=dr.INK, zorder=3))
    router = dr.box(ax, 2.05, 1.35, '', 1.3, 1.0, fill='none')
    dr.text(ax, 2.05, 2.02, 'router', size=9)
    dr.arrow(ax, token, router)
    total = dr.node(ax, 6.6, 1.35, '+', radius=0.17, fill='none', size=12)
    for k in range(len(SCORES)):
        y = 2.55 - 0.27 * k
        active = k in ACTIVE
        expert = dr.box(ax, 4.2, y, f'expert {k + 1}', 1.3, 0.23, size=8.5,
                        fill=dr.GREEN if active else 'none',
                        edge=dr.INK if active else dr.MUTED,
                        rounding=0.05)
        if active:
            dr.arrow(ax, router, expert.left)
            dr.arrow(ax, expert.right, total)
    dr.text(ax, 5.5, 2.12, '$× g_2$', size=9)
    dr.text(ax, 5.5, 1.06, '$× g_6$', size=9)
    shared = dr.box(ax, 4.2, 0.22, 'shared', 1.3, 0.26, size=8.5,
                    fill=dr.GREEN, rounding=0.05)
    dr.line(ax, (0.5, 1.1), (0.5, 0.22), dr.INK)
    dr.arrow(ax, (0.5, 0.22), shared.left)
    dr.arrow(ax, shared.right, total)
    dr.arrow(ax, total, (7.35, 1.35))
    return fig
