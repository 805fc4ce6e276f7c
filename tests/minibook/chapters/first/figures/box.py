from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(2, 1)
    dr.box(ax, 1, 0.5, 'box')
    return fig
