"""The diagnostic test in whole people."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.0, 3.2)
    root = dr.box(ax, 3.5, 2.85, '20,000 people', width=1.5)
    ill = dr.box(ax, 1.75, 1.75, '100 ill', width=1.4, fill=dr.ORANGE)
    well = dr.box(ax, 5.25, 1.75, '19,900 healthy', width=1.5, fill=dr.BLUE)
    dr.arrow(ax, root, ill, '0.5 %', offset=(-0.2, 0.14))
    dr.arrow(ax, root, well, '99.5 %', offset=(0.24, 0.14))
    leaves = [(ill, 0.85, '96 positive', dr.ORANGE, '96 %', -0.24),
              (ill, 2.65, '4 negative', dr.GRAY, '4 %', 0.2),
              (well, 4.35, '597 positive', dr.BLUE, '3 %', -0.2),
              (well, 6.15, '19,303 negative', dr.GRAY, '97 %', 0.24)]
    boxes = []
    for parent, x, label, fill, rate, shift in leaves:
        leaf = dr.box(ax, x, 0.75, label, width=1.5, fill=fill)
        dr.arrow(ax, parent, leaf, rate, offset=(shift, 0.1))
        boxes.append(leaf)
    for leaf in (boxes[0], boxes[2]):
        dr.line(ax, leaf.bottom, (leaf.x, 0.3), color=dr.INK)
    dr.line(ax, (boxes[0].x, 0.3), (boxes[2].x, 0.3), color=dr.INK)
    dr.text(ax, 2.6, 0.12, '96 of 693 positive results are right: 14 %')
    return fig
