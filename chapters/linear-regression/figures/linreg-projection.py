"""Least squares as a projection of y on the span of the columns of X."""
from matplotlib import patches

from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(5.4, 3.3)
    plane = [(0.3, 0.35), (3.9, 0.35), (5.2, 1.85), (1.6, 1.85)]
    ax.add_patch(patches.Polygon(plane, closed=True, facecolor=dr.BLUE,
                                 edgecolor=dr.LINE_BLUE, linewidth=1,
                                 alpha=0.55, zorder=0))
    origin, foot, tip = (1.35, 0.75), (3.55, 1.3), (3.55, 2.95)
    dr.arrow(ax, origin, (2.9, 0.5), color=dr.LINE_BLUE, width=1.6)
    dr.text(ax, 3.2, 0.48, r'$\mathbf{x}_{:,1}$', color=dr.LINE_BLUE)
    dr.arrow(ax, origin, (1.95, 1.62), color=dr.LINE_BLUE, width=1.6)
    dr.text(ax, 1.66, 1.6, r'$\mathbf{x}_{:,2}$', color=dr.LINE_BLUE)
    dr.arrow(ax, origin, tip, color=dr.INK, width=1.8)
    dr.text(ax, 2.25, 2.15, r'$\mathbf{y}$', size=12)
    dr.arrow(ax, origin, foot, color=dr.LINE_GREEN, width=1.8)
    dr.text(ax, 2.95, 0.87, r'$\hat{\mathbf{y}}=\mathbf{X}\mathbf{w}^*$',
            color=dr.LINE_GREEN)
    dr.arrow(ax, foot, tip, color=dr.LINE_ORANGE, width=1.8)
    dr.text(ax, 3.9, 2.3, r'residual $\mathbf{y}-\hat{\mathbf{y}}$',
            color=dr.LINE_ORANGE, ha='left')
    # the right angle between residual and plane
    ax.plot([3.35, 3.35, 3.55], [1.25, 1.45, 1.5], color=dr.LINE_ORANGE,
            linewidth=1)
    ax.plot(*origin, 'o', color=dr.INK, markersize=4)
    dr.text(ax, 1.2, 0.62, '0')
    other = (4.12, 1.02)
    ax.plot(*other, 'o', color=dr.MUTED, markersize=4)
    dr.line(ax, other, tip, dashed=True)
    dr.text(ax, 4.0, 0.8, r"$\mathbf{X}\mathbf{w}$", color=dr.MUTED)
    dr.text(ax, 0.95, 0.47, 'all predictions', size=8.5,
            color=dr.LINE_BLUE)
    return fig
