"""GoogLeNet from left to right; the height of a bar is the resolution."""
from tools import drawing as dr

STAGES = [('7 × 7 conv.', 112, dr.BLUE), ('pool', 56, dr.GRAY),
          ('1 × 1, 3 × 3 conv.', 56, dr.BLUE), ('pool', 28, dr.GRAY),
          ('3a', 28, dr.PURPLE), ('3b', 28, dr.PURPLE),
          ('pool', 14, dr.GRAY), ('4a', 14, dr.PURPLE),
          ('4b', 14, dr.PURPLE), ('4c', 14, dr.PURPLE),
          ('4d', 14, dr.PURPLE), ('4e', 14, dr.PURPLE),
          ('pool', 7, dr.GRAY), ('5a', 7, dr.PURPLE), ('5b', 7, dr.PURPLE),
          ('average', 1, dr.GRAY), ('linear', 1, dr.ORANGE)]
HEIGHT = {112: 2.3, 56: 1.9, 28: 1.5, 14: 1.15, 7: 0.9, 1: 0.8}


def draw():
    fig, ax = dr.canvas(7.0, 3.3)
    y, pitch, shapes = 1.55, 0.405, {}
    for i, (label, pixels, fill) in enumerate(STAGES):
        x = 0.27 + i * pitch
        wide = fill != dr.PURPLE
        shapes[label] = dr.box(ax, x, y, '', 0.3, HEIGHT[pixels], fill=fill,
                               rounding=0.05)
        dr.text(ax, x, y, label, size=8.5, rotation=90 if wide else 0,
                zorder=3)
        if i:
            dr.line(ax, (x - pitch + 0.15, y), (x - 0.15, y), color=dr.INK)
    for first, last, text in ((0, 0, '112'), (1, 2, '56'), (3, 5, '28'),
                              (6, 11, '14'), (12, 14, '7'), (15, 16, '1')):
        left, right = 0.12 + first * pitch, 0.42 + last * pitch
        dr.line(ax, (left, 0.28), (right, 0.28))
        dr.text(ax, (left + right) / 2, 0.12, text, size=8.5, color=dr.MUTED)
    for name in ('4a', '4d'):
        block = shapes[name]
        head = dr.box(ax, block.x + 0.35, 2.85, 'auxiliary\nhead', 0.9, 0.46,
                      fill='none', size=8.5, dashed=True, edge=dr.MUTED)
        dr.arrow(ax, block.top, (block.x, head.bottom[1]), dashed=True,
                 color=dr.MUTED)
    return fig
