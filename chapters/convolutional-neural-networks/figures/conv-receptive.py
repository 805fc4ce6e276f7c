"""The receptive field of a unit after one, two and three layers."""
from tools import drawing as dr

WIDTH, CELL, ROW = 9, 0.42, 0.78
NAMES = ('input', 'layer 1', 'layer 2', 'layer 3')


def draw():
    fig, ax = dr.canvas(5.9, 3.05)
    seen = {3: {1}}                 # the unit in the middle of layer 3
    for layer in (2, 1, 0):
        seen[layer] = {j + a for j in seen[layer + 1] for a in range(3)}
    centres = []
    for layer, name in enumerate(NAMES):
        y = 0.25 + layer * ROW
        units = WIDTH - 2 * layer
        left = 0.95 + layer * CELL
        row = []
        for j in range(units):
            active = j in seen[layer]
            fill = (dr.ORANGE if layer == 3 else dr.BLUE) if active else 'none'
            row.append(dr.box(ax, left + j * CELL, y, width=0.32, height=0.3,
                              fill=fill, edge=dr.INK if active else dr.MUTED,
                              rounding=0.04))
        centres.append(row)
        dr.text(ax, 0.02, y, name, size=9, color=dr.MUTED, ha='left')
        count = len(seen[layer])
        if layer < 3:
            dr.text(ax, 5.0, y, f'{count} seen', size=9, ha='left',
                    color=dr.LINE_BLUE)
    for layer in (1, 2, 3):
        for j in sorted(seen[layer]):
            for a in range(3):
                dr.line(ax, centres[layer - 1][j + a].top,
                        centres[layer][j].bottom, width=0.8)
    return fig
