from tools import drawing as dr

X = (0.55, 1.95, 3.35, 4.75, 6.15)
#  name: (column, y, word, parent, probability)
NODES = {
    'root': (0, 1.45, '<bos>', None, None),
    'la': (1, 2.15, 'la', 'root', '0.50'),
    'pomme': (1, 0.75, 'pomme', 'root', '0.40'),
    'la pomme': (2, 2.5, 'pomme', 'la', '0.40'),
    'la rouge': (2, 1.8, 'rouge', 'la', '0.35'),
    'pomme rouge': (2, 1.1, 'rouge', 'pomme', '0.75'),
    'pomme end': (2, 0.4, '<eos>', 'pomme', '0.20'),
    'la pomme rouge': (3, 2.5, 'rouge', 'la pomme', '0.75'),
    'pomme rouge end': (3, 1.1, '<eos>', 'pomme rouge', '0.85'),
    'la pomme rouge end': (4, 2.5, '<eos>', 'la pomme rouge', '0.85'),
}
GREEDY = ('la', 'la pomme', 'la pomme rouge', 'la pomme rouge end')
BEST = ('pomme', 'pomme rouge', 'pomme rouge end')


def draw():
    fig, ax = dr.canvas(7.6, 2.9)
    shapes = {}
    for name, (column, y, word, parent, probability) in NODES.items():
        greedy, best = name in GREEDY, name in BEST
        fill = dr.ORANGE if greedy else dr.GREEN if best else dr.GRAY
        shapes[name] = dr.box(ax, X[column], y, word, width=0.84, height=0.36,
                              fill=fill, size=9)
        if parent:
            color = (dr.LINE_ORANGE if greedy else
                     dr.LINE_GREEN if best else dr.MUTED)
            a, b = shapes[parent], shapes[name]
            dr.arrow(ax, a.right, b.left, color=color,
                     width=2.2 if greedy or best else dr.LINE_WIDTH)
            dr.text(ax, (a.right[0] + b.left[0]) / 2 - 0.12 * (a.y != b.y),
                    (a.y + b.y) / 2 + (0.17 if b.y >= a.y else -0.17),
                    probability, size=8, color=color)
    dr.text(ax, X[4] + 0.5, 2.5, '= 0.1275', color=dr.LINE_ORANGE, ha='left')
    dr.text(ax, X[3] + 0.5, 1.1, '= 0.255', color=dr.LINE_GREEN, ha='left')
    return fig
