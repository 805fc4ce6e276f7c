"""What cells compute cannot put script into pages; what shows stays."""
import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import trust

FRAME = '''<div>
<table border="1" class="dataframe">
  <thead><tr style="text-align: right;"><th></th><th>a</th></tr></thead>
  <tbody><tr><th>0</th><td>1.5</td></tr></tbody>
</table>
<p>1 rows × 1 columns</p>
</div>'''


@pytest.mark.parametrize('html', [
    '<script>bad()</script>', '<SCRIPT SRC="x.js"></SCRIPT>',
    '<p onclick="bad()">', '<img src="x.png" onerror=bad()>',
    '<a href="javascript:bad()">', '<a href=" java\nscript:bad()">',
    '<a href="&#106;avascript:bad()">', '<a href="vbscript:bad()">',
    '<iframe src="bad"></iframe>', '<object data="bad"></object>',
    '<embed src="bad">', '<style>p { content: bad }</style>',
    '<link rel="stylesheet" href="bad">', '<base href="bad">',
    '<meta http-equiv="refresh" content="0; url=bad">',
    '<form action="bad"><input name="bad"></form>',
    '<svg><script>bad()</script></svg>', '<svg onload="bad()"></svg>',
    '<math><mtext><script>bad()</script></mtext></math>',
    '<p style="position: fixed; background: url(bad)">',
    '<p id="bad">', '<img src="https://bad.example/x.png">',
    '<img src=" //bad.example/x.png">', '<img srcset="bad 2x">',
    '<b><script>bad()//</b>', '<!-- bad -->'])
def test_nothing_bad_is_left(html):
    cleaned = trust.clean_html(f'<p>kept</p>{html}')
    assert 'bad' not in cleaned
    assert '<p>kept</p>' in cleaned


def test_tables_survive():
    cleaned = trust.clean_html(FRAME)
    for part in ('class="dataframe"', '<thead>', 'text-align', '<td>1.5</td>',
                 '1 rows × 1 columns', '<th>0</th>'):
        assert part in cleaned


@pytest.mark.parametrize('html', [
    '<img src="data:image/png;base64,AAAA" alt="x">',
    '<a href="https://example.org/" rel="noopener">x</a>',
    '<figure><figcaption>x</figcaption></figure>',
    '<b style="color:red">x</b>', '<td colspan="2" dir="rtl">x</td>'])
def test_what_shows_something_stays(html):
    whole = f'<table><tbody><tr>{html}</tr></tbody></table>' if (
        html.startswith('<td')) else html
    assert trust.clean_html(whole) == whole


@given(st.text(alphabet='<>/="\' abimgscriptonxhref:&;#!-', max_size=80))
def test_no_text_becomes_script(text):
    cleaned = trust.clean_html(text).lower()
    assert '<script' not in cleaned
    assert trust.clean_html(trust.clean_html(text)) == trust.clean_html(text)


def notebook(*outputs, tags=()):
    return {'cells': [
        {'cell_type': 'markdown', 'metadata': {}, 'source': '<b>mine</b>'},
        {'cell_type': 'code', 'metadata': {'tags': list(tags)},
         'source': '', 'outputs': list(outputs)}]}


def display(**data):
    return {'output_type': 'display_data', 'metadata': {},
            'data': {k.replace('_', '/'): v for k, v in data.items()}}


def outputs(made):
    return [o.get('data', o) for o in
            trust.clean_outputs(made)['cells'][1]['outputs']]


def test_outputs_by_kind():
    found, = outputs(notebook(display(
        text_html=['<b>x</b>', '<script>bad()</script>'],
        text_markdown='**x** <script>bad()</script> <!-- --> 1 < 2',
        text_plain='<script>', application_javascript='bad()')))
    assert found == {
        'text/html': '<b>x</b>', 'text/plain': '<script>',
        'text/markdown': '**x** &lt;script>bad()&lt;/script> &lt;!-- --> '
                         '1 < 2'}


def test_links_of_markdown_lead_to_pages():
    found, = outputs(notebook(display(
        text_markdown='[a](javascript:bad()) <javascript:bad()>')))
    assert '<javascript' not in found['text/markdown']


def test_pictures_in_svg_have_no_script():
    made = display(text_plain='x')
    made['data']['image/svg+xml'] = (
        '<svg><script>bad() />bad</script><path d="M0 0" onclick="bad()"/>'
        '<a xlink:href="javascript:bad()"><use xlink:href="#m1"/></a>'
        '<script href="bad.js"/></svg>')
    found, = outputs(notebook(made))
    assert '<use xlink:href="#m1"/>' in found['image/svg+xml']
    assert 'bad' not in found['image/svg+xml']
    assert '<path d="M0 0"' in found['image/svg+xml']


def test_streams_and_errors_are_untouched():
    said = {'output_type': 'stream', 'name': 'stdout',
            'text': '\x1b[31mred\x1b[0m <script>'}
    error = {'output_type': 'error', 'ename': 'E', 'evalue': '<b>',
             'traceback': ['\x1b[31m<b>']}
    made = notebook(said, error)
    before = copy.deepcopy(made)
    assert trust.clean_outputs(made) == before


def test_tag_keeps_everything():
    data = {'text_html': '<script>mine()</script>',
            'application_javascript': 'mine()'}
    made = notebook(display(**data), tags=['trusted-output'])
    before = copy.deepcopy(made)
    assert trust.clean_outputs(made) == before


def test_authors_text_is_theirs():
    made = trust.clean_outputs(notebook())
    assert made['cells'][0]['source'] == '<b>mine</b>'
