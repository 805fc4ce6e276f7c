"""Three kinds of shift: what moves, and what stays."""
import numpy as np

from tools import drawing as dr


def bump(x, centre, width, height=1.0):
    return height * np.exp(-((x - centre) / width) ** 2 / 2)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def draw():
    fig, axes = dr.plots(1, 3, width=7.4, height=2.5, sharey=True)
    x = np.linspace(-4, 4, 200)
    source = {'color': dr.LINE_BLUE, 'linewidth': 1.6}
    target = {'color': dr.LINE_ORANGE, 'linewidth': 1.6, 'linestyle': '--'}

    ax = axes[0]
    ax.fill_between(x, bump(x, -1.3, 0.9, 0.55), color=dr.BLUE, alpha=0.6)
    ax.plot(x, bump(x, -1.3, 0.9, 0.55), **source)
    ax.plot(x, bump(x, 1.5, 0.9, 0.55), **target)
    ax.plot(x, sigmoid(2 * x), color=dr.INK, linewidth=1.2)
    ax.text(3.9, 0.86, '$p(y=1\\mid x)$', ha='right', fontsize=9)
    ax.text(-1.3, 0.6, '$p(x)$', ha='center', fontsize=9,
            color=dr.LINE_BLUE)
    ax.text(1.75, 0.6, '$q(x)$', ha='center', fontsize=9,
            color=dr.LINE_ORANGE)
    ax.set_title('covariate shift', fontsize=10)

    ax = axes[1]
    for centre, p, q in ((-1.2, 0.75, 0.25), (1.2, 0.25, 0.75)):
        ax.plot(x, bump(x, centre, 0.85, p), **source)
        ax.plot(x, bump(x, centre, 0.85, q), **target)
    ax.text(-1.9, 0.79, '$p(0)\\,p(x\\mid 0)$', ha='center', fontsize=9,
            color=dr.LINE_BLUE)
    ax.text(1.9, 0.79, '$q(1)\\,p(x\\mid 1)$', ha='center', fontsize=9,
            color=dr.LINE_ORANGE)
    ax.set_title('label shift', fontsize=10)

    ax = axes[2]
    ax.fill_between(x, bump(x, 0, 1.3, 0.4), color=dr.GRAY)
    ax.plot(x, bump(x, 0, 1.3, 0.4), color=dr.MUTED, linewidth=1.2)
    ax.plot(x, sigmoid(2 * (x + 1.2)), **source)
    ax.plot(x, sigmoid(2 * (x - 1.2)), **target)
    ax.text(-2.0, 0.62, '$p(1\\mid x)$', ha='center', fontsize=9,
            color=dr.LINE_BLUE)
    ax.text(2.75, 0.62, '$q(1\\mid x)$', ha='center', fontsize=9,
            color=dr.LINE_ORANGE)
    ax.text(-0.3, 0.12, '$p(x)$', ha='center', fontsize=9)
    ax.set_title('concept shift', fontsize=10)

    for ax in axes:
        ax.set(xlabel='$x$', yticks=[0, 1], ylim=(0, 1.08), xticks=[],
               xlim=(-4, 4))
    return fig
