"""Names in code are linked to what describes them; code stays code."""
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from tools.sphinx import codelinks

START = 'import torch\nfrom torch import nn\nfrom d2l import torch as d2l\n'


def names(source, known=None):
    return [full for *_, full in codelinks.links(
        source, {} if known is None else known)]


@pytest.mark.parametrize(('name', 'page'), [
    ('torch.nn.Linear', 'generated/torch.nn.Linear.html'),
    ('torch.arange', 'generated/torch.arange.html'),
    ('torch.nn.functional.relu', 'generated/torch.nn.functional.relu.html'),
    ('torch.optim.SGD', 'generated/torch.optim.SGD.html'),
    ('torch.utils.data.DataLoader',
     'data.html#torch.utils.data.DataLoader'),
    ('torch.nn.init.normal_', 'nn.init.html#torch.nn.init.normal_'),
    ('torch.nn', 'nn.html'), ('torch.Tensor', 'tensors.html#torch.Tensor'),
    ('torch.float32', 'tensor_attributes.html#torch.dtype'),
    ('torch.device', 'tensor_attributes.html#torch.device'),
    ('torch.pi', None), ('torch.backends.cudnn', None),
    ('torch.__version__', None), ('numpy.array', None), ('torchvision', None),
    ('torch.nn.Linear.weight', None)])
def test_addresses(name, page):
    assert codelinks.torch_address(name) == (
        page and codelinks.TORCH + page)


@pytest.mark.parametrize(('source', 'expected'), [
    ('import torch\ntorch.arange(3)', ['torch.arange']),
    ('import torch as T\nT.arange(3)', ['torch.arange']),
    ('import torch.nn as nn\nnn.Linear(1, 2)', ['torch.nn.Linear']),
    ('import torch.nn\ntorch.nn.Linear(1, 2)', ['torch.nn.Linear']),
    ('from torch import nn\nnn.Linear(1, 2)', ['torch.nn.Linear']),
    ('from torch.nn import Linear as L\nL(1, 2)', ['torch.nn.Linear']),
    ('from torch.nn import functional as F\nF.relu(x)',
     ['torch.nn.functional.relu']),
    ('from torch import *\narange(3)', []),
    ('from . import torch\ntorch.arange(3)', []),
    ('torch.arange(3)', []),
    ('import torch\ntorch = 3\ntorch.arange(3)', []),
    ('import torch\nfor torch in x: torch.arange', []),
    ('import torch\nx.torch.arange(3)', []),
    ('import torch\nnet = torch.nn.Linear(1, 2).weight.sum()',
     ['torch.nn.Linear']),
    ('import torch\ntorch.nn.Linear.weight', ['torch.nn.Linear']),
    ('import torch\ntorch.arange(torch.tensor(3))',
     ['torch.arange', 'torch.tensor']),
    ('from d2l import torch as d2l\nd2l.Trainer(3)', ['d2l.torch.Trainer']),
    ('from d2l import torch as d2l\nd2l.plt.plot(3)', ['d2l.torch.plt']),
    ('import torch\n%time torch.arange(3)\ntorch.ones(2)', ['torch.ones']),
    ('import torch\n!ls\ntorch.ones(2)', ['torch.ones']),
    ('%%bash\nimport torch', []), ('import torch\ntorch.ones(', []),
    ('', []), ('\x00', [])])
def test_names_of_a_cell(source, expected):
    assert names(source) == expected


def test_names_go_on_from_cell_to_cell():
    known = {}
    assert names('import torch', known) == []
    assert names('torch.ones(', known) == [], 'cannot be parsed'
    assert names('torch.ones(2)', known) == ['torch.ones']
    assert names('torch = None', known) == []
    assert names('torch.ones(2)', known) == []


def address(name):
    return f'https://example.org/{name}?a=1&b="2"'


def rendered(source):
    html = highlight(source, PythonLexer(stripnl=False, ensurenl=False),
                     HtmlFormatter(nowrap=True))
    return f'<span></span>{html}'


class Balanced(HTMLParser):
    """The text of HTML; every element has to be closed in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text = [], ''
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        assert tag != 'a' or 'a' not in self.open, 'a link in a link'
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def linked(source, known=None):
    """(the text of each link) in the block; the rest must not change."""
    html = rendered(source)
    new = codelinks.link_block(html, {} if known is None else known, address)
    assert Balanced(new).text == Balanced(html).text
    assert re.sub(r'</?a\b[^>]*>', '', new) == html
    return [unescape(re.sub('<[^>]+>', '', inner)) for inner in
            re.findall(r'<a class="book-code"[^>]*>(.*?)</a>', new, re.S)]


@pytest.mark.parametrize(('source', 'expected'), [
    ('torch.arange(3)', ['torch.arange']),
    ('x = "é漢😀"; torch.arange(3)  # é', ['torch.arange']),
    ('é = torch.arange(3) + nn.Linear(2, 3)(1)',
     ['torch.arange', 'nn.Linear']),
    ('x = (torch.arange(3)\n     .sum(), torch.\n     ones(2))',
     ['torch.arange']),
    ('net = nn.Linear(\n    2, 3).weight.data', ['nn.Linear']),
    ('f"{torch.arange(3)} < {nn.Linear}"', None),
    ('"""\ntorch.arange(3)\n"""', []), ('# torch.arange', []),
    ('a < b & c > d', []), ('@torch.no_grad()\ndef f(): pass',
                           ['@torch.no_grad']),
    ('@d2l.add_to_class(d2l.Trainer)\ndef f(): pass',
     ['@d2l.add_to_class', 'd2l.Trainer']),
    ('torch . arange (3)', ['torch . arange']),
    ('if True:\n\ttorch.arange(3)', ['torch.arange']),
    ('d2l.Trainer(3)\n\n\n', ['d2l.Trainer'])])
def test_links_of_a_block(source, expected):
    known = {}
    codelinks.links(START, known)
    found = linked(source, known)
    if expected is not None:
        assert found == expected


def test_addresses_are_escaped():
    html = codelinks.link_block(rendered('import torch\ntorch.ones(1)'), {},
                                address)
    assert 'a=1&amp;b=&quot;2&quot;"' in html


def test_no_address_no_link():
    html = rendered('import torch\ntorch.ones(1)')
    assert codelinks.link_block(html, {}, lambda name: None) == html


PIECES = st.sampled_from([
    'torch', '.arange', '.nn', '.Linear', 'nn', 'd2l', '.Trainer', '(', ')',
    '[', ']', ' ', '\n', '    ', '=', ', ', 'é', '"', "'", '"""', '<b>',
    '&amp;', '# ', 'import torch', 'from torch import nn', '%time ', '\t',
    '漢', '😀', '{', '}', 'f"', '\\', ';', ':', 'lambda x', '\x0c', '@',
    '\u2028', 'for x in ', '*', '1'])


@given(st.lists(PIECES, max_size=25).map(''.join))
def test_links_never_break_code(source):
    known = {}
    codelinks.links(START, known)
    linked(source, known)
