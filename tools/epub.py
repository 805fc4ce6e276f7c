"""Finish the EPUB that Sphinx packs: what readers' programs insist on.

Pages with formulas are declared as such, pictures lose the reference to
their document type, and style sheets that only the site has are not asked
for.  Tested by epubcheck.
"""
import re
import zipfile
from pathlib import Path, PurePosixPath

_TIME = (1980, 1, 1, 0, 0, 0)
_LINK = re.compile(r'<link rel="stylesheet"[^>]*?href="([^"]+)"[^>]*/>\s*')
_SCRIPT = re.compile(r'<script\b[^>]*?(?:/>|>.*?</script>)\s*', re.S)
_DOCTYPE = re.compile(r'<!DOCTYPE svg[^>]*>\s*', re.S)
_ITEM = re.compile(r'<item [^>]*?href="([^"]+)"[^>]*?/>')
_EMPTY_PATH = re.compile(r'<path(?=\s)(?![^>]*\sd=)(?=[^>]*/>)')
# Characters that XML knows no way to write.
_CONTROL = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]')
# Style sheets that belong to the EPUB; others are the site's.
_STYLES = {'book-epub.css', 'epub.css', 'basic.css', 'pygments.css'}


def _foreign(name):
    """Whether a file is for the site only."""
    path = PurePosixPath(name)
    return (path.suffix == '.js' or path.name == 'social.png'
            or path.suffix == '.css' and path.name not in _STYLES)


def _page(text, name, names):
    folder = PurePosixPath(name).parent

    def keep(found):
        parts = []
        for part in (folder / found.group(1).split('?')[0]).parts:
            if part == '..':
                parts.pop()
            else:
                parts.append(part)
        return found.group(0) if '/'.join(parts) in names else ''

    return _CONTROL.sub('', _SCRIPT.sub('', _LINK.sub(keep, text)))


def _package(text, with_math):
    def declare(found):
        item = found.group(0)
        if found.group(1) not in with_math or re.search(
                'properties="[^"]*mathml', item):
            return item
        if 'properties="' in item:
            return item.replace('properties="', 'properties="mathml ')
        return re.sub(r'\s*/>$', ' properties="mathml"/>', item)

    text = re.sub(r'\s*<meta property="ibooks:[^"]*">[^<]*</meta>', '', text)
    text = re.sub(r'\s*<dc:contributor>unknown</dc:contributor>', '', text)
    seen = set()

    def once(found):
        again = found.group(1) in seen
        seen.add(found.group(1))
        return '' if again else found.group(0)

    # Sphinx lists the cover twice when its page was there before.
    text = re.sub(r'\s*<itemref idref="([^"]+)"[^>]*/>', once, text)
    text = _ITEM.sub(lambda found: '' if _foreign(found.group(1))
                     else found.group(0), text)
    return _ITEM.sub(declare, text)


def finish(path):
    """Rewrite the EPUB at `path` in place."""
    path = Path(path)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()
                   if not _foreign(name)}
    names = set(content)
    with_math = set()
    for name, blob in content.items():
        if name.endswith('.xhtml'):
            text = _page(blob.decode(), name, names)
            content[name] = text.encode()
            if '<math ' in text:
                with_math.add(name)
        elif name.endswith('.svg'):
            # The glyph of a space has no outline; the standard wants one.
            text = _SCRIPT.sub('', _DOCTYPE.sub('', blob.decode()))
            content[name] = _EMPTY_PATH.sub('<path d="M0 0"', text).encode()
    package = next(n for n in names if n.endswith('.opf'))
    content[package] = _package(content[package].decode(),
                                with_math).encode()
    part = path.with_suffix('.part')
    with zipfile.ZipFile(part, 'w', zipfile.ZIP_DEFLATED) as archive:
        # The type stands first and uncompressed, by the standard.
        for name in ['mimetype', *sorted(names - {'mimetype'})]:
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = (zipfile.ZIP_STORED if name == 'mimetype'
                                  else zipfile.ZIP_DEFLATED)
            archive.writestr(info, content[name])
    part.replace(path)
    return path
