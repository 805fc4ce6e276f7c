"""A call of a module runs hooks around forward."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.0, 1.75)
    boxes = [dr.box(ax, x, 1.15, name, width=width, height=0.55, fill=fill,
                    size=9.5)
             for x, name, width, fill in (
                 (2.0, 'forward\npre-hooks', 1.25, dr.PURPLE),
                 (3.75, 'forward', 1.15, dr.BLUE),
                 (5.4, 'forward\nhooks', 1.15, dr.PURPLE))]
    dr.arrow(ax, (0.95, 1.15), boxes[0])
    dr.text(ax, 0.88, 1.15, 'net(X)', ha='right', family='monospace')
    dr.arrow(ax, boxes[0], boxes[1], 'X')
    dr.arrow(ax, boxes[1], boxes[2], 'H')
    dr.arrow(ax, boxes[2], (6.55, 1.15))
    dr.text(ax, 6.68, 1.15, 'H', ha='left')
    dr.text(ax, 0.2, 0.32, 'net.forward(X)', ha='left', family='monospace',
            color=dr.LINE_RED)
    ax.plot([1.75, 3.5], [0.32, 0.32], color=dr.LINE_RED, linewidth=1.2,
            linestyle='--')
    dr.arrow(ax, (3.5, 0.32), (3.5, 0.875), color=dr.LINE_RED, dashed=True)
    ax.plot([4.0, 4.0], [0.875, 0.32], color=dr.LINE_RED, linewidth=1.2,
            linestyle='--')
    dr.arrow(ax, (4.0, 0.32), (6.55, 0.32), color=dr.LINE_RED, dashed=True)
    dr.text(ax, 6.68, 0.32, 'H', ha='left', color=dr.LINE_RED)
    return fig
