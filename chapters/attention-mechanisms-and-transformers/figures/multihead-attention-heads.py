"""Multi-head attention: separate maps, attention in each head, one output."""
from tools import drawing as dr

HEADS = ((1.75, 'head 1'), (5.55, 'head $h$'))


def draw():
    fig, ax = dr.canvas(7.3, 4.35)
    names = ('queries', 'keys', 'values')
    low = [dr.box(ax, x, 0.3, name, width=1.1, height=0.36, fill=dr.BLUE)
           for x, name in zip((1.75, 3.65, 5.55), names)]
    join = dr.box(ax, 3.65, 3.28, 'concatenate', width=3.2, height=0.36,
                  fill=dr.GRAY)
    for r, (x, name) in enumerate(HEADS):
        dr.box(ax, x, 1.93, '', width=3.1, height=1.6, fill='none',
               edge=dr.MUTED, dashed=True)
        dr.text(ax, x - 1.42, 2.55, name, color=dr.MUTED, size=9, ha='left')
        attention = dr.box(ax, x, 2.2, 'scaled dot-product\nattention',
                           width=1.5, height=0.5, fill=dr.ORANGE, size=9)
        for i, letter in enumerate('qkv'):
            at = x + (i - 1) * 0.98
            index = 'h' if r else '1'
            linear = dr.box(ax, at, 1.42, f'$W_{letter}^{{({index})}}$',
                            width=0.66, height=0.38, fill=dr.GREEN)
            dr.arrow(ax, low[i].top, linear.bottom)
            dr.arrow(ax, linear.top, (x + (i - 1) * 0.5, 1.95))
        dr.arrow(ax, attention.top, (3.65 + (-1.1, 1.1)[r], 3.1))
    dr.text(ax, 3.65, 1.93, '…', size=14)
    out = dr.box(ax, 3.65, 3.85, '$W_o$', width=0.9, height=0.36,
                 fill=dr.GREEN)
    dr.arrow(ax, join, out)
    dr.arrow(ax, out.top, (3.65, 4.33))
    return fig
