"""Zero-shot, few-shot and chain-of-thought prompts."""
from tools import drawing as dr

PROMPTS = (
    ('zero-shot', 1.75, ('English to French:', 'whale →'), 'baleine'),
    ('few-shot', 1.75, ('English to French:', 'whale → baleine',
                        'sea → mer', 'ship →'), 'navire'),
    ('chain of thought', 3.55,
     ('Q: A ship has 3 holds of 40 barrels and', 'loses 15 barrels. '
      'How many are left?', 'A: 3 · 40 = 120. 120 − 15 = 105. '
      'So 105.', 'Q: 5 boats have 6 men each, 4 men fall ill.',
      'How many are well?', 'A:'),
     '5 · 6 = 30. 30 − 4 = 26. So 26.'),
)


def draw():
    fig, ax = dr.canvas(7.7, 2.35)
    x = 0.1
    for title, width, lines, answer in PROMPTS:
        dr.text(ax, x + width / 2, 2.2, title, weight='bold', size=9.5)
        dr.box(ax, x + width / 2, 1.05, '', width, 1.95, fill='none')
        y = 1.86
        for line in lines:
            dr.text(ax, x + 0.1, y, line, size=8.5, ha='left')
            y -= 0.26
        wide = 0.25 + 0.075 * len(answer)
        dr.box(ax, x + 0.1 + wide / 2, y - 0.02, answer, wide, 0.27,
               fill=dr.ORANGE, size=8.5, rounding=0.05)
        x += width + 0.22
    return fig
