"""``python -m d2l.data [NAME ...]``: fetch data sets beforehand."""
import argparse
import sys
import time

from d2l import data
from d2l.data import catalogue
from d2l.data.progress import amount


def _table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print('  '.join(cell.ljust(width) for cell, width
                        in zip(row, widths, strict=True)).rstrip())


def _list():
    _table([('name', 'size', 'here', 'contents')] + [
        (name, amount(entry.size) if entry.size else '?', data.status(name),
         f'{entry.title}; {entry.licence}')
        for name, entry in catalogue.entries().items()])


def main(argv=None):
    """Returns the exit code: 1 when a data set could not be had."""
    parser = argparse.ArgumentParser(
        prog='python -m d2l.data', description='Fetch data sets of the book, '
        'so that nothing has to be downloaded later.')
    parser.add_argument('names', nargs='*', metavar='NAME',
                        help='data sets; without any, they are listed')
    parser.add_argument('--list', action='store_true',
                        help='list the data sets and fetch nothing')
    args = parser.parse_args(argv)
    if args.list or not args.names:
        _list()
        return 0
    rows, problems = [('name', 'result', 'time', 'folder')], []
    for name in dict.fromkeys(args.names):
        start = time.monotonic()
        try:
            before = data.status(name)
            folder = str(data.fetch(name))
            result = 'was there' if before == 'there' else 'fetched'
        except data.DataError as error:
            folder, result = '', 'FAILED'
            problems.append(str(error))
        rows.append((name, result, f'{time.monotonic() - start:.1f} s',
                     folder))
    _table(rows)
    for problem in problems:
        print(f'\n{problem}', file=sys.stderr)
    return 1 if problems else 0


if __name__ == '__main__':
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
