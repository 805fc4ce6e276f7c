from matplotlib import patches

from tools import drawing as dr

ROWS = [['pomme', 'rouge', '<eos>', '<pad>', '<pad>'],
        ['chat', '<eos>', '<pad>', '<pad>', '<pad>'],
        ['pilote', 'femme', 'peau', 'claire', '<eos>']]
WIDTH, HEIGHT = 0.82, 0.4


def draw():
    fig, ax = dr.canvas(5.2, 1.75)
    for i, row in enumerate(ROWS):
        y = 1.15 - i * HEIGHT
        for j, word in enumerate(row):
            pad = word == '<pad>'
            x = 0.1 + j * WIDTH
            ax.add_patch(patches.Rectangle(
                (x, y - HEIGHT / 2), WIDTH, HEIGHT, linewidth=0.8,
                facecolor=dr.GRAY if pad else dr.ORANGE, edgecolor=dr.INK,
                zorder=2))
            dr.text(ax, x + WIDTH / 2, y, word, size=9, zorder=3,
                    color=dr.MUTED if pad else dr.INK)
            if pad:
                ax.plot([x + 0.08, x + WIDTH - 0.08], [y, y], zorder=4,
                        color=dr.LINE_RED, linewidth=1)
        valid = len([w for w in row if w != '<pad>'])
        dr.text(ax, 0.25 + 5 * WIDTH, y, f'{valid} losses', size=9,
                ha='left')
    for j in range(5):
        dr.text(ax, 0.1 + (j + 0.5) * WIDTH, 1.52, f"$t' = {j + 1}$", size=9,
                color=dr.MUTED)
    return fig
