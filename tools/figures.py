"""Draw the figures of the book: ``chapters/<chapter>/figures/<name>.py``.

Each script defines ``draw()`` returning a matplotlib figure; it is rendered
to SVG (site), PDF (print) and PNG (EPUB, previews) under ``_build/figures``.
A figure is drawn again only when its script, the house style or matplotlib
changed; the drawn files carry that fingerprint in a side file.

    python -m tools.figures [SCRIPT ...]
"""
import hashlib
import importlib.metadata
import os
import runpy
import sys
import traceback
from pathlib import Path

FORMATS = ('svg', 'pdf', 'png')
ROOT = Path(__file__).resolve().parent.parent


class FigureError(Exception):
    """A drawing script that failed, with the line of the script."""


def scripts(chapters):
    """All drawing scripts below the folder `chapters`, in order."""
    return sorted(Path(chapters).glob('**/figures/*.py'))


def target(script, chapters, out):
    """The drawn file of `script`, without suffix."""
    return Path(out) / Path(script).relative_to(chapters).with_suffix('')


def fingerprint(script):
    """What the drawn files of `script` depend on, as a hash."""
    style = Path(__file__).with_name('drawing.py').read_bytes()
    version = importlib.metadata.version('matplotlib').encode()
    parts = (Path(script).read_bytes(), style, version, repr(FORMATS).encode())
    return hashlib.sha256(b'\0'.join(parts)).hexdigest()


def is_fresh(script, chapters, out):
    base = target(script, chapters, out)
    mark = base.with_suffix('.sha256')
    return (mark.exists() and mark.read_text() == fingerprint(script)
            and all(base.with_suffix(f'.{f}').exists() for f in FORMATS))


def draw(script, base):
    """Run one drawing script and write its files next to `base`."""
    os.environ.setdefault('SOURCE_DATE_EPOCH', '0')
    import matplotlib
    matplotlib.use('agg')
    from matplotlib import pyplot as plt

    from tools import drawing

    with plt.rc_context(drawing.STYLE):
        try:
            figure = runpy.run_path(str(script))['draw']()
        except KeyError as error:
            raise FigureError(f'{script}: KeyError {error}; a drawing script '
                              'must define draw()') from error
        except Exception as error:
            lines = [frame.lineno
                     for frame in traceback.extract_tb(error.__traceback__)
                     if frame.filename == str(script)]
            raise FigureError(
                f'{script}:{lines[-1] if lines else 1}: '
                f'{type(error).__name__}: {error}') from error
        base.parent.mkdir(parents=True, exist_ok=True)
        for suffix in FORMATS:
            path = base.with_suffix(f'.{suffix}')
            part = path.with_name(f'.{path.name}.part')
            figure.savefig(part, format=suffix, dpi=160)
            part.replace(path)
        plt.close('all')
    base.with_suffix('.sha256').write_text(fingerprint(script))


def draw_all(chapters, out, only=None, say=print):
    """Draw what is stale; returns (number drawn, list of FigureError)."""
    drawn, errors = 0, []
    for script in only or scripts(chapters):
        if not only and is_fresh(script, chapters, out):
            continue
        try:
            draw(script, target(script, chapters, out))
            drawn += 1
        except FigureError as error:
            errors.append(error)
            say(f'error: {error}')
    return drawn, errors


def main(args):
    chapters, out = ROOT / 'chapters', ROOT / '_build' / 'figures'
    only = [Path(a).resolve() for a in args]
    drawn, errors = draw_all(chapters, out, only)
    print(f'{drawn} figures drawn in {out}')
    return 1 if errors else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
