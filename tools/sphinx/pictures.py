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


def setup(app):
    app.add_post_transform(ClassifyPictures)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
