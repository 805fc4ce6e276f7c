"""Secants of the stopping distance turn into the tangent at 14 m/s."""
import numpy as np

from tools import drawing as dr


def stopping(v):
    return v + v ** 2 / 14


def draw():
    fig, ax = dr.plots(width=5, height=3)
    v = np.linspace(0, 30, 121)
    ax.plot(v, stopping(v), color=dr.INK)
    ends = np.array([7.0, 30.5])
    for other, slope, color in ((28, 4, dr.LINE_PURPLE),
                                (21, 3.5, dr.LINE_ORANGE),
                                (14, 3, dr.LINE_BLUE)):
        tangent = other == 14
        ax.plot(ends, 28 + slope * (ends - 14), color=color, linewidth=1.4,
                linestyle='-' if tangent else '--')
        ax.plot(other, stopping(other), 'o', color=color, zorder=3)
        dr.text(ax, 31, 28 + slope * (ends[1] - 14), f'slope {slope:g}',
                color=color, ha='left')
    ax.set(xlabel='speed $v$ (m/s)', ylabel='road $s(v)$ (m)',
           xlim=(0, 36), ylim=(0, 102), xticks=(0, 7, 14, 21, 28))
    return fig
