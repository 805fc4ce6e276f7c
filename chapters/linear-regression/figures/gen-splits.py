"""Training, validation and test set, and what each may be used for."""
from matplotlib import patches

from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.4, 2.3)
    parts = [(0.2, 3.4, dr.BLUE, 'training set'),
             (3.6, 1.3, dr.ORANGE, 'validation set'),
             (4.9, 1.3, dr.GRAY, 'test set')]
    for left, width, fill, name in parts:
        ax.add_patch(patches.Rectangle(
            (left, 1.45), width, 0.5, facecolor=fill, edgecolor=dr.INK,
            linewidth=dr.LINE_WIDTH))
        dr.text(ax, left + width / 2, 1.7, name, size=9.5)
    fit = dr.box(ax, 1.9, 0.45, 'fit the weights', 1.7, 0.5)
    choose = dr.box(ax, 4.25, 0.45, 'choose the\nmodel', 1.1, 0.56, size=9)
    report = dr.box(ax, 5.75, 0.45, 'report\nthe error', 1.0, 0.56, size=9)
    dr.arrow(ax, (1.9, 1.45), fit)
    dr.arrow(ax, (4.25, 1.45), choose)
    dr.arrow(ax, (5.55, 1.45), (5.75, 0.73), dashed=True)
    dr.arrow(ax, (2.75, 0.53), (3.7, 0.53), 'candidates')
    dr.arrow(ax, (3.7, 0.33), (2.75, 0.33), color=dr.MUTED)
    dr.text(ax, 3.22, 0.18, 'try again', size=9, color=dr.MUTED)
    dr.arrow(ax, choose, report)
    dr.text(ax, 5.85, 1.12, 'once', size=9, ha='left')
    return fig
