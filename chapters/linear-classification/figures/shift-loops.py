"""Learning problems by what the learner's answers do to the world."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.5, 2.45)
    columns = [(0.75, 'batch', 'fixed data set', 'one model', None, dr.GRAY),
               (2.6, 'online', 'world', 'model', 'data', dr.BLUE),
               (4.75, 'bandit', 'world', 'model', 'reward of\nthe choice',
                dr.ORANGE),
               (6.7, 'control and\nreinforcement\nlearning',
                'world, with\nmemory', 'model', 'state,\nreward', dr.GREEN)]
    for x, title, top, bottom, back, fill in columns:
        dr.text(ax, x, 0.22 if title.count('\n') == 0 else 0.27, title,
                size=9.5, va='center')
        world = dr.box(ax, x, 2.1, top, 1.3, 0.5, fill=fill, size=9)
        model = dr.box(ax, x, 0.98, bottom, 1.3, 0.42, fill=fill, size=9)
        if back is None:
            dr.arrow(ax, world, model)
            continue
        shift = 0.28
        dr.arrow(ax, (x - shift, world.y - world.half_height),
                 (x - shift, model.y + model.half_height))
        dr.text(ax, x - shift - 0.08, 1.53, back, size=8, ha='right')
        answer = {'online': 'prediction', 'bandit': 'choice'}.get(title,
                                                                 'action')
        dr.arrow(ax, (x + shift, model.y + model.half_height),
                 (x + shift, world.y - world.half_height),
                 dashed=title == 'online')
        dr.text(ax, x + shift + 0.06, 1.53, answer, size=8, ha='left')
    return fig
