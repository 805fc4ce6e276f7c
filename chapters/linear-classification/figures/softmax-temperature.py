"""The same three scores at three temperatures."""
import numpy as np

from tools import drawing as dr

SCORES = np.array([2.0, 1.0, -1.0])


def draw():
    fig, axes = dr.plots(1, 4, width=6.4, height=2.1)
    names = ['$o_1$', '$o_2$', '$o_3$']
    axes[0].bar(names, SCORES, color=dr.ORANGE, edgecolor=dr.INK)
    axes[0].axhline(0, color=dr.INK, linewidth=0.8)
    axes[0].set_title('scores', fontsize=10)
    axes[0].set_ylim(-1.8, 2.6)
    axes[0].set_yticks([-1, 0, 1, 2])
    for i, value in enumerate(SCORES):
        axes[0].text(i, value + (0.1 if value > 0 else -0.1), f'${value:g}$',
                     ha='center', va='bottom' if value > 0 else 'top',
                     fontsize=9)
    names = [rf'$\hat{{y}}_{j}$' for j in (1, 2, 3)]
    for ax, temperature in zip(axes[1:], (0.25, 1, 4), strict=True):
        powers = np.exp(SCORES / temperature)
        p = powers / powers.sum()
        ax.bar(names, p, color=dr.BLUE, edgecolor=dr.INK)
        ax.set_title(f'$T = {temperature:g}$', fontsize=10)
        ax.set_ylim(0, 1.15)
        ax.set_yticks([0, 0.5, 1])
        for i, value in enumerate(p):
            ax.text(i, value + 0.03, f'{value:.2f}', ha='center',
                    va='bottom', fontsize=9)
    return fig
