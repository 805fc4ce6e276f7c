"""The chain rule as a graph: multiply along paths, add over paths."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.4, 2.7)
    w = dr.node(ax, 0.8, 1.35, '$w$', radius=0.32)
    v = dr.node(ax, 2.9, 2.1, '$v$', radius=0.32, fill=dr.GRAY)
    a = dr.node(ax, 2.9, 0.6, '$a$', radius=0.32, fill=dr.GRAY)
    s = dr.node(ax, 5.0, 1.35, '$s$', radius=0.32, fill=dr.ORANGE)
    for start, end, label, offset in ((w, v, '−1', (-0.1, 0.2)),
                                      (v, s, '3', (0.08, 0.2)),
                                      (w, a, '−3.5', (-0.14, -0.2)),
                                      (a, s, '−2', (0.1, -0.2))):
        dr.arrow(ax, start, end, label, offset=offset, size=dr.FONT_SIZE)
    dr.text(ax, 2.9, 1.55, r'$(-1) \cdot 3 = -3$', color=dr.LINE_BLUE)
    dr.text(ax, 2.9, 1.15, r'$(-3.5) \cdot (-2) = 7$', color=dr.LINE_BLUE)
    dr.text(ax, 5.42, 1.35, r'$-3 + 7 = 4$', color=dr.LINE_BLUE, ha='left')
    dr.text(ax, 0.8, 0.8, 'water', color=dr.MUTED)
    dr.text(ax, 2.9, 2.58, 'speed', color=dr.MUTED)
    dr.text(ax, 2.9, 0.12, 'grip', color=dr.MUTED)
    dr.text(ax, 5.0, 0.8, 'road', color=dr.MUTED)
    return fig
