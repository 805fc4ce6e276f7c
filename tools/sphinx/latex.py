"""The printed book: its parts, its numbers, and what it does not show.

Its look is in `latex_style`, its LaTeX in `latex_writer`.
"""
import re
import unicodedata

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.texescape import escape as _escape

from tools.sphinx import latex_writer

_ANSI = re.compile(r'\x1b\[[0-9;]*[A-Za-z]')
# A bell, say: LaTeX stops at such characters.
_CONTROL = re.compile(r'[\x00-\x08\x0b-\x1f\x7f]')

_SIGNS = {'ell': 'ℓ', 'times': '×', 'cdot': '·', 'to': '→', 'le': '≤',
          'leq': '≤', 'ge': '≥', 'geq': '≥', 'neq': '≠', 'approx': '≈',
          'infty': '∞', 'partial': '∂', 'nabla': '∇', 'sum': '∑',
          'in': '∈', 'pm': '±', 'top': 'ᵀ', 'ldots': '…', 'dots': '…'}
_LOW = str.maketrans('0123456789+-=aehijklmnoprstuvx',
                     '₀₁₂₃₄₅₆₇₈₉₊₋₌ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ')
_HIGH = str.maketrans('0123456789+-=in', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼ⁱⁿ')


def plain_math(text):
    """A short formula as a line of text: 'ℓ₂' for '\\\\ell_2'."""
    def sign(found):
        name = found.group(1)
        try:
            return _SIGNS.get(name) or unicodedata.lookup(
                f'GREEK {"CAPITAL" if name[0].isupper() else "SMALL"} '
                f'LETTER {name.upper()}')
        except KeyError:
            return '' if name.startswith(('math', 'text', 'oper')) else name

    def script(table):
        def shift(found):
            raw = found.group(1).strip('{}')
            small = raw.translate(table)
            return small if not set(small) & set(raw) else (
                f'{found.group(0)[0]}{raw}')
        return shift

    text = re.sub(r'\\([A-Za-z]+)\s*', sign, text)
    text = re.sub(r'_(\{[^{}]*\}|.)', script(_LOW), text)
    text = re.sub(r'\^(\{[^{}]*\}|.)', script(_HIGH), text)
    return re.sub(r'[\\{}$]', '', text)


class MathInTitles(SphinxPostTransform):
    """Bookmarks of a PDF hold text only: give formulas there a plain form."""

    default_priority = 385
    formats = ('latex',)

    def run(self, **kwargs):
        for title in self.document.findall(nodes.title):
            for math in list(title.findall(nodes.math)):
                text = math.astext()
                plain = _escape(plain_math(text), 'xelatex')
                math.parent.replace(math, nodes.raw(
                    '', f'\\texorpdfstring{{\\({text}\\)}}{{{plain}}}',
                    format='latex'))


class PlainText(SphinxPostTransform):
    """Terminal colours and control characters mean nothing to LaTeX."""

    default_priority = 390
    formats = ('latex',)

    def run(self, **kwargs):
        for block in self.document.findall(nodes.literal_block):
            text = block.astext()
            if _CONTROL.search(text):
                block.children = [nodes.Text(
                    _CONTROL.sub('', _ANSI.sub('', text)))]
                block.rawsource = block.astext()


def _raw(text):
    return nodes.raw('', text, format='latex')


def _captions(env):
    """{first page: caption} of the toctrees whose chapters have numbers,
    and the first page of what comes after them."""
    heads, after = {}, None
    for tree in env.get_doctree(env.config.root_doc).findall(
            addnodes.toctree):
        names = tree['includefiles']
        if not names:
            continue
        if tree.get('numbered'):
            heads[names[0]], after = tree.get('caption') or '', None
        elif heads and after is None:
            after = names[0]
    return heads, after


def lift_chapters(doctree):
    """Chapters are listed in a section of the first page, but are none of
    its parts; and what this page has to say itself needs no numbers."""
    first = doctree.next_node(nodes.section)
    if first is None:
        return
    for part in list(first.children):
        if not isinstance(part, nodes.section):
            continue
        for parent, file in _files(part):
            parent.remove(file)
            first.append(file)
        for section in reversed(list(part.findall(nodes.section))):
            _as_rubric(section)


def _files(node):
    """[(parent, file)] of what is included below `node`, outermost only."""
    found = []
    for child in node.children:
        if isinstance(child, addnodes.start_of_file):
            found.append((node, child))
        elif isinstance(child, nodes.Element):
            found += _files(child)
    return found


def _as_rubric(section):
    """Replace a section of the first page by a heading and its content."""
    level, node = 1, section
    while isinstance(node.parent, nodes.section):
        level, node = level + 1, node.parent
    title = section.next_node(nodes.title)
    heading = nodes.rubric('', '', *title.children)
    heading['heading-level'] = level
    heading['ids'] = section['ids']
    rest = [child for child in section.children if child is not title]
    section.replace_self([heading, *rest])


def set_counters(app, doctree, docname):
    """Give the assembled book its parts, and chapters and sections their
    numbers."""
    if app.builder.format != 'latex':
        return
    lift_chapters(doctree)
    numbers = app.config.book_numbers
    chapters = {name.split('/')[0]: number
                for name, number in numbers.items() if '.' not in number}
    heads, after = _captions(app.env)
    in_appendix = begun = False
    for file in doctree.findall(addnodes.start_of_file):
        name = file['docname']
        number = numbers.get(name)
        if number is None:
            if name.split('/')[0] not in chapters:
                code = '\\bookend\n' if name == after else ''
                file.insert(0, _raw(
                    f'{code}\\setcounter{{secnumdepth}}{{-1}}\n'))
            continue
        code = ''
        if not begun:
            code, begun = '\\bookmain\n', True
        *_, last = parts = number.split('.')
        counter = 'chapter' if len(parts) == 1 else 'section'
        code += '\\setcounter{secnumdepth}{2}\n'
        if last.isdigit():
            value = int(last)
            if len(parts) == 1 and heads.get(name):
                caption = _escape(heads[name], 'xelatex')
                code += f'\\bookpart{{{caption}}}\n'
        else:
            value = ord(last) - ord('A') + 1
            if not in_appendix:
                caption = _escape(heads.get(name) or 'Appendix',
                                  'xelatex')
                code += f'\\bookappendix{{{caption}}}\n'
                in_appendix = True
        code += f'\\setcounter{{{counter}}}{{{value - 1}}}\n'
        file.insert(0, _raw(code))


def _lines(node):
    """About how many lines of a page a box with this content has."""
    total = 7           # the head, the frame, and what is around it
    for part in node.findall(lambda n: isinstance(n, (
            nodes.paragraph, nodes.literal_block, nodes.math_block))):
        if isinstance(part, nodes.paragraph):
            total += 1.3 + len(part.astext()) // 80
        else:
            total += 2 + part.astext().count('\n')
    return round(total)


def keep_boxes(app, doctree, docname):
    """Boxes, such as exercises, are not torn apart if they are short."""
    if app.builder.format != 'latex':
        return
    for box in list(doctree.findall(nodes.Admonition)):
        room = min(_lines(box), 18)
        box.parent.insert(box.parent.index(box), _raw(
            f'\\booktogether{{{room}\\baselineskip}}\n'))


def set_writer(app):
    """Print has a translator of its own.

    It is registered for that builder alone: while any translator is, the
    theme leaves the one for HTML as it finds it, and its tables lose the
    boxes they scroll in.
    """
    if app.builder.name == 'latex':
        app.set_translator('latex', latex_writer.BookTranslator)


def setup(app):
    app.add_post_transform(MathInTitles)
    app.add_post_transform(PlainText)
    app.connect('doctree-resolved', set_counters)
    app.connect('doctree-resolved', keep_boxes)
    app.connect('builder-inited', set_writer)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '2'}
