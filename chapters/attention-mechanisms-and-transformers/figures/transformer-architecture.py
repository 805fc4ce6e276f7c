"""The Transformer: encoder on the left, decoder on the right."""
from tools import drawing as dr

WIDTH, HEIGHT = 2.1, 0.36
FILLS = {'self-attention': dr.ORANGE, 'masked self-attention': dr.ORANGE,
         'cross-attention': dr.ORANGE, 'feed-forward': dr.PURPLE,
         'add & norm': dr.GREEN, 'embedding': dr.BLUE, 'linear': dr.GRAY}


def _part(ax, x, y, name):
    return dr.box(ax, x, y, name, width=WIDTH, height=HEIGHT,
                  fill=FILLS[name], size=9)


def _sublayer(ax, x, y, name, side):
    """A layer and its residual connection; returns what is at both ends."""
    layer, norm = _part(ax, x, y, name), _part(ax, x, y + 0.5, 'add & norm')
    dr.arrow(ax, layer, norm)
    rail = x + side * (WIDTH / 2 + 0.22)
    low = y - HEIGHT / 2 - 0.19
    dr.line(ax, (x, low), (rail, low), color=dr.INK)
    dr.line(ax, (rail, low), (rail, norm.y), color=dr.INK)
    dr.arrow(ax, (rail, norm.y), (x + side * WIDTH / 2, norm.y))
    return layer, norm


def _entrance(ax, x, label, side):
    """Tokens, embedding and the sum with the positional encoding."""
    below = _part(ax, x, 0.75, 'embedding')
    dr.text(ax, x, 0.16, label, size=9)
    dr.arrow(ax, (x, 0.29), below)
    plus = dr.node(ax, x, 1.25, '+', radius=0.13, fill=dr.GRAY)
    dr.arrow(ax, below, plus)
    at = x + side * 0.85
    dr.text(ax, at + side * 0.1, 1.25, 'positional\nencoding', size=8,
            ha='left' if side > 0 else 'right')
    dr.arrow(ax, (at, 1.25), plus)
    return plus


def _frame(ax, x, low, high, side, name):
    dr.box(ax, x + side * 0.12, (low + high) / 2, '', width=WIDTH + 0.78,
           height=high - low, fill='none', edge=dr.MUTED, dashed=True)
    dr.text(ax, x + side * (WIDTH / 2 + 0.62), (low + high) / 2, name,
            size=10, color=dr.MUTED, ha='right' if side < 0 else 'left')


def draw():
    fig, ax = dr.canvas(7.4, 6.5)
    left, right = 2.0, 5.4
    plus = _entrance(ax, left, 'source tokens', -1)
    attention, norm = _sublayer(ax, left, 2.1, 'self-attention', -1)
    dr.arrow(ax, plus, attention)
    ffn, last = _sublayer(ax, left, 3.3, 'feed-forward', -1)
    dr.arrow(ax, norm, ffn)
    _frame(ax, left, 1.57, 4.12, -1, '$N$ ×')
    plus = _entrance(ax, right, '<bos> and target tokens', 1)
    attention, norm = _sublayer(ax, right, 2.1, 'masked self-attention', 1)
    dr.arrow(ax, plus, attention)
    cross, second = _sublayer(ax, right, 3.3, 'cross-attention', 1)
    dr.arrow(ax, norm, cross)
    ffn, third = _sublayer(ax, right, 4.5, 'feed-forward', 1)
    dr.arrow(ax, second, ffn)
    _frame(ax, right, 1.57, 5.32, 1, '× $N$')
    linear = _part(ax, right, 5.75, 'linear')
    dr.arrow(ax, third, linear)
    dr.arrow(ax, linear.top, (right, 6.2))
    dr.text(ax, right, 6.34, 'scores of the next tokens', size=9)
    # the encoder's outputs are keys and values of the cross-attention
    middle = 3.7
    dr.line(ax, last.top, (left, 4.42), color=dr.INK)
    dr.line(ax, (left, 4.42), (middle, 4.42), color=dr.INK)
    dr.line(ax, (middle, 4.42), (middle, cross.y), color=dr.INK)
    dr.arrow(ax, (middle, cross.y), cross)
    dr.text(ax, (left + middle) / 2 + 0.1, 4.56, 'keys and values', size=8)
    dr.text(ax, left, 4.9, 'encoder', weight='bold')
    dr.text(ax, 3.75, 5.75, 'decoder', weight='bold')
    return fig
