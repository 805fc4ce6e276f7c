"""A probability mass function beside a density."""
import numpy as np

from tools import drawing as dr


def draw():
    fig, (left, right) = dr.plots(1, 2, width=6.6, height=2.5)
    total = np.arange(2, 13)
    mass = (6 - abs(total - 7)) / 36
    inside = (total >= 9) & (total <= 11)
    for where, color in [(~inside, dr.GRAY), (inside, dr.BLUE)]:
        left.bar(total[where], mass[where], width=0.7, color=color,
                 edgecolor=dr.INK, linewidth=0.8)
    left.set_xlabel('$x$, sum of two dice')
    left.set_ylabel('$P(X = x)$')
    left.set_xticks(range(2, 13))
    left.text(11, 0.128, 'heights add to\n' r'$P(9 \leq X \leq 11)$',
              ha='center', va='bottom', color=dr.LINE_BLUE, fontsize=9)
    x = np.linspace(0, 1, 101)
    part = np.linspace(0.5, 0.7, 21)
    right.fill_between(x, 2 * x, color=dr.GRAY)
    right.fill_between(part, 2 * part, color=dr.BLUE)
    right.plot(x, 2 * x, color=dr.INK)
    right.set_xlabel('$y$, larger of two uniform numbers')
    right.set_ylabel('$p(y)$')
    right.set_ylim(0, 2.1)
    right.set_xlim(0, 1.02)
    right.annotate('area is\n' r'$P(0.5 \leq Y \leq 0.7)$', (0.58, 0.9),
                   (0.27, 1.6), ha='center', color=dr.LINE_BLUE, fontsize=9,
                   arrowprops={'arrowstyle': '-', 'color': dr.LINE_BLUE})
    return fig
