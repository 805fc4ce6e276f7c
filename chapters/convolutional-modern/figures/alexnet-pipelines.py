"""Recognition by designed features, and by learned ones."""
from tools import drawing as dr


def _row(ax, y, title, steps):
    dr.text(ax, 0.05, y + 0.62, title, size=10, ha='left')
    before = None
    for x, (content, width, fill) in steps:
        shape = dr.box(ax, x, y, content, width, 0.72, fill=fill, size=9)
        if before:
            dr.arrow(ax, before, shape)
        before = shape


def draw():
    fig, ax = dr.canvas(7.4, 3.05)
    _row(ax, 2.1, 'until 2011', [
        (0.6, ('image', 1.1, 'none')),
        (2.2, ('gradients,\nhistograms', 1.4, dr.GRAY)),
        (3.95, ('visual\nwords', 1.3, dr.PURPLE)),
        (5.55, ('counts', 1.2, dr.GRAY)),
        (6.85, ('linear\nclassifier', 0.95, dr.ORANGE))])
    _row(ax, 0.75, 'since 2012', [
        (0.6, ('image', 1.1, 'none')),
        (1.9, ('conv', 0.8, dr.ORANGE)),
        (2.95, ('conv', 0.8, dr.ORANGE)),
        (4.0, ('conv', 0.8, dr.ORANGE)),
        (5.3, ('hidden\nlayers', 1.1, dr.ORANGE)),
        (6.85, ('linear\nclassifier', 0.95, dr.ORANGE))])
    for x, fill, name in ((0.35, dr.GRAY, 'designed'),
                          (2.15, dr.PURPLE, 'clustered, without labels'),
                          (5.05, dr.ORANGE, 'learned from labels')):
        dr.box(ax, x, 0.14, width=0.32, height=0.18, fill=fill,
               rounding=0.04)
        dr.text(ax, x + 0.25, 0.14, name, size=8.5, ha='left')
    return fig
