"""Programming and learning: where the rule comes from."""
from tools import drawing as dr


def row(ax, y, sources, maker, rule, fill):
    """One way: sources lead to a rule, which is applied to a picture."""
    made = dr.box(ax, 2.95, y, maker, 1.35, 0.56, fill=fill)
    for k, name in enumerate(sources):
        at = y + 0.33 * (len(sources) - 1) - 0.66 * k
        dr.arrow(ax, dr.box(ax, 1.15, at, name, 1.75, 0.5, fill='none'),
                 made)
    applied = dr.box(ax, 4.75, y, rule, 1.35, 0.56, fill=dr.GRAY)
    dr.arrow(ax, made, applied)
    answer = dr.box(ax, 6.35, y, 'answer', 0.9, 0.46, fill='none')
    dr.arrow(ax, applied, answer)
    dr.arrow(ax, (4.75, y - 0.72), applied.bottom)
    dr.text(ax, 4.75, y - 0.84, 'new picture', size=9)


def draw():
    fig, ax = dr.canvas(7.0, 4.0)
    dr.text(ax, 0.27, 3.85, 'programming', ha='left', color=dr.MUTED)
    row(ax, 3.15, ['knowledge about\nshoes'], 'a person\nthinks',
        'rule', dr.ORANGE)
    dr.line(ax, (0.27, 2.05), (6.8, 2.05), color='#c4ccd4', width=0.8)
    dr.text(ax, 0.27, 1.85, 'learning', ha='left', color=dr.MUTED)
    row(ax, 1.0, ['pictures with\nanswers', 'form of the rule,\nnumbers open'],
        'an algorithm\nsearches', 'rule with\nnumbers', dr.BLUE)
    return fig
