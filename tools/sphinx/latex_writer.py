"""What Sphinx's LaTeX lacks: short captions, pages of references, and code
that is not torn apart."""
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.writers.latex import LaTeXTranslator

# Code of so many lines stays on one page.
TOGETHER = 14
# Not sentences: i.e., Fig. 3, A. Turing.
_END = re.compile(r'(?<!\be\.g)(?<!\bi\.e)(?<!\bcf)(?<!\bvs)(?<!\bFig)'
                  r'(?<!\b[A-Z])[.!?](?=\s|$)')


def first_sentence(caption):
    """The nodes of a caption's first sentence, without links and notes."""
    kept = []
    for node in caption.children:
        if isinstance(node, nodes.Text):
            end = _END.search(node)
            if end:
                kept.append(nodes.Text(node[:end.start()]))
                return kept
            kept.append(node)
        elif not isinstance(node, (nodes.footnote_reference, nodes.raw,
                                   nodes.target, addnodes.index)):
            kept.append(_without_links(node))
    return kept


def _without_links(node):
    if isinstance(node, nodes.reference):
        return nodes.inline('', '', *(c.deepcopy() for c in node.children))
    node = node.deepcopy()
    for link in list(node.findall(nodes.reference)):
        link.replace_self(link.children)
    for raw in list(node.findall(nodes.raw)):   # links of citations
        raw.parent.remove(raw)
    return node


def in_parentheses(node):
    """Whether a parenthesis is open where an inline `node` stands."""
    before = ''.join(sibling.astext() for sibling in
                     node.parent.children[:node.parent.index(node)])
    return before.count('(') > before.count(')')


class BookTranslator(LaTeXTranslator):
    """LaTeX for paper."""

    def __init__(self, document, builder, theme=None):
        super().__init__(document, builder, theme)
        self._paged = set()

    def visit_caption(self, node):
        super().visit_caption(node)
        if self.body[-1] != r'\caption{':
            return
        self.pushbody([])
        for part in first_sentence(node):
            if isinstance(part, addnodes.number_reference):
                part = nodes.Text(part.astext())
            part.parent = node
            part.walkabout(self)
        short = ''.join(self.popbody()).strip()
        # Unknown to bookmarks, and a bracket would end the argument.
        short = re.sub(r'\\index\{[^{}]*(\{[^{}]*\}[^{}]*)*\}', '', short)
        self.body[-1] = rf'\caption[{{{short}}}]{{'

    def visit_number_reference(self, node):
        docname, _, target = node.get('refuri', '')[1:].partition('#')
        known = getattr(self.builder.env, 'sphinx_exercise_registry', {})
        if target in known:
            # Sphinx-exercise numbers exercises without LaTeX's help.
            label = f'exercise:{target}'
            text = self.encode(node.astext())
            self.body.append(f'\\hyperref[{label}]{{{text}}}')
            self._say_page(node, docname, label)
            raise nodes.SkipNode
        try:
            super().visit_number_reference(node)
        finally:
            if docname:
                label = self.idescape(f'{docname}:{target}')
                self._say_page(node, docname, label)

    def visit_math_reference(self, node):
        super().visit_math_reference(node)
        self._say_page(node, node['docname'],
                       f'equation:{node["docname"]}:{node["target"]}')

    def _say_page(self, node, docname, label):
        """The page of what a first reference to another section means."""
        here = self.curfilestack[-1] if self.curfilestack else ''
        if (docname == here or self.in_caption or self.in_title
                or self.table or (here, label) in self._paged):
            return
        self._paged.add((here, label))
        command = 'bookpagein' if in_parentheses(node) else 'bookpage'
        self.body.append(f'\\{command}{{{label}}}')

    def visit_literal_block(self, node):
        lines = node.astext().count('\n') + 1
        if not self.table and not self.in_footnote:
            room = min(lines, TOGETHER) + 1
            self.body.append(f'\n\\booktogether{{{room}\\baselineskip}}\n')
        super().visit_literal_block(node)
