"""The stages of training of a language assistant."""
from tools import drawing as dr

STAGES = (
    ('pretraining', dr.GREEN, 'trillions of words', 'predict the\nnext one',
     'self-supervised', 'continues\nany text'),
    ('instructions', dr.BLUE, 'many thousands\nof good answers',
     'imitate them', 'supervised', 'answers'),
    ('preferences', dr.ORANGE, 'people compare\npairs of answers',
     'be preferred', 'reinforcement', 'answers as\npeople like it'),
    ('checkable tasks', dr.PURPLE, 'problems with\na test',
     'pass the test', 'reinforcement', 'works through\nproblems'))


def draw():
    fig, ax = dr.canvas(7.4, 3.0)
    for y, name in ((2.05, 'data'), (1.5, 'goal'), (1.03, 'kind'),
                    (0.4, 'result')):
        dr.text(ax, 0.08, y, name, ha='left', size=9, color=dr.MUTED)
    last = None
    for k, (name, fill, source, goal, kind, result) in enumerate(STAGES):
        x = 1.45 + 1.68 * k
        shape = dr.box(ax, x, 2.65, name, 1.35, 0.42, fill=fill)
        if last:
            dr.arrow(ax, last, shape)
        last = shape
        dr.text(ax, x, 2.05, source, size=9)
        dr.text(ax, x, 1.5, goal, size=9)
        dr.text(ax, x, 1.03, kind, size=9, style='italic')
        dr.box(ax, x, 0.4, result, 1.35, 0.5, fill='none', size=9)
    dr.line(ax, (0.08, 0.78), (7.3, 0.78), color='#c4ccd4', width=0.8)
    return fig
