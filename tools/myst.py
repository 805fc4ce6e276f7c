"""The parts of MyST Markdown that the pipeline looks for itself.

Sphinx reads the whole language; these few patterns serve what has to work
without it: the lint, the numbers, and notebooks that leave the book.
"""
import re

TARGET = re.compile(r'^\((?P<label>[^()\s]+)\)=[ \t]*$', re.M)
EQUATION = re.compile(r'\$\$[ \t]*\((?P<label>[^()\s]+)\)', re.M)
DIRECTIVE = re.compile(
    r'^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}[ \t]*(?P<arg>[^\n]*)\n'
    r'(?P<body>.*?)^(?P=fence)[ \t]*$', re.S | re.M)
OPTION = re.compile(r'^:(?P<key>[\w-]+):[ \t]*(?P<value>.*)$', re.M)
# Directives that are numbered, and as what.
KINDS = {'figure': 'figure', 'exercise': 'exercise', 'table': 'table',
         'list-table': 'table', 'csv-table': 'table', 'math': 'equation'}


def directives(text):
    """Directives of a Markdown text, nested ones too: (match, offset)."""
    for found in DIRECTIVE.finditer(text):
        yield found, 0
        inner = found.group('body')
        for nested, offset in directives(inner):
            yield nested, offset + found.start('body')


def options(body):
    """The options at the head of a directive's body, as a mapping."""
    found = {}
    for line in body.split('\n'):
        option = OPTION.match(line)
        if not option:
            break
        found[option.group('key')] = option.group('value').strip()
    return found
