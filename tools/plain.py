"""Rewrite MyST Markdown as the Markdown that any notebook program shows.

Roles and directives that only Sphinx understands become plain text: numbers
for references, authors and years for citations, headings for exercises.
"""
import re
from functools import lru_cache

from tools import myst

_ROLE = re.compile(r'\{(?P<role>[\w:.-]+)\}`(?P<text>[^`]+)`')
_LABELLED = re.compile(r'\$\$(?P<body>(?:(?!\$\$).)+?)\$\$[ \t]*'
                       r'\((?P<label>[^()\s]+)\)', re.S)
_ADMONITIONS = frozenset({'note', 'tip', 'important', 'warning', 'caution',
                          'hint', 'seealso', 'attention', 'danger'})


@lru_cache(maxsize=4)
def citations(path, _stamp):
    """Map a citation key to (authors in short, year)."""
    text = path.read_text(encoding='utf-8')
    found = {}
    for entry in re.finditer(r'^@\w+\{([^,\s]+),(.*?)^\}', text,
                             re.S | re.M):
        fields = {k.lower(): _plain_tex(v) for k, v in re.findall(
            r'^\s*(\w+)\s*=\s*[{"](.*?)[}"],?\s*$', entry.group(2),
            re.M | re.S)}
        people = re.split(r'\s+and\s+', fields.get('author')
                          or fields.get('editor') or '')
        names = [(p.split(',')[0] if ',' in p else p.split()[-1] if p.split()
                  else p).strip() for p in people]
        if len(names) > 2:
            short = f'{names[0]} et al.'
        else:
            short = ' and '.join(names) or fields.get('title', '')
        found[entry.group(1)] = short, fields.get('year', '')
    return found


def _plain_tex(text):
    text = re.sub(r"\\(['`^\"~=.c])\s*\{?\\?(\w)\}?", _accent, text)
    return re.sub(r'[{}]', '', text).replace('\\&', '&')


def _accent(found):
    import unicodedata
    marks = {"'": '\u0301', '`': '\u0300', '^': '\u0302', '"': '\u0308',
             '~': '\u0303', '=': '\u0304', '.': '\u0307', 'c': '\u0327'}
    return unicodedata.normalize('NFC',
                                 found.group(2) + marks[found.group(1)])


class Plain:
    """Converts the Markdown cells of one section."""

    def __init__(self, numbers, bibliography, image=None, prepare=None):
        self.numbers, self.bibliography = numbers, bibliography
        self.image = image or (lambda source: source)
        self.prepare = prepare or (lambda text: text)

    def convert(self, text):
        """The text with every role and directive replaced."""
        text = self.prepare(text)
        text = re.sub(r'^\([^()\s]+\)=[ \t]*\n', '', text, flags=re.M)
        text = self._directives(text)
        text = _LABELLED.sub(self._equation, text)
        text = re.sub(r'^%.*\n?', '', text, flags=re.M)
        return _ROLE.sub(self._role, text)

    def _equation(self, found):
        number = self.numbers.text(found.group('label')).strip('()')
        body = found.group('body').rstrip()
        return f'$${body} \\tag{{{number}}}\n$$'

    def _role(self, found):
        role, text = found.group('role'), found.group('text')
        titled = re.fullmatch(r'(.*?)\s*<([^<>]+)>', text, re.S)
        shown, target = titled.groups() if titled else ('', text)
        if role.startswith('cite'):
            return self._cite(role, text)
        if role in ('numref', 'eq'):
            return (shown.replace('%s', self.numbers.text(target))
                    or self.numbers.text(target))
        if role in ('ref', 'prf:ref'):
            title = self.numbers.titles.get(target, ('', ''))[1]
            return shown or title or self.numbers.text(target)
        if role == 'math':
            return f'${text}$'
        if role in ('index', 'term', 'doc', 'abbr', 'sub', 'sup'):
            return shown or re.split(r'[;!]', text)[0].strip()
        return f'`{shown or text}`'

    def _cite(self, role, text):
        said = []
        for key in text.split(','):
            name, year = self.bibliography.get(key.strip(),
                                               (key.strip(), ''))
            said.append(f'{name}, {year}' if role == 'cite:p'
                        else f'{name} ({year})')
        return f'({"; ".join(said)})' if role == 'cite:p' else (
            ', '.join(said))

    def _directives(self, text):
        return myst.DIRECTIVE.sub(self._directive, text + '\n').rstrip('\n')

    def _directive(self, found):
        name, argument = found.group('name'), found.group('arg').strip()
        body = found.group('body')
        options = myst.options(body)
        while myst.OPTION.match(body):
            body = body.split('\n', 1)[1] if '\n' in body else ''
        body = self._directives(body.strip())
        if name == 'figure' or name == 'image':
            alt = options.get('alt', '')
            caption = ''
            if body:
                number = self.numbers.text(options.get('name', ''))
                caption = f'\n\n*{number}: {body}*\n'
            return f'![{alt}]({self.image(argument)}){caption}'
        if name == 'exercise':
            number = self.numbers.text(options.get('label', ''))
            return f'**{number}.** {body}\n'
        if name in _ADMONITIONS or name == 'admonition':
            title = argument or name.capitalize()
            quoted = '\n'.join(f'> {line}'.rstrip()
                               for line in body.split('\n'))
            return f'> **{title}**\n>\n{quoted}\n'
        if name == 'math':
            return f'$$\n{body}\n$$\n'
        if name in ('toctree', 'bibliography', 'index', 'only', 'raw'):
            return ''
        if name == 'code-block':
            return f'```{argument}\n{body}\n```\n'
        if name in ('table', 'list-table'):
            number = self.numbers.text(options.get('name', ''))
            rows = body if name == 'table' else _list_table(body)
            return f'*{number}: {argument}*\n\n{rows}\n'
        return f'{body}\n'


def _list_table(body):
    """A Markdown table from the nested list of a ``list-table``."""
    rows = [re.split(r'^\s*-\s', row, flags=re.M)[1:]
            for row in re.split(r'^\*\s', body, flags=re.M)[1:]]
    rows = [[' '.join(c.split()) for c in row] for row in rows]
    if not rows:
        return body
    lines = ['| ' + ' | '.join(row) + ' |' for row in rows]
    return '\n'.join([lines[0], '|' + ' --- |' * len(rows[0]), *lines[1:]])
