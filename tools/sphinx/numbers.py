"""Let chapters and sections have the numbers that the book gives them.

Sphinx counts the entries of a numbered toctree from 1.  This book has
chapters that stand in for numbers not written yet (2, 3, B), so the numbers
are taken from the configuration value ``book_numbers``: docname → '2.1'.
"""
from docutils import nodes
from sphinx.environment.collectors.toctree import TocTreeCollector


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


def setup(app):
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
