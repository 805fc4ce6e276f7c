"""Keep the outputs of notebooks from putting script into pages.

What authors write in a section is theirs, raw HTML too.  What a cell
*computes* may come from data, so HTML in outputs is reduced to what shows
something (tables, text, pictures), by the allow-list of nh3.  A cell that is
meant to produce more says so with the tag ``trusted-output``.
"""
import re

import nh3

TAG = 'trusted-output'
_DROPPED = ('application/javascript',
            'application/vnd.jupyter.widget-view+json')
_SCRIPT = re.compile(r'<script\b(?:[^>]*/>|.*?(?:</script\s*>|\Z))',
                     re.S | re.I)
_TAG = re.compile(r'<[a-zA-Z][^>]*>')
_ACTIVE = re.compile(r'\s(?:on\w+|(?:xlink:)?href(?=\s*=\s*["\']?\s*javas'
                     r'cript))\s*=\s*(?:"[^"]*"|\'[^\']*\'|[^\s>]*)', re.I)
_NO_PICTURE = re.compile(r'<img\b(?![^>]*\ssrc=)[^>]*>')
_ATTRIBUTES = {'*': {'class', 'style', 'title', 'lang', 'dir', 'scope',
                     'colspan', 'rowspan', 'align', 'valign', 'width',
                     'height', 'aria-label', 'role'},
               'a': {'href'}, 'img': {'src', 'alt', 'width', 'height'},
               'ol': {'start'}, 'td': {'headers'}, 'th': {'headers'}}
_STYLES = {'text-align', 'vertical-align', 'color', 'background-color',
           'font-weight', 'font-style', 'font-family', 'font-size', 'width',
           'height', 'max-width', 'white-space', 'padding', 'margin', 'border',
           'border-collapse'}


def _attribute(tag, name, value):
    """The site asks nothing of other hosts: pictures have to be its own."""
    if tag == 'img' and name == 'src' and re.match(r'\s*(https?:|[/\\]{2})',
                                                   value, re.I):
        return None
    return value


def clean_html(text):
    """The HTML without script, styles for the page, frames and forms."""
    cleaned = nh3.clean(
        text, tags=nh3.ALLOWED_TAGS | {'figure', 'figcaption'},
        attributes=_ATTRIBUTES, attribute_filter=_attribute,
        filter_style_properties=_STYLES,
        url_schemes={'http', 'https', 'data', 'mailto'},
        clean_content_tags={'script', 'style', 'iframe', 'object'},
        link_rel='noopener')
    return _NO_PICTURE.sub('', cleaned)


def _clean_markdown(text):
    return re.sub(r'<(?=[a-zA-Z/!?])', '&lt;', text)


def _clean_svg(text):
    """A drawing cannot act in a page; opened alone, it could."""
    text = _SCRIPT.sub('', text)
    return _TAG.sub(lambda tag: _ACTIVE.sub('', tag.group(0)), text)


_CLEANERS = {'text/html': clean_html, 'text/markdown': _clean_markdown,
             'image/svg+xml': _clean_svg}


def clean_outputs(notebook):
    """Clean the outputs of a notebook (as parsed JSON) in place."""
    for cell in notebook['cells']:
        if TAG in cell['metadata'].get('tags', ()):
            continue
        for output in cell.get('outputs', ()):
            data = output.get('data', {})
            for kind in _DROPPED:
                data.pop(kind, None)
            for kind, cleaned in _CLEANERS.items():
                if kind in data:
                    text = data[kind]
                    data[kind] = cleaned(text if isinstance(text, str)
                                         else ''.join(text))
    return notebook
