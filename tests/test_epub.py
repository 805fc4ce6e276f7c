"""The EPUB: formulas as MathML, pages as XHTML, what epubcheck says."""
import os
import shutil
import subprocess
import zipfile
from xml.dom import minidom

import pytest

from tools import epub as finishing
from tools import render
from tools.sphinx import epub

EPUBCHECK = next((p for p in ('/usr/bin/epubcheck',
                              '/usr/share/java/epubcheck.jar')
                  if os.path.exists(p)), None)


@pytest.mark.parametrize(('tex', 'wanted'), [
    (r'\begin{aligned} a &= b \\ &< c \end{aligned}',
     ('<mtable', '&#x0003C;')),
    (r'|x| = \begin{cases} x & \textrm{if } x > 0 \\ 0 \end{cases}',
     ('&#x0007B;', '<mtext>if')),
    (r'\begin{gathered} a \\ b \end{gathered}', ('<mtr><mtd><mi>b',)),
    (r'\mathop{\mathbb{E}}_{x \sim p}[f(x)]',
     ('<mo>&#x1D53C;</mo>', '<mo>&#x0223C;</mo>')),
    (r'\mathop{\mathrm{argmin}}_w L', ('<mo>argmin</mo>',)),
    (r'\mathbf{w}^\top \mathbf{x} \leq \frac{1}{2}', ('<mfrac>', '<msup>')),
    (r'a < b > c', ('&#x0003C;', '&#x0003E;')),
    (r'"quoted" & \textrm{more & text}', ('&amp;',)),
    (r'\hat{y} \in \{0, 1\}', ('<mover', '&#x0007B;'))])
def test_mathml(tex, wanted):
    for display in (False, True):
        text = epub.mathml(tex, display)
        for part in wanted:
            assert part in text
        root = minidom.parseString(text).documentElement
        assert root.tagName == 'math'
        assert root.getAttribute('alttext') == tex
        assert root.getAttribute('display') == (
            'block' if display else 'inline')
        for operator in root.getElementsByTagName('mo'):
            assert all(n.nodeType == n.TEXT_NODE
                       for n in operator.childNodes), 'operators are text'


@pytest.mark.parametrize(('html', 'expected'), [
    ('<p>a<br>b', '<p>a<br/>b</p>'),
    ('<table border="1" class="dataframe"><tr><td align="left">1 & 2'
     '</table>',
     '<table class="dataframe"><tr><td>1 &amp; 2</td></tr></table>'),
    ('<script>bad()</script><style>p {}</style><b>kept</b>', '<b>kept</b>'),
    ('<img src="a.png" alt="A" width="9">',
     '<img alt="A" src="a.png" width="9"/>'),
    ('<p><img alt="what it was"></p>', '<p>what it was</p>'),
    ('<a rel="noopener">text</a>', 'text'),
    ('<table><colgroup><col></colgroup></table>', '<table></table>')])
def test_xhtml(html, expected):
    def normal(text):
        return minidom.parseString(f'<div>{text}</div>').toxml()
    assert normal(epub.xhtml(html)) == normal(expected)


def packed(path, **more):
    """A small archive as Sphinx would leave it."""
    content = {
        'mimetype': 'application/epub+zip',
        'content.opf': '<package><manifest>'
            '<item href="a/with.xhtml" id="i1" media-type="x"/>'
            '<item href="without.xhtml" id="i2" properties="svg"/>'
            '<item href="both.xhtml" id="i3" properties="svg"/>'
            '<item href="_static/theme.css" id="i4"/>'
            '<item href="_static/x.js" id="i5"/>'
            '<item href="_static/epub.css" id="i6"/></manifest><spine>'
            '<itemref idref="cover" linear="no"/><itemref idref="cover"/>'
            '</spine><dc:contributor>unknown</dc:contributor></package>',
        'a/with.xhtml': '<head><link rel="stylesheet" href="../_static/'
            'theme.css?v=1" /><link rel="stylesheet" '
            'href="../_static/epub.css" /><script src="x.js"></script>'
            '</head><math display="block"></math>bell\x07rung',
        'without.xhtml': '<p>text</p>', 'both.xhtml': '<math ></math>',
        '_static/theme.css': '', '_static/x.js': '', '_static/epub.css': '',
        '_static/social.png': '',
        'drawn.svg': '<!DOCTYPE svg PUBLIC "x"\n "y">\n<svg><path id="g"/>'
            '<path d="M1 1"/><script>bad()</script></svg>'} | more
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(content.items()):
            archive.writestr(name, text)
    return path


def test_finish(tmp_path):
    path = finishing.finish(packed(tmp_path / 'x.epub'))
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        text = {n: archive.read(n).decode() for n in names}
        first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == (
        'mimetype', zipfile.ZIP_STORED)
    assert not {'_static/theme.css', '_static/x.js',
                '_static/social.png'} & set(names)
    assert '_static/epub.css' in names
    page = text['a/with.xhtml']
    assert 'theme.css' not in page
    assert 'href="../_static/epub.css"' in page
    assert '<script' not in page
    assert 'bellrung' in page, 'a bell is no character of XML'
    package = text['content.opf']
    assert 'id="i1" media-type="x" properties="mathml"/>' in package
    assert 'id="i2" properties="svg"/>' in package
    assert 'id="i3" properties="mathml svg"/>' in package
    assert 'theme.css' not in package
    assert 'unknown' not in package
    assert package.count('idref="cover"') == 1
    assert text['drawn.svg'] == (
        '<svg><path d="M0 0" id="g"/><path d="M1 1"/></svg>')


def test_the_same_twice(tmp_path):
    path = packed(tmp_path / 'x.epub')
    once = finishing.finish(path).read_bytes()
    assert finishing.finish(path).read_bytes() == once


@pytest.fixture(scope='module')
def odd_epub(odd_book):
    said = []
    out = odd_book.book.out('ci') / 'epub'
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('BOOK_ROOT', str(odd_book.book.root))
        assert render.build_epub(odd_book.source, out,
                                 say=said.append) == 0, said
    return out / 'book.epub'


@pytest.mark.skipif(not (shutil.which('java') and EPUBCHECK),
                    reason="needs java and Debian's epubcheck")
def test_epubcheck(odd_epub):
    done = subprocess.run(['java', '-jar', EPUBCHECK, str(odd_epub)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert '0 fatals / 0 errors / 0 warnings' in done.stdout


def test_what_the_epub_holds(odd_epub):
    with zipfile.ZipFile(odd_epub) as archive:
        text = {n: archive.read(n).decode() for n in archive.namelist()
                if n.endswith('.xhtml')}
    for name, page in text.items():
        minidom.parseString(page)
        assert '<script' not in page, name
        assert '\x1b' not in page, name
    formulas = text['odd/formulas.xhtml']
    assert formulas.count('<math ') >= 7
    assert '\\(' not in formulas
    assert '>(5.1.1)<' in formulas
    assert 'ZeroDivisionError' in text['odd/failing.xhtml']
    assert 'שלום עולם' in text['odd/rtl.xhtml']
    assert 'line 99' in text['odd/many-lines.xhtml']
    assert '<details' not in text['odd/many-lines.xhtml']
    assert 'a long name 17' in text['odd/wide-table.xhtml']
    assert 'Empty' in text['odd/empty.xhtml']
    assert 'example.org/x.png' not in text['odd/raw.xhtml'].replace(
        '&quot;', '').split('cell_output')[1]
