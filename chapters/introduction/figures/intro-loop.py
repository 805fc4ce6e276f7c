"""The training loop: data, model, objective, optimization."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.0, 3.3)
    data = dr.box(ax, 0.95, 2.2, 'data', 1.3, 0.6, fill=dr.GREEN)
    model = dr.box(ax, 3.5, 2.2, 'model\nwith parameters', 1.5, 0.6,
                   fill=dr.BLUE)
    goal = dr.box(ax, 6.1, 2.2, 'objective', 1.3, 0.6, fill=dr.ORANGE)
    algorithm = dr.box(ax, 4.8, 0.6, 'optimization\nalgorithm', 1.4, 0.6,
                       fill=dr.PURPLE)
    exam = dr.box(ax, 1.35, 0.6, 'examination\non new data', 1.3, 0.6,
                  fill='none', dashed=True)
    dr.arrow(ax, data, model, 'inputs')
    dr.arrow(ax, model, goal, 'answers')
    ax.plot([0.95, 0.95, 6.1], [2.5, 2.95, 2.95], color=dr.MUTED,
            linewidth=dr.LINE_WIDTH)
    dr.arrow(ax, (6.1, 2.95), goal, color=dr.MUTED)
    dr.text(ax, 3.5, 3.1, 'right answers', size=9, color=dr.MUTED)
    dr.arrow(ax, goal, algorithm)
    dr.text(ax, 5.6, 1.35, 'loss and\nits slopes', size=9, ha='left')
    dr.arrow(ax, algorithm, model)
    dr.text(ax, 4.02, 1.28, 'changed\nparameters', size=9, ha='right')
    dr.arrow(ax, (2.95, 1.9), exam, dashed=True)
    dr.text(ax, 1.95, 1.5, 'at the end', size=9, color=dr.MUTED, ha='right')
    return fig
