from tools import drawing as dr

SOURCE = ['red', 'apple', '<eos>']
INPUT = ['<bos>', 'pomme', 'rouge']
OUTPUT = ['pomme', 'rouge', '<eos>']
STEP, LOW, MID, HIGH = 1.05, 0.25, 1.0, 1.75


def chain(ax, left, words, fill):
    """Recurrent cells from `left` on, fed by words from below."""
    cells = []
    for i, word in enumerate(words):
        x = left + i * STEP
        cells.append(dr.box(ax, x, MID, width=0.7, height=0.44, fill=fill))
        dr.text(ax, x, LOW, word)
        dr.arrow(ax, (x, LOW + 0.16), cells[-1])
        if i:
            dr.arrow(ax, cells[-2], cells[-1])
    return cells


def draw():
    fig, ax = dr.canvas(7.4, 2.35)
    encoder = chain(ax, 0.55, SOURCE, dr.BLUE)
    decoder = chain(ax, 4.25, INPUT, dr.ORANGE)
    state = dr.box(ax, 3.45, MID, r'$\mathbf{c}$', width=0.36, height=0.36,
                   fill=dr.GREEN)
    dr.arrow(ax, encoder[-1], state)
    dr.arrow(ax, state, decoder[0])
    for cell, word in zip(decoder, OUTPUT):
        dr.arrow(ax, cell, (cell.x, HIGH - 0.16))
        dr.text(ax, cell.x, HIGH, word)
        bend = (cell.x - 0.24, 0.6)         # the context reaches each cell
        dr.line(ax, (state.x, 0.6), bend, color=dr.LINE_GREEN)
        dr.arrow(ax, bend, (cell.x - 0.24, MID - 0.22), color=dr.LINE_GREEN)
    dr.line(ax, (state.x, MID - 0.18), (state.x, 0.6), color=dr.LINE_GREEN)
    dr.text(ax, 1.6, 1.5, 'encoder', color=dr.LINE_BLUE)
    dr.text(ax, 5.3, 2.15, 'decoder', color=dr.LINE_ORANGE)
    dr.text(ax, 3.45, 1.42, 'state', color=dr.LINE_GREEN, size=9)
    dr.text(ax, 6.85, HIGH, 'labels', color=dr.MUTED, size=9, ha='left')
    dr.text(ax, 6.85, LOW, 'inputs', color=dr.MUTED, size=9, ha='left')
    return fig
