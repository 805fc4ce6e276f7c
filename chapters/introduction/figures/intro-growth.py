"""Examples learned from, and operations spent in training."""
from tools import drawing as dr

# Year, number, name, offset of the name in points, own estimate?
EXAMPLES = (
    (1936, 150, 'Iris', (5, 3), False),
    (1989, 7291, 'zip codes', (-4, 6), False),
    (1998, 60000, 'MNIST', (-4, 6), False),
    (2012, 1.28e6, 'ImageNet', (-8, 7), False),
    (2022, 5.85e9, 'LAION-5B', (-1, -19), False))
WORDS = (
    (2018, 3.3e9, 'BERT', (-6, 3), False),
    (2020, 3e11, 'GPT-3', (-6, 2), False),
    (2024, 15.6e12, 'Llama 3', (-6, 2), False))
OPERATIONS = (
    (1989, 6 * 64660 * 167693, 'zip codes', (6, -3), True),
    (1998, 6 * 340908 * 20 * 60000, 'LeNet-5', (6, -3), True),
    (2012, 6 * 724e6 * 90 * 1.2e6, 'AlexNet', (-6, 4), True),
    (2017, 2.3e19, 'transformer', (-6, 3), False),
    (2018, 5.33e20, 'BERT', (-6, 3), False),
    (2020, 3.14e23, 'GPT-3', (-6, 3), False),
    (2022, 6 * 540e9 * 780e9, 'PaLM', (6, -5), True),
    (2024, 3.8e25, 'Llama 3', (-6, 3), False))


def points(ax, rows, marker, color, label=None):
    for year, value, name, offset, own in rows:
        ax.plot([year], [value], marker, color=color, markersize=6,
                markerfacecolor='none' if own else color, label=label)
        label = None
        ax.annotate(name, (year, value), offset, fontsize=8.5, color=dr.INK,
                    textcoords='offset points',
                    ha='left' if offset[0] > 0 else 'right')


def draw():
    fig, (left, right) = dr.plots(1, 2, width=7.2, height=3.1)
    points(left, EXAMPLES, 'o', dr.LINE_BLUE, 'examples')
    points(left, WORDS, 's', dr.LINE_ORANGE, 'words or tokens')
    left.legend(loc='upper left', fontsize=8.5, handletextpad=0.3)
    left.set_ylabel('training examples')
    left.set_xlim(1930, 2030)
    left.set_ylim(30, 1e15)
    points(right, OPERATIONS, 'o', dr.LINE_BLUE)
    right.set_ylabel('operations in training')
    right.set_xlim(1985, 2030)
    right.set_ylim(1e9, 1e27)
    for ax in (left, right):
        ax.set_yscale('log')
        ax.set_xlabel('year')
        ax.minorticks_off()
        ax.grid(axis='y', color='#c4ccd4', linewidth=0.5)
    return fig
