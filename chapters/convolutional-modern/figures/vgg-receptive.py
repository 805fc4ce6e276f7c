"""Two stacked 3 × 3 convolutions see what one 5 × 5 convolution sees."""
from tools import drawing as dr


def _grid(ax, x, y, size, cell, inner, fill, dark):
    """A square grid with its inner square highlighted, centred at (x, y)."""
    low = (size - inner) // 2
    def color(i, j):
        inside = low <= i < low + inner and low <= j < low + inner
        return dark if inside else fill
    return dr.grid(ax, x - size * cell / 2, y - size * cell / 2,
                   [[''] * size] * size, cell=cell, fill=color)


def _cone(ax, left, right, x_left, x_right, y, cell):
    for sign in (-1, 1):
        dr.line(ax, (x_left, y + sign * left * cell / 2),
                (x_right, y + sign * right * cell / 2), dashed=True)


def draw():
    fig, ax = dr.canvas(7.4, 2.5)
    cell, y = 0.27, 1.2
    _grid(ax, 0.85, y, 5, cell, 3, dr.BLUE, dr.BLUE)
    _grid(ax, 2.45, y, 3, cell, 1, dr.ORANGE, dr.ORANGE)
    _grid(ax, 3.75, y, 1, cell, 1, dr.GREEN, dr.GREEN)
    _cone(ax, 5, 3, 1.53, 2.04, y, cell)
    _cone(ax, 3, 1, 2.86, 3.61, y, cell)
    dr.text(ax, 1.8, 0.3, '3×3 conv', size=9)
    dr.text(ax, 3.2, 0.3, '3×3 conv', size=9)
    dr.text(ax, 2.2, 2.3, r'two layers: $2 \cdot 9\,c^2$ weights', size=9.5)
    _grid(ax, 5.35, y, 5, cell, 3, dr.BLUE, dr.BLUE)
    _grid(ax, 7.0, y, 1, cell, 1, dr.GREEN, dr.GREEN)
    _cone(ax, 5, 1, 6.03, 6.86, y, cell)
    dr.text(ax, 6.4, 0.3, '5×5 conv', size=9)
    dr.text(ax, 6.0, 2.3, r'one layer: $25\,c^2$ weights', size=9.5)
    return fig
