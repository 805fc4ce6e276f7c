"""Two memories and the bus between them; widths go by bandwidth."""
from matplotlib import patches

from tools import drawing as dr


def machine(ax, x, title, units, memory, fill):
    """A processor above its memory; returns the shapes of both."""
    dr.text(ax, x, 3.28, title, weight='bold')
    processor = dr.box(ax, x, 2.6, width=2.7, height=0.85, fill=fill)
    rows, columns, size = units
    for i in range(rows):
        for j in range(columns):
            step_x, step_y = 2.3 / columns, 0.62 / rows
            dr.box(ax, x + (j - (columns - 1) / 2) * step_x,
                   2.6 + (i - (rows - 1) / 2) * step_y, fill='white',
                   width=size * step_x, height=size * step_y,
                   rounding=0.02)
    store = dr.box(ax, x, 0.75, memory, width=2.7, height=0.7,
                   fill=dr.GRAY)
    return processor, store


def draw():
    fig, ax = dr.canvas(7.6, 3.5)
    cpu, ram = machine(ax, 1.5, 'CPU: few cores, each fast', (1, 4, 0.8),
                       'main memory\n(tensors on cpu)', dr.BLUE)
    gpu, hbm = machine(ax, 6.0, 'GPU: thousands of slow units',
                       (5, 18, 0.7), 'GPU memory\n(tensors on cuda:0)',
                       dr.ORANGE)
    dr.arrow(ax, (1.5, 1.1), (1.5, 2.17), width=2.4)
    dr.arrow(ax, (1.5, 2.17), (1.5, 1.1), width=2.4)
    dr.text(ax, 1.68, 1.64, 'its own memory', ha='left', size=9)
    ax.add_patch(patches.FancyArrowPatch(
        (6.0, 1.1), (6.0, 2.17), arrowstyle='<|-|>', mutation_scale=26,
        color=dr.INK, linewidth=8, shrinkA=0, shrinkB=0, joinstyle='miter',
        capstyle='butt', zorder=1))
    dr.text(ax, 5.78, 1.64, 'about 3350 GB/s', ha='right', size=9)
    dr.arrow(ax, ram, hbm, width=1.2)
    dr.arrow(ax, hbm, ram, width=1.2)
    dr.text(ax, 3.75, 0.93, 'PCIe: 64 GB/s', size=9)
    dr.text(ax, 3.75, 0.55, 'each way', size=9)
    dr.arrow(ax, cpu, gpu, dashed=True)
    dr.text(ax, 3.75, 2.78, 'queue of work', size=9)
    return fig
