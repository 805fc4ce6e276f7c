"""The EPUB: formulas as MathML, outputs as XHTML, no scripts."""
import re
from html import escape

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

_ENVIRONMENTS = {'aligned': 'split', 'gathered': 'matrix', 'gather': 'matrix',
                 'alignedat': 'split'}
# An operator holds text only.
_OPERATOR = re.compile(r'<mo(\s[^>]*)?>((?:</?mrow>|<m[ion](?:\s[^>]*)?>'
                       r'[^<]*</m[ion]>)+)</mo>')
# Attributes of tables that XHTML 5 no longer knows.
_OBSOLETE = ('border', 'align', 'valign', 'width', 'height', 'cellpadding',
             'cellspacing')


def _operator(found):
    text = re.sub(r'<[^>]+>', '', found.group(2))
    return f'<mo{found.group(1) or ""}>{text}</mo>'


def mathml(tex, display=False):
    """A formula of TeX as MathML."""
    from latex2mathml.converter import convert
    known_tex = tex
    for name, known in _ENVIRONMENTS.items():
        for part in ('begin', 'end'):
            known_tex = known_tex.replace(f'\\{part}{{{name}}}',
                                          f'\\{part}{{{known}}}')
    text = convert(known_tex, display='block' if display else 'inline')
    text = _OPERATOR.sub(_operator, text)
    # The relation, not the character of the keyboard.
    text = text.replace('<mi>&#x0007E;</mi>', '<mo>&#x0223C;</mo>')
    # Escape what the converter leaves, and keep formulas readable as text.
    text = re.sub(r'&(?!#?\w+;)', '&amp;', text)
    return text.replace('<math ', f'<math alttext="{escape(tex)}" ', 1)


def inline(self, node):
    self.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def block(self, node):
    self.body.append(self.starttag(node, 'div', CLASS='math'))
    if node['number']:
        number = '.'.join(map(str, self.builder.env.toc_secnumbers.get(
            node['docname'], {}).get('', ())[:2]))
        number = f'{number}.{node["number"]}' if (
            number and '.' not in str(node['number'])) else node['number']
        self.body.append(f'<span class="eqno">({number})</span>')
    self.body.append(mathml(node.astext(), display=True))
    self.body.append('</div>\n')
    raise nodes.SkipNode


def xhtml(html):
    """A piece of HTML as well-formed XHTML."""
    soup = BeautifulSoup(html, 'html.parser')
    for tag in soup.find_all(True):
        for name in _OBSOLETE:
            if tag.name != 'img':
                tag.attrs.pop(name, None)
    for noise in soup.find_all(['script', 'style', 'colgroup']):
        noise.decompose()
    for image in soup.find_all('img', src=False):
        image.replace_with(image.get('alt', ''))
    for link in soup.find_all('a', href=False):
        link.unwrap()
    return soup.decode(formatter='minimal')


class RawAsXhtml(SphinxPostTransform):
    """Raw HTML, of outputs above all, has to be XML in an EPUB."""

    default_priority = 395

    def apply(self, **kwargs):
        if self.app.builder.name == 'epub':
            self.run(**kwargs)

    def run(self, **kwargs):
        for raw in list(self.document.findall(nodes.raw)):
            if 'html' in raw.get('format', '').split():
                text = xhtml(raw.astext())
                raw.children = [nodes.Text(text)]
                raw.rawsource = text


class UniqueIds(SphinxPostTransform):
    """The bodies of exercises all have one identifier; none refers to it."""

    default_priority = 396
    formats = ('html',)

    def run(self, **kwargs):
        for section in self.document.findall(nodes.section):
            if 'exercise-content' in section['ids']:
                section['ids'].remove('exercise-content')


def setup(app):
    app.add_html_math_renderer('mathml', inline_renderers=(inline, None),
                               block_renderers=(block, None))
    app.add_post_transform(RawAsXhtml)
    app.add_post_transform(UniqueIds)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
