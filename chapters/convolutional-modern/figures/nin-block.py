"""The block and the head of VGG beside those of NiN."""
from tools import drawing as dr

SPATIAL, POINT, POOL, DENSE = dr.BLUE, dr.GREEN, dr.GRAY, dr.ORANGE
STACKS = [
    ('VGG block', 'from the block before', [
        ('3 × 3 convolution', SPATIAL), ('3 × 3 convolution', SPATIAL),
        ('2 × 2 max-pooling', POOL)]),
    ('NiN block', 'from the block before', [
        ('$k$ × $k$ convolution', SPATIAL), ('1 × 1 convolution', POINT),
        ('1 × 1 convolution', POINT), ('3 × 3 max-pooling', POOL)]),
    ('head of VGG', 'from the last block', [
        ('flatten', POOL), ('linear, 4096', DENSE),
        ('linear, 4096', DENSE), ('linear, $q$', DENSE)]),
    ('head of NiN', 'from the last block', [
        ('3 × 3 conv., 1024', SPATIAL), ('1 × 1 conv., 1024', POINT),
        ('1 × 1 conv., $q$', POINT), ('average of each map', POOL)]),
]


def draw():
    fig, ax = dr.canvas(7.0, 3.5)
    for column, (title, source, rows) in enumerate(STACKS):
        x = 0.9 + column * 1.74
        dr.text(ax, x, 3.33, title)
        dr.text(ax, x, 0.1, source, size=8, color=dr.MUTED)
        below = (x, 0.2)
        for row, (label, fill) in enumerate(rows):
            box = dr.box(ax, x, 0.72 + row * 0.64, label, 1.56, 0.4,
                         fill=fill, size=8.5)
            start = below if row == 0 else below.top
            dr.arrow(ax, start, box.bottom)
            below = box
        dr.arrow(ax, below.top, (x, below.top[1] + 0.24))
    dr.line(ax, (3.51, 0.1), (3.51, 3.4), color='#c4ccd4', width=0.8)
    return fig
