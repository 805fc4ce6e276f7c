"""Longer, wider, searched: three ways to use computation for an answer."""
from tools import drawing as dr


def chain(ax, x, y, count, end, fill=dr.GRAY):
    last = None
    for k in range(count):
        step = dr.node(ax, x + 0.33 * k, y, '', 0.09, fill=fill)
        if last:
            dr.arrow(ax, last, step)
        last = step
    answer = dr.box(ax, x + 0.33 * count + 0.1, y, end, 0.38, 0.26,
                    fill=dr.GREEN if end == '42' else dr.RED, size=8.5,
                    rounding=0.05)
    dr.arrow(ax, last, answer)
    return answer


def draw():
    fig, ax = dr.canvas(8.7, 2.35)
    for x, name in ((1.25, 'longer'), (4.15, 'wider: vote'),
                    (7.15, 'searched: verifier')):
        dr.text(ax, x, 2.2, name, weight='bold')
    for k in range(3):
        y = 1.75 - 0.45 * k
        if k < 2:
            for j in range(7):
                dr.node(ax, 0.2 + 0.33 * j, y, '', 0.09, fill=dr.GRAY)
                if j:
                    dr.arrow(ax, (0.2 + 0.33 * (j - 1) + 0.09, y),
                             (0.2 + 0.33 * j - 0.09, y))
            dr.arrow(ax, (0.2 + 0.33 * 6, y - 0.1), (0.22, y - 0.37))
        else:
            chain(ax, 0.2, y, 5, '42')
    vote = dr.box(ax, 5.35, 1.05, '42', 0.5, 0.34, fill=dr.GREEN, size=10)
    for k, end in enumerate(('42', '17', '42', '42', '8')):
        answer = chain(ax, 3.05, 1.85 - 0.4 * k, 4, end)
        dr.arrow(ax, answer.right, vote)
    root = dr.node(ax, 6.15, 1.05, '', 0.09, fill=dr.GRAY)
    for y, good in ((1.75, False), (1.25, True), (0.45, False)):
        child = dr.node(ax, 6.75, y, '', 0.09,
                        fill=dr.GREEN if good else 'none')
        dr.arrow(ax, root, child)
        dr.text(ax, 6.75, y - 0.2, '0.8' if good else '0.1', size=8,
                color=dr.MUTED)
        if not good:
            dr.text(ax, 6.98, y, '×', size=11, color=dr.LINE_RED)
            continue
        for y2, best in ((1.6, False), (0.95, True)):
            leaf = dr.node(ax, 7.4, y2, '', 0.09,
                           fill=dr.GREEN if best else 'none')
            dr.arrow(ax, child, leaf)
            dr.text(ax, 7.4, y2 - 0.2, '0.9' if best else '0.3', size=8,
                    color=dr.MUTED)
            if best:
                end = dr.box(ax, 8.05, y2, '42', 0.38, 0.26, fill=dr.GREEN,
                             size=8.5, rounding=0.05)
                dr.arrow(ax, leaf, end)
            else:
                dr.text(ax, 7.63, y2, '×', size=11, color=dr.LINE_RED)
    return fig
