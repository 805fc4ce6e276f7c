"""Agent and environment: watering a field."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.4, 2.9)
    dr.box(ax, 3.2, 2.4, 'agent\ncontroller with a policy', 2.3,
                   0.7, fill=dr.BLUE)
    world = dr.box(ax, 3.2, 0.55, 'environment\nfield and weather', 2.3,
                   0.7, fill=dr.GREEN)
    right, left, inner = 5.0, 1.4, 1.8
    ax.plot([4.35, right, right], [2.4, 2.4, 0.55], color=dr.INK,
            linewidth=dr.LINE_WIDTH)
    dr.arrow(ax, (right, 0.55), world.right)
    dr.text(ax, right + 0.1, 1.48, 'action', ha='left', weight='bold')
    dr.text(ax, right + 0.1, 1.24, 'liters tonight', ha='left', size=9)
    ax.plot([2.05, left, left], [0.42, 0.42, 2.52], color=dr.INK,
            linewidth=dr.LINE_WIDTH)
    dr.arrow(ax, (left, 2.52), (2.05, 2.52))
    dr.text(ax, left - 0.1, 1.6, 'observation', ha='right', weight='bold')
    dr.text(ax, left - 0.1, 1.25, 'moisture,\nforecast', ha='right', size=9)
    ax.plot([2.05, inner, inner], [0.68, 0.68, 2.28], color=dr.LINE_ORANGE,
            linewidth=dr.LINE_WIDTH)
    dr.arrow(ax, (inner, 2.28), (2.05, 2.28), color=dr.LINE_ORANGE)
    dr.text(ax, inner + 0.1, 1.68, 'reward', ha='left', weight='bold',
            color=dr.LINE_ORANGE)
    dr.text(ax, inner + 0.1, 1.32, 'price of water (minus)\n'
            'harvest, in the end (plus)', ha='left', size=9)
    return fig
