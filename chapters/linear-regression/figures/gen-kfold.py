"""Five-fold cross-validation: each fold is held out once."""
from matplotlib import patches

from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.2, 2.75)
    width, height, left = 0.72, 0.32, 1.0
    for i in range(5):
        y = 2.1 - 0.42 * i
        dr.text(ax, 0.45, y + height / 2, f'round {i + 1}', size=9.5)
        for j in range(5):
            held_out = i == j
            ax.add_patch(patches.Rectangle(
                (left + j * width, y), width, height,
                facecolor=dr.ORANGE if held_out else dr.BLUE,
                edgecolor=dr.INK, linewidth=0.9))
            dr.text(ax, left + (j + 0.5) * width, y + height / 2,
                    'validate' if held_out else 'train', size=8)
        dr.arrow(ax, (left + 5 * width + 0.06, y + height / 2),
                 (5.12, y + height / 2))
        dr.text(ax, 5.3, y + height / 2, f'$E_{i + 1}$')
    for j in range(5):
        dr.text(ax, left + (j + 0.5) * width, 2.58, f'fold {j + 1}',
                size=9, color=dr.MUTED)
    ax.plot([5.5, 5.58, 5.58, 5.5], [2.38, 2.38, 0.48, 0.48], color=dr.INK,
            linewidth=1)
    dr.text(ax, 5.9, 1.43, 'mean', size=9.5)
    return fig
