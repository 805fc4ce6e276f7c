"""From an equation back to the places that refer to it.

References lead to equations; here the number of an equation gets links to
its uses, on the same page one by one, on other pages by their numbers.
"""
import re
from html import escape

from sphinx import addnodes

_REFERENCE = re.compile(
    r'<a class="reference internal" href="([^"]*)#(equation-[^"]+)">')
_NUMBER = re.compile(
    r'(<span class="eqno">\([^)]*\)<a class="headerlink" '
    r'href="#(equation-[^"]+)"[^>]*>[^<]*</a>)(</span>)')


def collect(app, doctree):
    """Note which labels of equations a page refers to."""
    uses = app.env.book_equation_uses
    docname = app.env.docname
    uses[docname] = sorted({x['reftarget'] for x in doctree.findall(
        addnodes.pending_xref) if x.get('refdomain') == 'math'
        or x.get('reftype') == 'eq'})


def forget(app, env, docname):
    env.book_equation_uses.pop(docname, None)


def merge(app, env, docnames, other):
    for name in docnames:
        if name in other.book_equation_uses:
            env.book_equation_uses[name] = other.book_equation_uses[name]


def start(app):
    if not hasattr(app.env, 'book_equation_uses'):
        app.env.book_equation_uses = {}


def add_links(app, pagename, templatename, context, doctree):
    if app.builder.name != 'html' or doctree is None:
        return
    count = {}

    def mark(found):
        page, target = found.groups()
        if page:                        # on another page: nothing to mark
            return found.group(0)
        count[target] = count.get(target, 0) + 1
        return (f'<a class="reference internal" id="use-{count[target]}-'
                f'{target}" href="#{target}">')

    body = _REFERENCE.sub(mark, context.get('body', ''))
    numbers = app.config.book_numbers
    elsewhere = {}
    for docname, labels in app.env.book_equation_uses.items():
        if docname != pagename:
            for label in labels:
                elsewhere.setdefault(f'equation-{_node_id(label)}',
                                     []).append(docname)

    def number(found):
        target = found.group(2)
        links = [f'<a class="book-use" href="#use-{i}-{target}" '
                 f'title="Use {i} of this equation">↩{i if n > 1 else ""}</a>'
                 for n in [count.get(target, 0)] for i in range(1, n + 1)]
        links += [f'<a class="book-use" href="'
                  f'{escape(context["pathto"](name))}" title="Used in '
                  f'{escape(app.env.titles[name].astext())}">'
                  f'{numbers.get(name, "↩")}</a>'
                  for name in sorted(elsewhere.get(target, ()))]
        uses = (f'<span class="book-uses"> {" ".join(links)}</span>'
                if links else '')
        return found.group(1) + uses + found.group(3)

    context['body'] = _NUMBER.sub(number, body)


def _node_id(label):
    from docutils import nodes
    return nodes.make_id(label)


def setup(app):
    app.connect('builder-inited', start)
    app.connect('doctree-read', collect)
    app.connect('env-purge-doc', forget)
    app.connect('env-merge-info', merge)
    app.connect('html-page-context', add_links)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'env_version': 1, 'version': '1'}
