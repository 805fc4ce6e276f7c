"""The three classes of an experiment: who calls whom, and what flows back."""
from tools import drawing as dr

# What a new problem defines; all else is inherited.
YOURS = {'get_dataloader', 'configure_optimizers', 'forward', 'loss'}


def card(ax, x, y, title, lines, fill, width=1.95, height=1.5):
    """A box with a title and a list of methods; returns its shape."""
    shape = dr.box(ax, x, y, width=width, height=height, fill=fill)
    dr.text(ax, x, y + height / 2 - 0.2, title, weight='bold', zorder=3)
    for i, line in enumerate(lines):
        dr.text(ax, x - width / 2 + 0.14, y + height / 2 - 0.52 - 0.24 * i,
                line, ha='left', size=8.5, zorder=3, family='monospace',
                weight='bold' if line in YOURS else 'normal')
    return shape


def exchange(ax, x0, x1, y, call, answer, number):
    """A call from x0 to x1 above, and what comes back below it."""
    middle = (x0 + x1) / 2
    dr.arrow(ax, (x0, y), (x1, y))
    dr.text(ax, middle, y + 0.13, f'{number}  {call}', size=8.5)
    dr.arrow(ax, (x1, y - 0.12), (x0, y - 0.12), color=dr.LINE_BLUE,
             dashed=True)
    dr.text(ax, middle, y - 0.26, answer, size=8.5, color=dr.LINE_BLUE)


def draw():
    fig, ax = dr.canvas(8.2, 3.75)
    data = card(ax, 1.05, 2.1, 'DataModule',
                ['train_dataloader', 'val_dataloader', 'get_dataloader'],
                dr.GREEN, height=1.4)
    trainer = card(ax, 4.1, 2.1, 'Trainer',
                   ['prepare_data', 'prepare_model', 'fit', 'fit_epoch'],
                   dr.ORANGE, height=1.7, width=1.6)
    model = card(ax, 7.15, 2.1, 'Module',
                 ['configure_optimizers', 'training_step', 'validation_step',
                  'forward', 'loss', 'plot'],
                 dr.BLUE, height=2.1)
    left, right = data.right[0], trainer.left[0]
    exchange(ax, right, left, 2.25, 'train_dataloader', 'minibatches', '1')
    left, right = trainer.right[0], model.left[0]
    exchange(ax, left, right, 2.72, 'configure_…', 'optimizer', '2')
    exchange(ax, left, right, 1.92, 'training_step', 'loss', '3')
    start = (4.1, 3.55)
    dr.arrow(ax, start, trainer.top)
    dr.text(ax, 4.25, 3.36, 'fit(model, data)', size=8.5, ha='left')
    board = dr.box(ax, 7.15, 0.35, 'ProgressBoard', width=1.9, height=0.46,
                   fill=dr.PURPLE)
    dr.arrow(ax, model.bottom, board.top)
    dr.text(ax, 7.25, 0.83, '4  draw', size=8.5, ha='left')
    return fig
