"""A normal distribution of labels around each point of the line."""
import numpy as np

from tools import drawing as dr


def draw():
    fig, ax = dr.plots(width=5.2, height=3)
    slope, intercept, sigma = 0.55, 0.7, 0.42
    x = np.array([0, 6.2])
    ax.plot(x, slope * x + intercept, color=dr.INK)
    dr.text(ax, 6.3, slope * 6.2 + intercept,
            r'$\mathbf{w}^\top\mathbf{x}+b$', ha='left')
    z = np.linspace(-3, 3, 121)
    bell = np.exp(-z ** 2 / 2)
    observed = {1.0: 0.35, 3.0: -0.5, 5.0: 0.75}
    for place, offset in observed.items():
        mean = slope * place + intercept
        ax.fill_betweenx(mean + sigma * z, place, place + 0.9 * bell,
                         color=dr.BLUE, alpha=0.8, linewidth=0)
        ax.plot(place + 0.9 * bell, mean + sigma * z, color=dr.LINE_BLUE,
                linewidth=1.2)
        ax.plot([place, place], [mean - 3 * sigma, mean + 3 * sigma],
                color=dr.MUTED, linewidth=0.8)
        y = mean + offset
        height = 0.9 * np.exp(-(offset / sigma) ** 2 / 2)
        ax.plot([place, place + height], [y, y], color=dr.LINE_ORANGE,
                linewidth=2)
        ax.plot(place, y, 'o', color=dr.LINE_ORANGE, markersize=6)
    ax.annotate(r'density $p(y^{(i)}\mid\mathbf{x}^{(i)})$',
                xy=(3.35, 0.55 * 3 + 0.7 - 0.5), xytext=(3.9, 0.75),
                color=dr.LINE_ORANGE, fontsize=10,
                arrowprops={'arrowstyle': '-', 'color': dr.LINE_ORANGE})
    ax.set_xlim(0, 7.6)
    ax.set_ylim(-0.15, 5)
    ax.set_xticks(list(observed), ['$x^{(1)}$', '$x^{(2)}$', '$x^{(3)}$'])
    ax.set_yticks([])
    ax.set_xlabel('feature')
    ax.set_ylabel('label $y$')
    return fig
