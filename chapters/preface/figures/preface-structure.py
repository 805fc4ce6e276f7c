"""What the chapters of the book build on, and which of them exist."""
from tools import drawing as dr

# Chapters that this edition has; add a name here when its chapter arrives.
PRESENT = {'Introduction', 'Preliminaries', 'Linear regression',
           'Linear classification', 'Multilayer perceptrons',
           "Builders' guide", 'Convolutional nets (2)', 'Recurrent nets (2)',
           'Attention, transformers', 'Tools'}


def chapter(ax, x, y, name, width=1.75, height=0.4):
    here = name in PRESENT
    return dr.box(ax, x, y, name, width=width, height=height, size=8.5,
                  fill=dr.BLUE if here else 'none',
                  edge=dr.INK if here else dr.MUTED, dashed=not here)


def group(ax, left, low, right, high, title):
    corners = [(left, low), (right, low), (right, high), (left, high)]
    for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
        dr.line(ax, a, b, color='#c4ccd4', width=0.8)
    dr.text(ax, left + 0.1, high - 0.15, title, color=dr.MUTED, size=8.5,
            ha='left')


def draw():
    fig, ax = dr.canvas(7.4, 5.15)
    group(ax, 0.1, 1.35, 2.2, 5.05, 'Foundations')
    names = ['Introduction', 'Preliminaries', 'Linear regression',
             'Linear classification', 'Multilayer perceptrons',
             "Builders' guide"]
    boxes = [chapter(ax, 1.15, 4.55 - 0.58 * k, name)
             for k, name in enumerate(names)]
    for above, below in zip(boxes, boxes[1:], strict=False):
        dr.arrow(ax, above, below)

    group(ax, 2.7, 1.35, 4.8, 5.05, 'Architectures and training')
    x = 3.75
    conv = chapter(ax, x, 4.55, 'Convolutional nets (2)')
    recurrent = chapter(ax, x, 3.83, 'Recurrent nets (2)')
    attention = chapter(ax, x, 3.1, 'Attention, transformers')
    optimization = chapter(ax, x, 2.38, 'Optimization')
    performance = chapter(ax, x, 1.65, 'Performance')
    dr.arrow(ax, recurrent, attention)
    dr.arrow(ax, optimization, performance)

    group(ax, 5.3, 2.75, 7.3, 5.05, 'Applications')
    dr.arrow(ax, conv, chapter(ax, 6.3, 4.55, 'Computer vision'))
    dr.arrow(ax, attention, chapter(ax, 6.3, 3.1, 'Natural language (2)'))

    group(ax, 5.3, 1.35, 7.3, 2.65, 'Appendices')
    chapter(ax, 6.3, 2.15, 'Mathematics')
    chapter(ax, 6.3, 1.65, 'Tools')

    group(ax, 0.1, 0.05, 7.3, 0.98, 'Further topics')
    topics = ['Reinforcement\nlearning', 'Gaussian\nprocesses',
              'Hyperparameter\noptimization', 'Adversarial\nnetworks',
              'Recommender\nsystems']
    for k, name in enumerate(topics):
        chapter(ax, 0.9 + 1.4 * k, 0.4, name, width=1.28, height=0.5)
    dr.arrow(ax, (2.2, 3.1), (2.7, 3.1))
    dr.arrow(ax, (1.15, 1.35), (1.15, 0.98))
    return fig
