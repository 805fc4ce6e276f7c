"""From a pretrained model to an assistant."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(8.7, 3.1)
    base = dr.box(ax, 0.75, 1.6, 'pretrained\nmodel', 1.2, 0.6,
                  fill=dr.BLUE, size=9)
    tuned = dr.box(ax, 2.75, 1.6, 'tuned\nmodel', 1.1, 0.6,
                   fill=dr.BLUE, size=9)
    dr.arrow(ax, base, tuned)
    good = dr.box(ax, 1.75, 0.5, 'requests with\ngood answers', 1.45, 0.55,
                  size=9)
    dr.arrow(ax, good.top, (1.75, 1.57))
    dr.text(ax, 1.75, 1.78, 'imitate', size=8.5, color=dr.MUTED)
    pairs = dr.box(ax, 4.3, 2.6, 'people choose\none of two', 1.4, 0.55,
                   size=9)
    judge = dr.box(ax, 6.1, 2.6, 'reward\nmodel', 1.0, 0.55,
                   fill=dr.GREEN, size=9)
    check = dr.box(ax, 4.75, 0.5, 'a program checks\nresults', 1.6, 0.55,
                   size=9)
    final = dr.box(ax, 7.95, 1.6, 'assistant,\nreasoner', 1.2, 0.6,
                   fill=dr.BLUE, size=9)
    dr.arrow(ax, tuned, pairs)
    dr.arrow(ax, pairs, judge)
    dr.arrow(ax, judge, final)
    dr.text(ax, 7.62, 2.42, 'RLHF', size=9, weight='bold')
    dr.arrow(ax, pairs, final)
    dr.text(ax, 5.75, 1.93, 'DPO', size=9, weight='bold')
    dr.arrow(ax, tuned, check)
    dr.arrow(ax, check, final)
    dr.text(ax, 6.45, 0.75, 'verifiable rewards', size=9, weight='bold',
            ha='left')
    return fig
