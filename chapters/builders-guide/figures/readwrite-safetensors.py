"""The layout of a safetensors file."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.2, 1.75)
    parts = ((0.2, 1.0, '8 bytes', dr.ORANGE, 'length of\nthe header'),
             (1.2, 2.8, 'header, as text (JSON)', dr.BLUE,
              'name, type, shape, and from\nwhere to where, of each tensor'),
             (4.0, 1.5, 'weight', dr.GREEN, 'numbers only'),
             (5.5, 0.6, 'bias', dr.GREEN, ''),
             (6.1, 0.9, '…', dr.GREEN, ''))
    for left, width, name, fill, note in parts:
        dr.box(ax, left + width / 2, 1.15, name, width=width, height=0.55,
               fill=fill, rounding=0.02, size=9)
        if note:
            dr.text(ax, left + (1.5 if name == 'weight' else width / 2), 0.5,
                    note, color=dr.MUTED, size=8.5)
    dr.line(ax, (4.05, 0.72), (6.95, 0.72))
    return fig
