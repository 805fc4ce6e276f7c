"""One line that tells how far a download is, on a terminal only."""
import sys
import time


def amount(size):
    """A number of bytes for people."""
    units = ['bytes', 'kB', 'MB', 'GB']
    while size >= 1000 and len(units) > 1:
        size /= 1000
        del units[0]
    digits = 1 if size < 10 and units[0] != 'bytes' else 0
    return f'{size:.{digits}f} {units[0]}'


class Progress:
    """Use as a context; the line is gone afterwards."""

    def __init__(self, label, total=0, stream=None):
        self.label, self.total = label, total
        self.stream = sys.stderr if stream is None else stream
        try:
            self.shown = self.stream.isatty()
        except (AttributeError, ValueError):
            self.shown = False
        self.width, self.next, self.start = 0, 0.0, time.monotonic()

    def __enter__(self):
        return self

    def update(self, done):
        """Say that `done` bytes are here; drawn ten times a second."""
        now = time.monotonic()
        if not self.shown or now < self.next:
            return
        self.next = now + 0.1
        text = f'{self.label}: {amount(done)}'
        if self.total:
            share = min(1, done / self.total)
            bar = '#' * round(20 * share)
            text += f' of {amount(self.total)} [{bar:20}] {share:4.0%}'
        text += f', {now - self.start:.0f} s'
        self._draw(text[:78])

    def _draw(self, text):
        self.stream.write('\r' + text.ljust(self.width)
                          + ('' if text else '\r'))
        self.stream.flush()
        self.width = len(text)

    def __exit__(self, *_):
        if self.width:
            self._draw('')
