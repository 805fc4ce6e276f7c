"""Some works named in the introduction, on three scales of time."""
from tools import drawing as dr

PARTS = (
    ((1700, 1940, 40), (
        (1713, 'Bernoulli:\nfrequencies', 1, dr.GREEN),
        (1805, 'Legendre, Gauss:\nleast squares', -1, dr.GREEN),
        (1886, 'Galton:\nregression', 1, dr.GREEN),
        (1913, 'Markov:\nletters', -1, dr.PURPLE),
        (1936, 'Fisher:\nirises', 1, dr.GREEN))),
    ((1940, 2010, 10), (
        (1943, 'McCulloch,\nPitts', 1, dr.BLUE),
        (1950, 'Turing', -1, dr.PURPLE),
        (1958, 'per-\nceptron', 1, dr.BLUE),
        (1969, 'Minsky,\nPapert', -1, dr.GRAY),
        (1970, 'Linnain-\nmaa', 1, dr.BLUE),
        (1980, 'neo-\ncognitron', -1, dr.BLUE),
        (1986, 'back-\npropagation', 1, dr.BLUE),
        (1989, 'zip\ncodes', -1, dr.BLUE),
        (1997, 'LSTM', 1, dr.BLUE),
        (2003, 'word\nvectors', -1, dr.PURPLE),
        (2009, 'ImageNet', 1, dr.GRAY))),
    ((2010, 2027, 5), (
        (2012, 'AlexNet', 1, dr.BLUE),
        (2014, 'attention,\nGANs', -1, dr.BLUE),
        (2016, 'AlphaGo', 1, dr.ORANGE),
        (2017, 'trans-\nformer', -1, dr.BLUE),
        (2020, 'GPT-3,\nAlphaFold 2', 1, dr.PURPLE),
        (2022, 'diffusion,\nChatGPT', -1, dr.PURPLE),
        (2024, 'o1; Nobel\nprizes', 1, dr.ORANGE),
        (2025, 'DeepSeek-\nR1', -1, dr.ORANGE))))
ASIDE = {1969: -0.17, 1970: 0.17}      # year labels that would collide


def draw():
    fig, ax = dr.canvas(7.4, 5.3)
    left, right = 0.35, 7.0
    for k, ((start, end, step), events) in enumerate(PARTS):
        y = 4.45 - 1.8 * k
        dr.arrow(ax, (left - 0.25, y), (right + 0.35, y))

        def place(year, start=start, end=end):
            return left + (right - left) * (year - start) / (end - start)

        for year in range(start, end + 1, step):
            dr.line(ax, (place(year), y - 0.05), (place(year), y + 0.05),
                    color=dr.INK)
        for year, name, side, fill in events:
            x = place(year)
            dr.line(ax, (x, y), (x, y + side * 0.32), color=dr.MUTED)
            ax.plot([x], [y], 'o', color=dr.INK, markersize=4, zorder=3)
            dr.text(ax, x, y + side * 0.55, name, size=8, zorder=4,
                    bbox={'boxstyle': 'round,pad=0.25', 'facecolor': fill,
                          'edgecolor': dr.INK, 'linewidth': 0.8})
            dr.text(ax, x + ASIDE.get(year, 0), y - side * 0.17, f'{year}',
                    size=7.5, color=dr.MUTED)
    return fig
