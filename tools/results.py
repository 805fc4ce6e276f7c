"""Tables of results that executed sections have recorded.

A cell may display, next to what readers see, a record of numbers under the
type `MIME` (see ``d2l.report``).  A page that compares them holds a line

    {d2l-results}`a-chapter another-chapter/a-section`

in the body of a ``table`` directive.  `expand` puts there one row for each
record of these chapters and sections, in the order of the book.  The page is
so always in step with what was executed last, and no section has to wait for
another one.
"""
import json
import re

from tools import build, numbering

MIME = 'application/vnd.d2l.result+json'
MARK = re.compile(r'^\{d2l-results\}`([^`]*)`[ \t]*$', re.M)
# Short, so that the table fits a page.
_COLUMNS = ('network', 'section', 'pixels', 'accuracy', 'parameters',
            'multiply–adds (10⁶)', 'epochs', 's per epoch')
_FIELDS = ('name', 'input', 'accuracy', 'parameters', 'multiply_adds',
           'epochs', 'epoch_seconds')


def records(path):
    """What the cells of an executed notebook have recorded."""
    notebook = json.loads(path.read_text(encoding='utf-8'))
    found = []
    for cell in notebook['cells']:
        for output in cell.get('outputs', ()):
            record = output.get('data', {}).get(MIME)
            if isinstance(record, dict) and all(k in record
                                                for k in _FIELDS):
                found.append(record)
    return found


def drop(notebook):
    """Take the records out of a notebook (as parsed JSON), in place.

    They are for programs, and Sphinx does not know their type.
    """
    for cell in notebook['cells']:
        for output in cell.get('outputs', ()):
            output.get('data', {}).pop(MIME, None)
    return notebook


def _row(link, record):
    million = record['multiply_adds'] / 1e6
    return (record['name'], link,
            '×'.join(str(n) for n in record['input'][1:]),     # no channels
            f'{record["accuracy"]:.3f}', f'{record["parameters"]:,}',
            f'{million:.3g}' if million < 1000 else f'{million:,.0f}',
            str(record['epochs']), f'{record["epoch_seconds"]:.3g}')


def table(book, profile, contents, wanted):
    """The table in Markdown of the chapters and sections in `wanted`."""
    numbers = numbering.number(contents).sections
    rows = []
    for section in contents.sections:
        if not any(section.name == w or section.name.startswith(f'{w}/')
                   for w in wanted):
            continue
        made = build.notebook_path(book, profile, section)
        if section.has_code and made.exists():
            link = numbering.reference(section, numbers, number_only=True)
            rows += [_row(link, record) for record in records(made)]
    if not rows:
        rows = [('no section has been executed yet',
                 *[''] * (len(_COLUMNS) - 1))]
    align = ['---', '---', '---', *['--:'] * (len(_COLUMNS) - 3)]
    return '\n'.join(f'| {" | ".join(row)} |'
                     for row in (_COLUMNS, align, *rows))


def expand(text, make):
    """`text` with each mark replaced by ``make(names)``."""
    return MARK.sub(lambda found: make(found.group(1).split()), text)


def expander(book, profile, contents):
    """A function from a text to the text with its tables in it."""
    return lambda text: expand(
        text, lambda wanted: table(book, profile, contents, wanted))
