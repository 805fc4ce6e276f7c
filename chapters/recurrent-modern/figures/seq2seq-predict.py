from tools import drawing as dr

WORDS = ['<bos>', 'pomme', 'rouge', '<eos>']
LEFT, STEP, LOW, MID, HIGH = 1.75, 1.5, 0.25, 1.05, 1.85


def draw():
    fig, ax = dr.canvas(6.0, 2.2)
    state = dr.box(ax, 0.6, MID, r'$\mathbf{c}$', width=0.36, height=0.36,
                   fill=dr.GREEN)
    cells = []
    for i, word in enumerate(WORDS[:-1]):
        x = LEFT + i * STEP
        cells.append(dr.box(ax, x, MID, width=0.7, height=0.44,
                            fill=dr.ORANGE))
        dr.text(ax, x, LOW, word)
        dr.arrow(ax, (x, LOW + 0.16), cells[-1])
        dr.arrow(ax, cells[-1], (x, HIGH - 0.16))
        dr.text(ax, x, HIGH, WORDS[i + 1])
        dr.arrow(ax, cells[-2] if i else state, cells[-1])
    for i in range(2):
        x = LEFT + i * STEP
        middle = x + STEP / 2
        dr.line(ax, (x + 0.34, HIGH), (middle, HIGH), color=dr.LINE_PURPLE,
                dashed=True)
        dr.line(ax, (middle, HIGH), (middle, LOW), color=dr.LINE_PURPLE,
                dashed=True)
        dr.arrow(ax, (middle, LOW), (x + STEP - 0.34, LOW),
                 color=dr.LINE_PURPLE, dashed=True)
    dr.text(ax, cells[-1].x + 0.6, HIGH, 'stop', color=dr.LINE_RED, size=9,
            ha='left')
    return fig
