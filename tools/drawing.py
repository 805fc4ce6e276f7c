"""House style for the drawn figures of the book.

A figure is a small script ``chapters/<chapter>/figures/<name>.py`` with a
function ``draw()`` that returns a matplotlib figure.  It draws with the shapes
and colours below, so that all pictures look as if one hand had made them.
Backgrounds are transparent; every fill is light enough for dark text, and
colours differ in lightness too, so that a grey print stays readable.

    from tools import drawing as dr

    def draw():
        fig, ax = dr.canvas(6, 2)          # inches; data units are inches
        a = dr.node(ax, 1, 1, '$x_1$')
        b = dr.box(ax, 4, 1, 'loss', fill=dr.ORANGE)
        dr.arrow(ax, a, b, text='forward')
        return fig
"""
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib import patches
from matplotlib import pyplot as plt

INK = '#1f2933'       # text and lines
MUTED = '#6b7785'     # secondary lines and labels
GRAY = '#e4e8ec'      # fills, from light to saturated
BLUE = '#bcd9f2'
ORANGE = '#fbd3a5'
GREEN = '#c3e6c0'
RED = '#f6c1bf'
PURPLE = '#dccdf0'
LINE_BLUE = '#1b6ca8'     # the same hues for lines and emphasised text
LINE_ORANGE = '#c25e00'
LINE_GREEN = '#2d8a3e'
LINE_RED = '#b8322e'
LINE_PURPLE = '#7048b6'
CYCLE = (LINE_BLUE, LINE_ORANGE, LINE_GREEN, LINE_PURPLE, LINE_RED)

FONT_SIZE = 10
LINE_WIDTH = 1.2

STYLE = {
    'font.family': 'sans-serif',
    'font.sans-serif': ['DejaVu Sans', 'Arial', 'Helvetica'],
    'font.size': FONT_SIZE,
    'mathtext.fontset': 'dejavusans',
    'axes.edgecolor': INK,
    'axes.labelcolor': INK,
    'axes.linewidth': 0.8,
    'axes.prop_cycle': mpl.cycler(color=CYCLE),
    'axes.spines.top': False,
    'axes.spines.right': False,
    'text.color': INK,
    'xtick.color': INK,
    'ytick.color': INK,
    'lines.linewidth': 1.6,
    'legend.frameon': False,
    'figure.facecolor': 'none',
    'axes.facecolor': 'none',
    'savefig.facecolor': 'none',
    'savefig.transparent': True,
    'savefig.bbox': 'tight',
    'savefig.pad_inches': 0.05,
    'svg.fonttype': 'none',       # real text, that can be searched and read
    'svg.hashsalt': 'd2l',        # the same bytes on every run
    'pdf.fonttype': 42,
}


@dataclass(frozen=True)
class Shape:
    """Where a drawn shape is: centre and half sizes, for arrows to end at."""

    x: float
    y: float
    half_width: float
    half_height: float
    round: bool = False

    @property
    def left(self):
        return self.x - self.half_width, self.y

    @property
    def right(self):
        return self.x + self.half_width, self.y

    @property
    def top(self):
        return self.x, self.y + self.half_height

    @property
    def bottom(self):
        return self.x, self.y - self.half_height

    def border(self, towards):
        """The point of the border on the way to the point `towards`."""
        dx, dy = towards[0] - self.x, towards[1] - self.y
        if dx == dy == 0:
            return self.x, self.y
        if self.round:
            scale = self.half_width / (dx * dx + dy * dy) ** 0.5
        else:
            scale = min(self.half_width / abs(dx) if dx else float('inf'),
                        self.half_height / abs(dy) if dy else float('inf'))
        return self.x + scale * dx, self.y + scale * dy


def canvas(width, height):
    """A figure of `width` × `height` inches without axes; units are inches."""
    fig = plt.figure(figsize=(width, height))
    ax = fig.add_axes([0, 0, 1, 1])
    ax.set_xlim(0, width)
    ax.set_ylim(0, height)
    ax.set_aspect('equal')
    ax.axis('off')
    return fig, ax


def plots(rows=1, cols=1, width=6, height=2.6, **kwargs):
    """A figure with ordinary axes, for drawn curves: returns (fig, axes)."""
    return plt.subplots(rows, cols, figsize=(width, height),
                        layout='constrained', **kwargs)


def text(ax, x, y, content, color=INK, size=FONT_SIZE, **kwargs):
    """Text centred at (x, y) unless `ha`, `va` say otherwise.

    Letters that come from TeX's own fonts are refused: the drawing keeps
    real text, and browsers do not have those fonts.
    """
    if r'\mathcal' in content or r'\mathfrak' in content:
        raise ValueError(f'{content}: calligraphic letters cannot be shown '
                         'by browsers; use a plain letter')
    kwargs = {'ha': 'center', 'va': 'center'} | kwargs
    return ax.text(x, y, content, color=color, fontsize=size, **kwargs)


def box(ax, x, y, content='', width=1.2, height=0.5, fill=GRAY, edge=INK,
        size=FONT_SIZE, rounding=0.08, dashed=False):
    """A rounded box centred at (x, y)."""
    ax.add_patch(patches.FancyBboxPatch(
        (x - width / 2 + rounding, y - height / 2 + rounding),
        width - 2 * rounding, height - 2 * rounding,
        boxstyle=patches.BoxStyle('round', pad=rounding,
                                  rounding_size=rounding),
        facecolor=fill, edgecolor=edge, linewidth=LINE_WIDTH,
        linestyle='--' if dashed else '-', zorder=2))
    if content:
        text(ax, x, y, content, size=size, zorder=3)
    return Shape(x, y, width / 2, height / 2)


def node(ax, x, y, content='', radius=0.28, fill=BLUE, edge=INK,
         size=FONT_SIZE):
    """A circle centred at (x, y), as units of a network are drawn."""
    ax.add_patch(patches.Circle((x, y), radius, facecolor=fill,
                                edgecolor=edge, linewidth=LINE_WIDTH,
                                zorder=2))
    if content:
        text(ax, x, y, content, size=size, zorder=3)
    return Shape(x, y, radius, radius, round=True)


def grid(ax, x, y, values, cell=0.4, fill='none', edge=INK,
         size=FONT_SIZE, highlight=None):
    """A matrix of cells with its lower left corner at (x, y).

    `values` is a list of rows (top row first); `fill` is one colour or a
    function (row, column) -> colour.  Returns the shape of the whole grid.
    """
    rows, cols = len(values), len(values[0])
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            left, low = x + j * cell, y + (rows - 1 - i) * cell
            color = fill(i, j) if callable(fill) else fill
            ax.add_patch(patches.Rectangle(
                (left, low), cell, cell, facecolor=color, edgecolor=edge,
                linewidth=0.8, zorder=2))
            if value != '':
                text(ax, left + cell / 2, low + cell / 2, f'{value}',
                     size=size, zorder=3)
    return Shape(x + cols * cell / 2, y + rows * cell / 2, cols * cell / 2,
                 rows * cell / 2)


def arrow(ax, start, end, content='', color=INK, curve=0.0, dashed=False,
          size=FONT_SIZE - 1, offset=(0, 0.14), width=LINE_WIDTH):
    """An arrow between two shapes or points, with an optional label."""
    a = (start.x, start.y) if isinstance(start, Shape) else start
    b = (end.x, end.y) if isinstance(end, Shape) else end
    tail = start.border(b) if isinstance(start, Shape) else a
    head = end.border(a) if isinstance(end, Shape) else b
    ax.add_patch(patches.FancyArrowPatch(
        tail, head, arrowstyle='-|>', mutation_scale=10, color=color,
        linewidth=width, linestyle='--' if dashed else '-',
        shrinkA=0, shrinkB=0, zorder=1,
        connectionstyle=f'arc3,rad={curve}'))
    if content:
        text(ax, (tail[0] + head[0]) / 2 + offset[0],
             (tail[1] + head[1]) / 2 + offset[1], content, color=color,
             size=size)


def line(ax, start, end, color=MUTED, dashed=False, width=LINE_WIDTH):
    """A plain line between two shapes or points, drawn behind shapes."""
    a = (start.x, start.y) if isinstance(start, Shape) else start
    b = (end.x, end.y) if isinstance(end, Shape) else end
    ax.plot([a[0], b[0]], [a[1], b[1]], color=color, linewidth=width,
            linestyle='--' if dashed else '-', zorder=1)
