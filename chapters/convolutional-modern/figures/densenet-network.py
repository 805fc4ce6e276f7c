"""Channels along DenseNet-121: growth in blocks, halved by transitions."""
from tools import drawing as dr

LAYERS, GROWTH = (6, 12, 24, 16), 32


def draw():
    fig, ax = dr.plots(width=6.4, height=2.7)
    start, channels, fills = 0, 64, (dr.BLUE, dr.ORANGE, dr.GREEN, dr.PURPLE)
    for number, (layers, fill) in enumerate(zip(LAYERS, fills)):
        xs = list(range(start, start + layers + 1))
        ys = [channels + GROWTH * i for i in range(layers + 1)]
        ax.fill_between(xs, ys, color=fill, linewidth=0)
        ax.plot(xs, ys, color=dr.INK, linewidth=1.2)
        size = 56 // 2 ** number
        ax.text((xs[0] + xs[-1]) / 2, 40, f'{size} × {size}', ha='center',
                fontsize=9 if number else 7)
        ax.annotate(str(ys[-1]), (xs[-1], ys[-1]), (0, 4),
                    textcoords='offset points', ha='center', fontsize=9)
        start, channels = xs[-1], ys[-1] // 2
        if number < 3:
            ax.annotate('', (start, channels), (start, ys[-1]),
                        arrowprops={'arrowstyle': '-|>', 'color':
                                    dr.LINE_RED, 'shrinkA': 0, 'shrinkB': 0})
    ax.annotate('transition', (18, 384), (9.5, 640), fontsize=9,
                color=dr.LINE_RED,
                arrowprops={'arrowstyle': '-', 'color': dr.LINE_RED})
    ax.set_xlim(0, 59)
    ax.set_ylim(0, 1150)
    ax.set_xlabel('dense layers (two convolutions each)')
    ax.set_ylabel('channels')
    return fig
