"""The book's cover and its picture for links: drawn, like everything.

A loss surface with its level lines, and the path of gradient descent with
momentum from four places into one valley; the paths are computed, not painted.
"""
import hashlib
import importlib.metadata
import os
import textwrap
from pathlib import Path

import numpy as np

SIZES = {'cover.png': (1600, 2263), 'cover.pdf': (1600, 2263),
         'social.png': (1200, 630)}
_DPI = 200
_SKY, _LINE, _PATH, _WORDS = '#0f2a43', '#5b9bd0', '#f7a44a', '#ffffff'
_CENTRES = ((-1.1, 0.7, 1.0, 0.9), (1.0, -0.9, 1.5, 0.7),
            (1.3, 1.3, 0.7, 0.6), (-1.6, -1.5, 0.6, 0.8))


def _surface(x, y):
    """The height of the landscape, and its gradient."""
    height, gx, gy = 0.06 * (x * x + y * y), 0.12 * x, 0.12 * y
    for cx, cy, depth, width in _CENTRES:
        bump = depth * np.exp(-((x - cx) ** 2 + (y - cy) ** 2)
                              / (2 * width ** 2))
        height = height - bump
        gx = gx + bump * (x - cx) / width ** 2
        gy = gy + bump * (y - cy) / width ** 2
    return height, gx, gy


def descend(start=(-2.35, 1.75), rate=0.05, momentum=0.9, steps=260):
    """The path of gradient descent with momentum, shape (steps, 2)."""
    place, speed, path = np.array(start), np.zeros(2), []
    for _ in range(steps):
        path.append(place.copy())
        _, gx, gy = _surface(*place)
        speed = momentum * speed - rate * np.array([gx, gy])
        place = place + speed
    return np.array(path)


def _draw(title, subtitle, width, height):
    from matplotlib import pyplot as plt
    figure = plt.figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
    figure.patch.set_facecolor(_SKY)
    tall = height > width
    axes = figure.add_axes([0, 0, 1, 0.66] if tall else [0.42, 0, 0.58, 1])
    box = axes.get_position()
    ratio = box.width * width / (box.height * height)
    x = np.linspace(-2.9, 2.9, 300)
    y = np.linspace(-2.9 / ratio, 2.9 / ratio, 300)
    mesh = np.meshgrid(x, y)
    axes.contour(*mesh, _surface(*mesh)[0], levels=26, colors=_LINE,
                 linewidths=0.7, alpha=0.75, linestyles='solid')
    for start in ((-2.35, 1.75), (2.45, 1.9), (0.2, 2.3), (-0.4, -2.4)):
        path = descend(start)
        axes.plot(*path.T, color=_PATH, linewidth=1.6, alpha=0.9)
        axes.plot(*path[0], 'o', color=_PATH, markersize=4)
        axes.plot(*path[-1], 'o', color=_WORDS, markersize=6, zorder=3)
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    axes.axis('off')
    size = 34 if tall else 17
    lines = textwrap.wrap(title, 12 if tall else 11)
    figure.text(0.08, 0.93 if tall else 0.84, '\n'.join(lines), color=_WORDS,
                fontsize=size * (1.25 if tall else 1), weight='bold',
                va='top', linespacing=1.25)
    figure.text(0.08, 0.67 if tall else 0.2, subtitle, color=_PATH,
                fontsize=size * (0.5 if tall else 0.55), va='bottom')
    return figure


def draw(book, folder):
    """Write the pictures into `folder` unless they are there already."""
    mark = hashlib.sha256(repr((
        book.title, book.subtitle, SIZES, Path(__file__).read_bytes(),
        importlib.metadata.version('matplotlib'))).encode()).hexdigest()
    stamp = Path(folder) / '.sha256'
    if stamp.exists() and stamp.read_text() == mark:
        return folder
    os.environ.setdefault('SOURCE_DATE_EPOCH', '0')
    import matplotlib
    matplotlib.use('agg')
    from matplotlib import pyplot as plt
    folder.mkdir(parents=True, exist_ok=True)
    with plt.rc_context({'font.family': 'DejaVu Sans', 'pdf.fonttype': 42}):
        for name, (width, height) in SIZES.items():
            figure = _draw(book.title, book.subtitle, width, height)
            figure.savefig(folder / name, dpi=_DPI,
                           facecolor=figure.get_facecolor())
            plt.close(figure)
    stamp.write_text(mark)
    return folder
