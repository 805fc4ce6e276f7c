"""Tell drawings in ink from pictures with shades, for dark mode.

In dark mode the site turns drawings, dark lines on nothing, into light lines.
A picture whose brightness means something (a photograph, a heat map, a
contour plot) must not be turned: it gets a light card instead.
"""
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

INK, SHADES = 'book-ink', 'book-shades'
# How matplotlib names groups of shaded areas; rasters are <image>.
_SHADES = re.compile(
    rb'<image\b|id="(?:QuadMesh|QuadContourSet|PolyQuadMesh|Poly3D)')


def kind(path):
    """INK or SHADES for the picture in the file `path`."""
    path = Path(path)
    if path.suffix.lower() != '.svg':
        return SHADES
    try:
        return SHADES if _SHADES.search(path.read_bytes()) else INK
    except OSError:
        return INK


class ClassifyPictures(SphinxPostTransform):
    """Give each image of a page its class."""

    default_priority = 390      # when formats and types are chosen
    formats = ('html',)

    def run(self, **kwargs):
        supported = self.app.builder.supported_image_types
        for image in self.document.findall(nodes.image):
            uri = image['uri']
            if '://' in uri or {INK, SHADES} & set(image['classes']):
                continue
            candidates = image.get('candidates', {})
            if '*' not in candidates:
                # The same choice as Sphinx makes later: the first supported.
                uri = next((candidates[t] for t in supported
                            if t in candidates), uri)
            image['classes'].append(kind(Path(self.app.srcdir) / uri))


_IMAGE = re.compile(r'<img (?P<rest>[^>]*?src="(?P<src>[^"]+)"[^>]*)>')
_SIZE = re.compile(rb'<svg[^>]*?\bwidth="([\d.]+)(pt|px)?"[^>]*?>', re.S)
_HIGH = re.compile(rb'<svg[^>]*?\bheight="([\d.]+)(pt|px)?"[^>]*?>', re.S)


def size(path):
    """(width, height) of a picture in CSS pixels, or None."""
    path = Path(path)
    try:
        if path.suffix.lower() == '.svg':
            head = path.read_bytes()[:2000]
            found = _SIZE.search(head), _HIGH.search(head)
            if not all(found):
                return None
            return tuple(round(float(f.group(1))
                               * (4 / 3 if f.group(2) == b'pt' else 1))
                         for f in found)
        from PIL import Image
        with Image.open(path) as image:
            return image.size
    except (OSError, ValueError):
        return None


def load_late(app, pagename, templatename, context, doctree):
    """Pictures are loaded when they come into view; their size is known
    before, so that the page does not jump."""
    if app.builder.name != 'html' or doctree is None:
        return
    page = (Path(app.outdir) / pagename).parent
    names = {name: source for source, name in app.builder.images.items()}

    def replace(found):
        rest, source = found.group('rest').rstrip('/ '), found.group('src')
        original = names.get(Path(source).name)
        measured = size(Path(app.srcdir) / original if original
                        else page / source)
        if measured and ' width=' not in rest and 'style=' not in rest:
            rest += f' width="{measured[0]}" height="{measured[1]}"'
        return f'<img loading="lazy" decoding="async" {rest}>'

    context['body'] = _IMAGE.sub(replace, context['body'])


def setup(app):
    app.add_post_transform(ClassifyPictures)
    app.connect('html-page-context', load_late)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
