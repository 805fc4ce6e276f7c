"""The arrays that a pair of sentences becomes."""
from tools import drawing as dr

PAD = '<pad>'
ROWS = (('source', ['woman', 'pilot', '<eos>'], dr.BLUE),
        ('decoder input', ['<bos>', 'pilote', 'femme', '<eos>'], dr.ORANGE),
        ('labels', ['pilote', 'femme', '<eos>'], dr.GREEN))


def draw():
    fig, ax = dr.canvas(7.4, 2.8)
    left, width, height = 1.35, 0.72, 0.4
    levels = (2.0, 1.0, 0.2)
    for (name, words, fill), low in zip(ROWS, levels):
        dr.text(ax, left - 0.12, low + height / 2, name, ha='right')
        for i in range(8):
            word = words[i] if i < len(words) else PAD
            box = dr.box(ax, left + (i + 0.5) * width, low + height / 2,
                         word, width=width - 0.06, height=height, size=9,
                         fill=fill if i < len(words) else dr.GRAY)
            if i < len(words) and low == levels[2]:
                dr.arrow(ax, box.top, (left + (i + 1.5) * width, levels[1]),
                         color=dr.MUTED)
    x0, x1, y = left + 0.05, left + 3 * width - 0.05, 2.5
    dr.line(ax, (x0, y), (x1, y), color=dr.INK)
    for x in (x0, x1):
        dr.line(ax, (x, y), (x, y - 0.07), color=dr.INK)
    dr.text(ax, (x0 + x1) / 2, y + 0.13, 'valid length 3', size=9)
    return fig
