"""MyST Markdown made readable for any notebook program."""
import pytest

from tools import plain
from tools.numbering import Numbers

NUMBERS = Numbers(
    sections={'a/b': '3.1'},
    labels={'fig_f': ('figure', '3.1.2'), 'eq_e': ('equation', '3.1.4'),
            'ex_x': ('exercise', '3.1.1'), 'tab_t': ('table', '3.1.1')},
    titles={'sec_s': ('a/b', 'The Title'), 'chap_p': ('p', 'Preface')})
BIB = {'A.1': ('Ada and Bob', '1901'), 'C.2': ('Cid et al.', '1902')}


@pytest.mark.parametrize(('text', 'expected'), [
    ('(sec_s)=\n# The Title\n', '# The Title'),
    ('{numref}`sec_s`', 'Section 3.1'), ('{numref}`chap_p`', 'Preface'),
    ('{numref}`fig_f`', 'Fig. 3.1.2'), ('{eq}`eq_e`', '(3.1.4)'),
    ('{ref}`sec_s`', 'The Title'), ('{ref}`here <sec_s>`', 'here'),
    ('{ref}`ex_x`', 'Exercise 3.1.1'),
    ('{cite:t}`A.1`', 'Ada and Bob (1901)'),
    ('{cite:p}`A.1,C.2`', '(Ada and Bob, 1901; Cid et al., 1902)'),
    ('{index}`weights <weight>`', 'weights'), ('{index}`bias`', 'bias'),
    ('$$\nx = 1\n$$ (eq_e)', '$$\nx = 1 \\tag{3.1.4}\n$$'),
    ('$$x$$\n\n$$y$$ (eq_e)', '$$x$$\n\n$$y \\tag{3.1.4}\n$$'),
    ('```{note}\nLook\nout.\n```', '> **Note**\n>\n> Look\n> out.'),
    ('```{exercise}\n:label: ex_x\nDo {eq}`eq_e`.\n```',
     '**Exercise 3.1.1.** Do (3.1.4).'),
    ('```{figure} figures/f.svg\n:name: fig_f\n:alt: A picture.\n\nIt '
     'shows.\n```',
     '![A picture.](figures/f.svg)\n\n*Fig. 3.1.2: It shows.*'),
    ('```{list-table} Letters\n:name: tab_t\n:header-rows: 1\n* - a\n  - b\n'
     '* - 1\n  - 2\n```',
     '*Table 3.1.1: Letters*\n\n| a | b |\n| --- | --- |\n| 1 | 2 |'),
    ('```python\nx = 1\n```', '```python\nx = 1\n```')])
def test_convert(text, expected):
    assert plain.Plain(NUMBERS, BIB).convert(text).strip() == expected


def test_bibliography(tmp_path):
    path = tmp_path / 'r.bib'
    path.write_text('''
@article{A.1,
  author = {M{\\"o}bius, August and Lov{\\'a}sz, L.},
  title = {T},
  year = {1901},
}

@book{B.2,
  author = {Ada King and Bob Roy and Cid Day},
  year = 1902
}
''')
    found = plain.citations(path, 0)
    assert found['A.1'] == ('Möbius and Lovász', '1901')
    assert found['B.2'][0] == 'King et al.'


def test_no_role_is_left_in_any_section(root):
    """The real chapters leave the book without MyST syntax."""
    import re

    from tools import config, numbering, sections
    book = config.load(root)
    contents = sections.read_book(book)
    bib = book.chapters / 'references.bib'
    made = plain.Plain(numbering.number(contents),
                       plain.citations(bib, bib.stat().st_mtime_ns))
    for section in contents.sections:
        if not section.has_code:
            continue
        for cell in section.cells:
            if cell.kind == 'markdown':
                text = made.convert(cell.source)
                text = re.sub(r'(`{1,2}).+?\1', '', text)
                left = re.search(r'\{[a-z:]+\}`|^\w+\)=|```\{', text)
                assert not left, f'{section.path}:{cell.line}: {left}'
