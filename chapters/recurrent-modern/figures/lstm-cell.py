"""A memory cell of an LSTM: the content on top, the valves below it."""
from matplotlib import patches

from tools import drawing as dr


def gate(ax, x, y, name, label, fill):
    return dr.box(ax, x, y, f'{name}\n{label}', width=1.15, height=0.62,
                  fill=fill, size=9)


def bus(ax, x0, x1, y):
    dr.line(ax, (x0, y), (x1, y), color=dr.INK)


def draw():
    fig, ax = dr.canvas(8.0, 4.3)
    ax.add_patch(patches.FancyBboxPatch(
        (1.15, 0.72), 5.75, 3.3, boxstyle='round,pad=0,rounding_size=0.15',
        facecolor='none', edgecolor=dr.MUTED, linewidth=1, linestyle='--'))
    top, low, base = 3.6, 1.65, 1.0
    # The cell's content.
    keep = dr.node(ax, 2.0, top, '×', radius=0.2, fill='white', size=13)
    add = dr.node(ax, 3.95, top, '+', radius=0.2, fill='white', size=13)
    dr.arrow(ax, (0.75, top), keep, width=2.4)
    dr.arrow(ax, keep, add, width=2.4)
    dr.arrow(ax, add, (7.3, top), width=2.4)
    dr.text(ax, 0.4, top, r'$\mathbf{C}_{t-1}$')
    dr.text(ax, 7.6, top, r'$\mathbf{C}_t$')
    # Gates and the proposal.
    forget = gate(ax, 2.0, low, 'forget', r'$\mathbf{F}_t,\ \sigma$',
                  dr.ORANGE)
    write = gate(ax, 3.3, low, 'input', r'$\mathbf{I}_t,\ \sigma$',
                 dr.ORANGE)
    node = gate(ax, 4.6, low, 'node', r'$\tilde{\mathbf{C}}_t,\ \tanh$',
                dr.BLUE)
    read = gate(ax, 5.9, low, 'output', r'$\mathbf{O}_t,\ \sigma$',
                dr.ORANGE)
    dr.arrow(ax, forget, keep)
    times = dr.node(ax, 3.95, 2.72, '×', radius=0.2, fill='white', size=13)
    dr.arrow(ax, write.top, times)
    dr.arrow(ax, node.top, times)
    dr.arrow(ax, times, add)
    # What is read.
    tanh = dr.box(ax, 6.55, 3.08, 'tanh', width=0.56, height=0.34, size=8.5)
    out = dr.node(ax, 6.55, 2.45, '×', radius=0.2, fill='white', size=13)
    dr.arrow(ax, (6.55, top), tanh)
    dr.arrow(ax, tanh, out)
    dr.line(ax, read.top, (5.9, 2.45), color=dr.INK)
    dr.arrow(ax, (5.9, 2.45), out)
    dr.line(ax, out.right, (7.1, 2.45), color=dr.INK)
    dr.arrow(ax, (6.75, 2.45), (7.3, 2.45))
    dr.text(ax, 7.6, 2.45, r'$\mathbf{H}_t$')
    # Inputs, the same for all four.
    bus(ax, 0.75, 5.9, base)
    for shape in (forget, write, node, read):
        dr.arrow(ax, (shape.x, base), shape.bottom)
    dr.text(ax, 0.4, base, r'$\mathbf{H}_{t-1}$')
    dr.arrow(ax, (1.6, 0.38), (1.6, base))
    dr.text(ax, 1.6, 0.2, r'$\mathbf{X}_t$')
    for x, y, word in ((2.22, 2.7, 'keep'), (4.17, 3.15, 'write'),
                       (5.62, 2.3, 'read')):
        dr.text(ax, x, y, word, size=9, color=dr.LINE_ORANGE,
                ha='left' if word != 'read' else 'center')
    return fig
