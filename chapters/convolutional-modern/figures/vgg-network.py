"""A VGG block, and the five blocks of VGG-11."""
from matplotlib import patches

from tools import drawing as dr

BLOCKS = [(1, 64, 112), (1, 128, 56), (2, 256, 28), (2, 512, 14),
          (2, 512, 7)]


def _block(ax):
    ax.add_patch(patches.FancyBboxPatch(
        (0.2, 0.62), 1.95, 2.68, boxstyle='round,pad=0.05', fill=False,
        edgecolor=dr.MUTED, linewidth=1, linestyle='--'))
    shapes = [dr.box(ax, 1.17, y, name, 1.6, 0.36, fill=fill, size=9)
              for y, name, fill in (
                  (2.95, '3×3 conv, ReLU', dr.BLUE),
                  (1.7, '3×3 conv, ReLU', dr.BLUE),
                  (1.0, '2×2 max pool', dr.GREEN))]
    dr.text(ax, 1.17, 2.33, r'$\vdots$', size=12)
    dr.arrow(ax, (1.17, 3.6), shapes[0])
    dr.line(ax, shapes[0].bottom, (1.17, 2.5), color=dr.INK)
    dr.arrow(ax, (1.17, 2.17), shapes[1])
    dr.arrow(ax, shapes[1], shapes[2])
    dr.arrow(ax, shapes[2], (1.17, 0.35))
    dr.text(ax, 1.17, 3.75, r'$n \times n$', size=9, color=dr.MUTED)
    dr.text(ax, 1.17, 0.2, r'$c$ channels, $n/2 \times n/2$', size=9,
            color=dr.MUTED)


def draw():
    fig, ax = dr.canvas(7.9, 3.9)
    _block(ax)
    dr.text(ax, 5.45, 3.72, 'VGG-11', size=10.5)
    dr.text(ax, 2.72, 1.95, 'image\n3 × 224\n× 224', size=8.5)
    x = 3.35
    before = (3.05, 1.95)
    for convs, channels, side in BLOCKS:
        width, height = 0.2 + 0.12 * convs, 0.5 + 0.0155 * side
        shape = dr.box(ax, x + width / 2, 1.95, str(convs), width, height,
                       fill=dr.BLUE, size=9, rounding=0.05)
        dr.arrow(ax, before, shape)
        before = shape
        dr.text(ax, x + width / 2, 0.62, f'{channels}', size=8.5)
        dr.text(ax, x + width / 2, 0.3, f'{side}', size=8.5)
        x += width + 0.2
    for label, width in (('4096', 0.3), ('4096', 0.3), ('1000', 0.3)):
        shape = dr.box(ax, x + width / 2, 1.95, width=width, height=1.5,
                       fill=dr.ORANGE, rounding=0.05)
        ax.text(x + width / 2, 1.95, label, rotation=90, ha='center',
                va='center', fontsize=9, color=dr.INK, zorder=3)
        dr.arrow(ax, before, shape)
        before = shape
        x += width + 0.2
    dr.text(ax, 3.2, 0.62, 'channels', size=8.5, ha='right',
            color=dr.MUTED)
    dr.text(ax, 3.2, 0.3, 'side', size=8.5, ha='right', color=dr.MUTED)
    dr.text(ax, x - 0.95, 0.62, 'fully connected', size=8.5)
    return fig
