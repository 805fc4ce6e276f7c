"""What layers read and write: a residual block and a dense block."""
from matplotlib import patches

from tools import drawing as dr

COLORS = (dr.GRAY, dr.BLUE, dr.ORANGE, dr.GREEN)
LINES = (dr.MUTED, dr.LINE_BLUE, dr.LINE_ORANGE, dr.LINE_GREEN)


def segment(ax, x, y, height, fill, content=''):
    ax.add_patch(patches.Rectangle((x - 0.17, y), 0.34, height,
                                   facecolor=fill, edgecolor=dr.INK,
                                   linewidth=dr.LINE_WIDTH, zorder=2))
    if content:
        dr.text(ax, x, y + height / 2, content, size=9, zorder=3)


def draw():
    fig, ax = dr.canvas(7.0, 3.45)
    base = 0.75
    dr.text(ax, 1.35, 3.3, 'residual: add')
    for x, mixed in ((0.35, 1), (1.35, 2), (2.35, 3)):
        for part in range(mixed):              # stripes: a mixture
            segment(ax, x, base + part * 0.9 / mixed, 0.9 / mixed,
                    COLORS[part])
    for number, x in enumerate((0.35, 1.35), start=1):
        layer = dr.box(ax, x + 0.5, 2.75, f'$f_{number}$', 0.44, 0.4,
                       fill='none')
        dr.arrow(ax, (x, base + 0.9), layer.bottom, color=LINES[number],
                 curve=-0.2)
        dr.arrow(ax, layer.bottom, (x + 1.0, base + 0.92),
                 color=LINES[number], curve=-0.2)
        dr.arrow(ax, (x + 0.17, base + 0.45), (x + 0.83, base + 0.45))
        dr.text(ax, x + 0.62, base + 0.62, '+', size=12)
    dr.text(ax, 1.35, 0.4, 'as many channels as before,\nsums of all '
            'contributions', size=8.5, color=dr.MUTED)
    dr.line(ax, (2.9, 0.2), (2.9, 3.35), color='#c4ccd4', width=0.8)

    dr.text(ax, 5.0, 3.3, 'dense: append')
    xs = (3.3, 4.35, 5.4, 6.45)
    for step, x in enumerate(xs):
        low = base
        for part in range(step + 1):
            height = 0.6 if part == 0 else 0.3
            label = rf'$\mathsf{{H}}_{part}$'
            segment(ax, x, low, height, COLORS[part], label)
            low += height
        if step < 3:
            layer = dr.box(ax, x + 0.52, 2.75, f'$f_{step + 1}$', 0.44, 0.4,
                           fill='none')
            dr.arrow(ax, (x, low), layer.bottom, color=LINES[step + 1],
                     curve=-0.2)
            dr.arrow(ax, layer.bottom, (xs[step + 1], low + 0.32),
                     color=LINES[step + 1], curve=-0.2)
            dr.arrow(ax, (x + 0.17, base + 0.3),
                     (xs[step + 1] - 0.17, base + 0.3))
    dr.text(ax, 5.0, 0.4, r'$c_0 + l\,k$ channels after layer $l$,'
            '\neverything stays readable', size=8.5, color=dr.MUTED)
    return fig
