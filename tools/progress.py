"""Progress of a build: live on a terminal, plain lines in a log."""
import contextlib
import sys
import time


class Lines:
    """One line for each section that ends."""

    def __init__(self, total):
        self.total, self.done = total, 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def started(self, name):
        pass

    def say(self, text):
        print(text, flush=True)

    def ended(self, name, text):
        self.done += 1
        self.say(f'[{self.done}/{self.total}] {name}  {text}')


class Live:
    """A bar, the sections that run now, and a line for each that ended."""

    def __init__(self, total):
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self.console = Console(highlight=False)
        self.progress = Progress(
            TextColumn('executing'), BarColumn(bar_width=30),
            MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn('{task.fields[running]}'), console=self.console,
            transient=True)
        self.task = self.progress.add_task('', total=total, running='')
        self.total, self.done, self.running = total, 0, {}

    def __enter__(self):
        self.progress.__enter__()
        return self

    def __exit__(self, *error):
        with contextlib.suppress(Exception):
            self.progress.__exit__(*error)
        return False

    def _show(self):
        self.progress.update(
            self.task, completed=self.done,
            running=', '.join(sorted(self.running)))

    def started(self, name):
        self.running[name] = time.monotonic()
        self._show()

    def say(self, text):
        self.console.print(text, markup=False)

    def ended(self, name, text):
        self.running.pop(name, None)
        self.done += 1
        self.say(f'[{self.done}/{self.total}] {name}  {text}')
        self._show()


def display(total, quiet=False):
    """The display that fits where the output goes."""
    if total and sys.stdout.isatty() and not quiet:
        return Live(total)
    return Lines(total)
