"""Where an assigned attribute goes, and who sees it there."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.4, 3.0)
    start = dr.box(ax, 1.05, 1.5, 'self.name = value', width=1.8,
                   height=0.5, fill=dr.GRAY, size=9)
    dr.text(ax, 1.05, 1.05, 'calls __setattr__', size=8.5, color=dr.MUTED)
    rows = ((2.6, 'Parameter', '_parameters', dr.ORANGE),
            (1.95, 'Module', '_modules', dr.BLUE),
            (1.3, 'buffer', '_buffers', dr.GREEN),
            (0.42, 'anything else', '__dict__', 'none'))
    for y, kind, register, fill in rows:
        box = dr.box(ax, 4.55, y, register, width=1.3, height=0.44,
                     fill=fill, size=9, dashed=fill == 'none')
        other = fill == 'none'
        dr.line(ax, start.right, (2.25, y),
                color=dr.LINE_RED if other else dr.INK, dashed=other)
        dr.arrow(ax, (2.25, y), box.left, kind, dashed=other,
                 color=dr.LINE_RED if other else dr.INK, offset=(-0.02, .13))
    dr.text(ax, 3.05, 0.1, 'number, plain tensor, list of modules',
            size=8, color=dr.LINE_RED)
    ax.plot([5.35, 5.45, 5.45, 5.35], [2.8, 2.8, 1.1, 1.1],
            color=dr.INK, linewidth=1)
    dr.text(ax, 5.6, 2.5, 'seen by', ha='left', size=9)
    for i, name in enumerate(('named_parameters()', 'state_dict()', 'to()',
                              'train(), eval()')):
        dr.text(ax, 5.6, 2.2 - 0.26 * i, name, ha='left', size=8.5,
                family='monospace')
    dr.text(ax, 5.6, 0.4, 'not seen', ha='left', size=9,
            color=dr.LINE_RED)
    return fig
