"""LeNet and AlexNet side by side, layer by layer."""
from tools import drawing as dr

CONV, POOL, DENSE = dr.BLUE, dr.GREEN, dr.ORANGE
LENET = [
    (11, 'image', 'none', '1 × 28 × 28'),
    (10, '5×5 conv, 6, padding 2', CONV, '6 × 28 × 28'),
    (9, '2×2 average pool, stride 2', POOL, '6 × 14 × 14'),
    (8, '5×5 conv, 16', CONV, '16 × 10 × 10'),
    (3, '2×2 average pool, stride 2', POOL, '16 × 5 × 5'),
    (2, 'fully connected, 120', DENSE, '120'),
    (1, 'fully connected, 84', DENSE, '84'),
    (0, 'fully connected, 10', DENSE, '10')]
ALEXNET = [
    (11, 'image', 'none', '3 × 224 × 224'),
    (10, '11×11 conv, 96, stride 4', CONV, '96 × 55 × 55'),
    (9, '3×3 max pool, stride 2', POOL, '96 × 27 × 27'),
    (8, '5×5 conv, 256, padding 2', CONV, '256 × 27 × 27'),
    (7, '3×3 max pool, stride 2', POOL, '256 × 13 × 13'),
    (6, '3×3 conv, 384, padding 1', CONV, '384 × 13 × 13'),
    (5, '3×3 conv, 384, padding 1', CONV, '384 × 13 × 13'),
    (4, '3×3 conv, 256, padding 1', CONV, '256 × 13 × 13'),
    (3, '3×3 max pool, stride 2', POOL, '256 × 6 × 6'),
    (2, 'fully connected, 4096', DENSE, '4096'),
    (1, 'fully connected, 4096', DENSE, '4096'),
    (0, 'fully connected, 1000', DENSE, '1000')]


def _column(ax, x, title, layers):
    dr.text(ax, x, 5.55, title, size=11)
    before = None
    for level, name, fill, shape in layers:
        y = 0.3 + 0.44 * level
        now = dr.box(ax, x, y, name, 2.15, 0.31, fill=fill, size=8.5,
                     rounding=0.06)
        dr.text(ax, x + 1.17, y, shape, size=8.5, color=dr.MUTED, ha='left')
        if before:
            dr.arrow(ax, before, now)
        before = now


def draw():
    fig, ax = dr.canvas(7.2, 5.75)
    _column(ax, 1.15, 'LeNet', LENET)
    _column(ax, 4.85, 'AlexNet', ALEXNET)
    return fig
