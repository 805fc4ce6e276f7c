"""A decoder step that attends to all states of the encoder."""
from tools import drawing as dr

WEIGHTS = (0.72, 0.15, 0.08, 0.05)
WORDS = ('woman', 'pilot', 'dark', '<eos>')


def draw():
    fig, ax = dr.canvas(7.6, 3.85)
    ax.set_ylim(-0.2, 3.65)
    xs = (0.65, 1.65, 2.65, 3.65)
    states = []
    for i, (x, word) in enumerate(zip(xs, WORDS, strict=True), 1):
        dr.text(ax, x, 0.2, word, size=9)
        state = dr.box(ax, x, 0.95, rf'$\mathbf{{h}}_{i}$', 0.62, 0.44,
                       dr.BLUE)
        dr.arrow(ax, (x, 0.38), state.bottom)
        if states:
            dr.arrow(ax, states[-1], state)
        states.append(state)
    total = dr.node(ax, 2.15, 2.75, '+', 0.2, dr.GRAY)
    for state, weight in zip(states, WEIGHTS, strict=True):
        dr.arrow(ax, state.top, total, width=0.5 + 3.2 * weight)
        x = state.x + (total.x - state.x) * 0.33
        dr.text(ax, x + (-0.27 if state.x < total.x else 0.27), 1.72,
                f'{weight:.2f}', size=8)
    dr.text(ax, 0.62, 2.75, 'attention', dr.MUTED, 9)

    before = dr.box(ax, 5.0, 1.85, r'$\mathbf{s}_{1}$', 0.62, 0.44,
                    dr.ORANGE)
    now = dr.box(ax, 6.6, 1.85, r'$\mathbf{s}_{2}$', 0.62, 0.44, dr.ORANGE)
    dr.arrow(ax, before, now)
    dr.arrow(ax, before, total, 'query', color=dr.LINE_ORANGE, dashed=True,
             offset=(0.35, -0.27))
    dr.line(ax, total, (2.15, 3.35), dr.INK)
    dr.line(ax, (2.15, 3.35), (5.8, 3.35), dr.INK)
    dr.line(ax, (5.8, 3.35), (5.8, 2.45), dr.INK)
    dr.arrow(ax, (5.8, 2.45), (6.35, 2.09))
    dr.text(ax, 4.0, 3.5, r'context $\mathbf{c}_2$', size=9)
    dr.text(ax, 5.0, 0.75, 'pilote', size=9)
    dr.text(ax, 5.0, 0.5, '(previous word)', dr.MUTED, 8)
    dr.arrow(ax, (5.25, 0.95), (6.38, 1.61))
    dr.arrow(ax, now.top, (6.6, 2.75))
    dr.text(ax, 6.6, 2.9, 'femme', size=9)
    dr.text(ax, 2.15, -0.07, 'encoder', dr.MUTED, 9)
    dr.text(ax, 6.6, 1.4, 'decoder', dr.MUTED, 9)
    return fig
