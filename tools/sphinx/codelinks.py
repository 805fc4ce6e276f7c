"""Link names of PyTorch and of d2l in code to their documentation.

Names are resolved by reading the imports of the page, cell after cell, so
nothing is imported.  Addresses of PyTorch follow the scheme of its manual,
which needs no inventory and no network; what the page executed exists.
"""
import ast
import re
from html import escape, unescape

from tools.saving import parse_code

TORCH = 'https://docs.pytorch.org/docs/stable/'
_BLOCK = re.compile(r'(<div class="highlight-(?:ipython3|python)[^"]*">'
                    r'<div class="highlight"><pre>)(.*?)(</pre>)', re.S)
_TOKEN = re.compile(r'<span[^>]*></span>|<span[^>]*>[^<]*</span>|[^<]+|'
                    r'<[^>]+>')
# Pages that describe many names; others have a page of their own.
_PAGES = {'torch.utils.data': 'data.html', 'torch.nn.init': 'nn.init.html',
          'torch.distributions': 'distributions.html',
          'torch.multiprocessing': 'multiprocessing.html'}
_OWN = {'torch', 'torch.nn', 'torch.nn.functional', 'torch.nn.utils',
        'torch.optim', 'torch.optim.lr_scheduler', 'torch.linalg',
        'torch.autograd', 'torch.autograd.functional', 'torch.cuda',
        'torch.func'}
_MODULES = {'torch.nn': 'nn.html', 'torch.nn.functional':
            'nn.functional.html', 'torch.optim': 'optim.html',
            'torch.linalg': 'linalg.html', 'torch.cuda': 'cuda.html',
            'torch.autograd': 'autograd.html', 'torch.func': 'func.html',
            **_PAGES}
_SPECIAL = {'torch.Tensor': 'tensors.html#torch.Tensor',
            'torch.device': 'tensor_attributes.html#torch.device',
            'torch.dtype': 'tensor_attributes.html#torch.dtype',
            'torch.Size': 'size.html'}
_DTYPE = re.compile(r'torch\.(u?int\d+|b?float\d*|double|half|long|bool|'
                    r'complex\d+)$')
_NO_PAGE = re.compile(r'torch\.(pi|inf|nan|e|version|__version__|backends|mps|'
                      r'accelerator|utils|nn\.modules|strided|ops|hub|_\w+|'
                      r'distributed|profiler|testing|compiler|random|'
                      r'\w+_format)(\.|$)')


def torch_address(name):
    """The address of `name`, as 'torch.nn.Linear', in PyTorch's manual."""
    if name in _SPECIAL:
        return TORCH + _SPECIAL[name]
    if name in _MODULES:
        return TORCH + _MODULES[name]
    if _DTYPE.match(name):
        return f'{TORCH}tensor_attributes.html#torch.dtype'
    module, _, last = name.rpartition('.')
    for prefix, page in _PAGES.items():
        if module == prefix:
            return f'{TORCH}{page}#{name}'
    if _NO_PAGE.match(name):
        return None
    if module in _OWN and last:
        return f'{TORCH}generated/{name}.html'
    return None


class _Links(ast.NodeVisitor):
    """Dotted names of a cell: (line, start, end, full name)."""

    def __init__(self, names):
        self.names, self.found = names, []

    def visit_Import(self, node):
        for alias in node.names:
            if alias.asname:
                self.names[alias.asname] = alias.name
            else:
                top = alias.name.split('.')[0]
                self.names[top] = top

    def visit_ImportFrom(self, node):
        if node.module and not node.level:
            for alias in node.names:
                self.names[alias.asname or alias.name] = (
                    f'{node.module}.{alias.name}')

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.names.pop(node.id, None)       # it means something else now
        elif self.names.get(node.id, '').count('.') > 1:
            self._add(node, self.names[node.id])

    def visit_Attribute(self, node):
        parts, inner = [], node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in self.names:
            # torch.nn.Linear.weight: the longest part that has a place.
            chain, outer = parts[::-1], node
            while chain:
                full = '.'.join([self.names[inner.id], *chain])
                if self._add(outer, full):
                    return
                chain, outer = chain[:-1], outer.value
            return
        self.generic_visit(node)

    def _add(self, node, full):
        if node.lineno != node.end_lineno:
            return False
        if not full.startswith('d2l.torch.') and not torch_address(full):
            return False
        if full.startswith('d2l.torch.') and full.count('.') > 2:
            return False
        self.found.append((node.lineno, node.col_offset,
                           node.end_col_offset, full))
        return True


def links(source, names):
    """Places of documented names in a cell; `names` goes on from cell to
    cell.  Code that cannot be parsed has none."""
    try:
        tree = parse_code(source)
    except (SyntaxError, ValueError):
        return []
    if tree is None:
        return []
    visitor = _Links(names)
    visitor.visit(tree)
    return visitor.found


def _offsets(source, found):
    """{start: (end, name)} in characters of the whole text."""
    starts, position = [], 0
    lines = source.split('\n')
    for line in lines:
        starts.append(position)
        position += len(line) + 1
    places = {}
    for line, first, last, name in found:
        # Columns of ast count bytes.
        raw = lines[line - 1].encode()
        a = len(raw[:first].decode(errors='ignore'))
        b = len(raw[:last].decode(errors='ignore'))
        places[starts[line - 1] + a] = (starts[line - 1] + b, name)
    return places


def _link(href, name):
    return (f'<a class="book-code" href="{escape(href)}" '
            f'title="{escape(name)}">')


def link_block(html, names, address):
    """The inside of a <pre> with links around documented names."""
    pieces = _TOKEN.findall(html)
    texts = [unescape(re.sub(r'<[^>]+>', '', piece)) for piece in pieces]
    source = ''.join(texts)
    places = _offsets(source, links(source, names))
    out, position, until = [], 0, None
    for piece, text in zip(pieces, texts):
        # The @ of a decorator is in one piece with the name after it.
        start = position + text.startswith('@')
        if until is None and text and start in places:
            end, name = places[start]
            href = address(name)
            if href:
                out.append(_link(href, name))
                until = end
        out.append(piece)
        position += len(text)
        if until is not None and position >= until:
            out.append('</a>')
            until = None
    if until is not None:
        out.append('</a>')
    return ''.join(out)


def add_links(app, pagename, templatename, context, doctree):
    if app.builder.name != 'html' or doctree is None:
        return
    objects = app.env.domains.python_domain.objects
    names = {}

    def address(name):
        if name.startswith('d2l.torch.'):
            found = objects.get(f'd2l.{name.removeprefix("d2l.torch.")}')
            if found is None or found.docname == pagename:
                return None
            return f'{context["pathto"](found.docname)}#{found.node_id}'
        return torch_address(name)

    def replace(found):
        head, inner, tail = found.groups()
        return head + link_block(inner, names, address) + tail

    context['body'] = _BLOCK.sub(replace, context['body'])


def setup(app):
    app.connect('html-page-context', add_links)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
