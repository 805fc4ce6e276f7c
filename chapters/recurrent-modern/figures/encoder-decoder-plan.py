"""The encoder, the decoder, and what flows between them."""
from tools import drawing as dr


def draw():
    fig, ax = dr.canvas(7.2, 2.5)
    source = dr.box(ax, 0.75, 1.25, 'source', width=1.1, fill=dr.GRAY)
    encoder = dr.box(ax, 2.45, 1.25, 'encoder', width=1.3, height=0.8,
                     fill=dr.BLUE)
    decoder = dr.box(ax, 4.75, 1.25, 'decoder', width=1.3, height=0.8,
                     fill=dr.ORANGE)
    scores = dr.box(ax, 4.75, 2.2, 'scores of the next tokens', width=2.4,
                    height=0.42, fill=dr.GREEN)
    target = dr.box(ax, 4.75, 0.3, 'target so far', width=2.4, height=0.42,
                    fill=dr.GRAY)
    dr.arrow(ax, source, encoder)
    dr.arrow(ax, encoder, decoder, 'state')
    dr.arrow(ax, decoder, scores)
    dr.arrow(ax, target, decoder)
    x = 6.2
    dr.line(ax, scores.right, (x, scores.y), dashed=True)
    dr.line(ax, (x, scores.y), (x, target.y), dashed=True)
    dr.arrow(ax, (x, target.y), target.right, color=dr.MUTED, dashed=True)
    dr.text(ax, x + 0.12, 1.25, 'only when\npredicting', ha='left',
            color=dr.MUTED, size=9)
    return fig
