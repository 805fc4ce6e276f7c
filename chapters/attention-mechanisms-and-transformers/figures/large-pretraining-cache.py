"""A step of generation with a cache, and four layouts of heads."""
from matplotlib import patches

from tools import drawing as dr


def cell(ax, x, y, fill, size=0.17):
    ax.add_patch(patches.Rectangle((x, y), size, size, facecolor=fill,
                                   edgecolor=dr.INK, linewidth=0.8,
                                   zorder=2))


def draw():
    fig, ax = dr.canvas(8.4, 2.7)
    dr.text(ax, 2.0, 2.52, 'step $t$', weight='bold')
    for y, name in ((1.6, 'keys'), (1.05, 'values')):
        for k in range(8):
            dr.box(ax, 0.95 + 0.27 * k, y, '', 0.22, 0.36,
                   fill=dr.ORANGE if k == 7 else dr.GRAY, rounding=0.04)
        dr.text(ax, 0.4, y, name, size=9)
    dr.text(ax, 1.75, 0.68, 'kept from steps $1, …, t-1$', size=8.5,
            color=dr.MUTED)
    dr.box(ax, 2.84, 0.25, 'new token', 1.0, 0.34, fill=dr.BLUE, size=9)
    dr.arrow(ax, (2.84, 0.42), (2.84, 0.87))
    dr.box(ax, 3.6, 2.1, 'query', 0.75, 0.32, fill=dr.BLUE, size=9)
    dr.arrow(ax, (3.25, 0.42), (3.6, 1.94))
    for k in range(8):
        dr.line(ax, (3.22, 2.1), (0.95 + 0.27 * k, 1.78))
    dr.line(ax, (4.3, 0.1), (4.3, 2.6), dashed=True)
    layouts = (('multi-head', 8), ('grouped-query', 2), ('multi-query', 1),
               ('latent', 0))
    for k, (name, count) in enumerate(layouts):
        left, y = 6.0, 2.15 - 0.62 * k
        dr.text(ax, 4.5, y, name, size=9, ha='left')
        centers = [left + 0.085 + 0.27 * j for j in range(8)]
        for x in centers:
            cell(ax, x - 0.085, y + 0.08, dr.BLUE)
        low = y - 0.23
        if count:
            group = 8 // count
            for j in range(count):
                middle = sum(centers[j * group:(j + 1) * group]) / group
                for x in centers[j * group:(j + 1) * group]:
                    dr.line(ax, (x, y + 0.08), (middle, low + 0.14),
                            width=0.8)
                for shift in (-0.1, 0):
                    cell(ax, middle + shift, low, dr.ORANGE, 0.1)
        else:
            middle = sum(centers) / 8
            for x in centers:
                dr.line(ax, (x, y + 0.08), (middle, low + 0.13), width=0.8)
            ax.add_patch(patches.Rectangle(
                (middle - 0.2, low), 0.4, 0.1, facecolor=dr.GREEN,
                edgecolor=dr.INK, linewidth=0.8, zorder=2))
    return fig
