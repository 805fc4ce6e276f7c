"""Errors that authors see: what happened, where, and what to do next."""
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place in the sources.

    `cell` counts the code cells of a section from 1; 0 means "no cell".
    """

    message: str
    path: Path | str | None = None
    line: int | None = None
    cell: int = 0
    hint: str = ''
    kind: str = 'error'

    def __str__(self):
        place = ''
        if self.path is not None:
            place = str(self.path)
            if self.line:
                place += f':{self.line}'
            if self.cell:
                place += f' (cell {self.cell})'
            place += ': '
        hint = f'\n    → {self.hint}' if self.hint else ''
        return f'{place}{self.message}{hint}'


class BookError(Exception):
    """One or more problems that stop a command; shown without traceback."""

    def __init__(self, *problems):
        self.problems = [p if isinstance(p, Problem) else Problem(str(p))
                         for p in problems]
        super().__init__('\n'.join(map(str, self.problems)))
