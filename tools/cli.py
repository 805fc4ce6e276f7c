"""The command line: ``python -m tools COMMAND``."""
import argparse
import sys
from pathlib import Path

from tools import config
from tools.errors import BookError

ROOT = Path(__file__).resolve().parent.parent


def lib(book, args):
    from tools import library
    made, changed = library.make(book)
    print(f'{book.module}: {len(made.definitions)} definitions, '
          f'{"written" if changed else "unchanged"}')
    return 0


def main(argv=None):
    parser = argparse.ArgumentParser(prog='python -m tools')
    sub = parser.add_subparsers(dest='command', required=True)
    p = sub.add_parser('lib')
    p.set_defaults(run=lib)
    args = parser.parse_args(argv)
    try:
        return args.run(config.load(ROOT), args)
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
