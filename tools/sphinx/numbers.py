"""Let chapters and sections have the numbers that the book gives them.

Sphinx counts the entries of a numbered toctree from 1.  This book has
chapters that stand in for numbers not written yet (2, 3, B), so the numbers
are taken from the configuration value ``book_numbers``: docname → '2.1'.
References to chapters read Chapter 2, Appendix B.
"""
from docutils import nodes
from sphinx import addnodes
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.transforms.post_transforms import SphinxPostTransform


def parts(number):
    """('B', 7) of 'B.7'."""
    return tuple(int(p) if p.isdigit() else p for p in number.split('.'))


def renumber(env):
    """Replace the leading numbers that Sphinx has assigned."""
    for docname, anchors in env.toc_secnumbers.items():
        number = env.config.book_numbers.get(docname)
        if not number:
            continue
        prefix = parts(number)
        for anchor, assigned in anchors.items():
            if assigned:
                anchors[anchor] = prefix + tuple(assigned[len(prefix):])
        for reference in env.tocs[docname].findall(nodes.reference):
            new = anchors.get(reference.get('anchorname'))
            if new and reference.get('refuri') == docname:
                reference['secnumber'] = list(new)
        title = env.titles.get(docname)
        if title is not None and anchors.get(''):
            title['secnumber'] = list(anchors[''])


class ChapterReferences(SphinxPostTransform):
    """A `numref` to a chapter says Chapter 2, not Section 2."""

    default_priority = 5        # before references are resolved

    def run(self, **kwargs):
        for xref in self.document.findall(addnodes.pending_xref):
            if (xref.get('reftype') != 'numref' or xref.get('refexplicit')
                    or not xref.children):
                continue
            number = self._chapter(xref['reftarget'])
            if number:
                word = 'Chapter' if number.isdigit() else 'Appendix'
                xref['refexplicit'] = True
                xref[0].children = []
                xref[0] += nodes.Text(f'{word} %s')

    def _chapter(self, target):
        """The number of the chapter whose title has the label `target`."""
        labels = self.env.domains.standard_domain.anonlabels
        docname, anchor = labels.get(target, ('', ''))
        number = self.config.book_numbers.get(docname, '')
        if not number or '.' in number:
            return ''
        if f'#{anchor}' in self.env.toc_secnumbers.get(docname, {}):
            return ''           # a part of the chapter's own page
        found = self.env.get_doctree(docname).ids.get(anchor)
        return number if isinstance(found, nodes.section) else ''


def setup(app):
    app.add_post_transform(ChapterReferences)
    app.add_config_value('book_numbers', {}, 'env', types=frozenset({dict}))
    # Sphinx has no hook between numbering sections and figures.
    TocTreeCollector.assign_section_numbers = _patched(
        TocTreeCollector.assign_section_numbers)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}


def _patched(original):
    if getattr(original, 'of_the_book', False):
        return original

    def assign_section_numbers(self, env):
        before = {name: dict(anchors)
                  for name, anchors in env.toc_secnumbers.items()}
        original(self, env)
        renumber(env)
        return [name for name, anchors in env.toc_secnumbers.items()
                if anchors != before.get(name)]

    assign_section_numbers.of_the_book = True
    return assign_section_numbers
