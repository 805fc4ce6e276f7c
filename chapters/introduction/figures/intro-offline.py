"""Learning at the desk, and learning in a world that reacts."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(6.6, 2.5)
    dr.text(ax, 1.0, 2.35, 'at the desk', color=dr.MUTED)
    dr.text(ax, 4.75, 2.35, 'in the world', color=dr.MUTED)
    names = (('world', dr.GREEN), ('data', dr.GRAY), ('model', dr.BLUE),
             ('answers', dr.ORANGE))
    chain = [dr.box(ax, 1.0, 1.95 - 0.55 * k, name, 1.1, 0.36, fill=fill)
             for k, (name, fill) in enumerate(names)]
    for a, b in zip(chain, chain[1:], strict=False):
        dr.arrow(ax, a, b)
    dr.line(ax, (2.4, 0.1), (2.4, 2.45), color='#c4ccd4', width=0.8)
    world = dr.box(ax, 3.6, 1.75, 'world', 1.1, 0.42, fill=dr.GREEN)
    data = dr.box(ax, 5.9, 1.75, 'data', 1.1, 0.42, fill=dr.GRAY)
    model = dr.box(ax, 5.9, 0.5, 'model', 1.1, 0.42, fill=dr.BLUE)
    action = dr.box(ax, 3.6, 0.5, 'answers', 1.1, 0.42, fill=dr.ORANGE)
    dr.arrow(ax, world, data, 'what was seen')
    dr.arrow(ax, data, model)
    dr.arrow(ax, model, action)
    dr.arrow(ax, action, world)
    dr.text(ax, 3.7, 1.12, 'actions change it', size=9, ha='left')
    return fig
