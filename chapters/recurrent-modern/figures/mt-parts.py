"""One emoji as code points, in English and in French."""
from tools import drawing as dr

WHO, WHAT, TONE, NONE = dr.BLUE, dr.ORANGE, dr.GREEN, dr.GRAY
CODES = [('man', WHO), ('medium tone', TONE), ('joiner', NONE),
         ('rocket', WHAT)]
ENGLISH = [('man', WHO), ('astronaut', WHAT), ('medium', TONE),
           ('skin tone', TONE)]
FRENCH = [('astronaute', WHAT), ('homme', WHO), ('peau', TONE),
          ('légèrement mate', TONE)]


def row(ax, y, title, parts, widths):
    """Boxes side by side after a title; returns their shapes."""
    dr.text(ax, 1.15, y, title, ha='right')
    shapes, x = [], 1.3
    for (word, fill), width in zip(parts, widths):
        shapes.append(dr.box(ax, x + width / 2, y, word, width=width,
                             height=0.42, fill=fill, size=9.5))
        x += width + 0.2
    return shapes


def draw():
    fig, ax = dr.canvas(7.1, 2.9)
    widths = [1.15, 1.25, 1.05, 1.5]
    codes = row(ax, 2.55, 'code points', CODES, widths)
    english = row(ax, 1.45, 'English', ENGLISH, widths)
    french = row(ax, 0.35, 'French', FRENCH, widths)
    links = [(codes[0], english[0]), (codes[1], english[2]),
             (codes[1], english[3]), (codes[3], english[1]),
             (english[0], french[1]), (english[1], french[0]),
             (english[2], french[3]), (english[3], french[2])]
    for a, b in links:
        dr.line(ax, a.bottom, b.top, color=dr.INK)
    return fig
