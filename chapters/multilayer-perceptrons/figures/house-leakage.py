"""Statistics are fitted to the training part and applied to both parts."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.4, 2.5)
    train = dr.box(ax, 0.95, 1.9, 'training\nhouses', width=1.5, height=0.7,
                   fill=dr.BLUE)
    val = dr.box(ax, 0.95, 0.5, 'validation\nhouses', width=1.5, height=0.7,
                 fill=dr.ORANGE)
    fit = dr.box(ax, 3.0, 1.2, 'fit', width=0.9, height=0.5)
    stats = dr.box(ax, 4.55, 1.2, 'statistics', width=1.2, height=0.5,
                   fill=dr.GREEN)
    for part, y, fill in (train, 1.9, dr.BLUE), (val, 0.5, dr.ORANGE):
        change = dr.box(ax, 4.55, y, 'transform', width=1.2, height=0.5)
        inputs = dr.box(ax, 6.5, y, 'inputs', width=1.2, height=0.5,
                        fill=fill)
        dr.arrow(ax, part, change)
        dr.arrow(ax, change, inputs)
        dr.arrow(ax, stats, change)
    dr.arrow(ax, train, fit)
    dr.arrow(ax, fit, stats)
    dr.arrow(ax, val, fit, color=dr.LINE_RED, dashed=True)
    dr.text(ax, 2.2, 0.93, '×', color=dr.LINE_RED, size=20)
    return fig
