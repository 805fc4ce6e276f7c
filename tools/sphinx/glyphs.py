"""Print every character: those that a font lacks come from another font.

The fonts of the text hold Latin and Greek; arrows, box drawings and the
like stand in DejaVu and FreeFont.  Which characters need help is found by
looking into the fonts, so that nobody has to keep a list.
"""
import functools
import shutil
import subprocess

from docutils import nodes

FONTS = ('TeX Gyre Pagella', 'TeX Gyre Heros', 'DejaVu Sans Mono')
FALLBACKS = ('DejaVu Sans', 'FreeSerif', 'FreeSans', 'FreeMono')


@functools.cache
def characters(font):
    """Code points of the installed `font`; None when it cannot be found."""
    if shutil.which('fc-match') is None:
        return None
    found = subprocess.run(
        ['fc-match', '-f', '%{file}\t%{family}\t%{index}', font],
        capture_output=True, text=True).stdout.split('\t')
    # fc-match always finds something; it has to be the font asked for.
    if len(found) != 3 or font not in found[1].split(','):
        return None
    try:
        from fontTools.ttLib import TTFont
        with TTFont(found[0], fontNumber=int(found[2] or 0),
                    lazy=True) as opened:
            return frozenset(opened.getBestCmap())
    except Exception:
        return None


def wanted(text, fonts=FONTS):
    """Characters of `text` that some font of the book lacks, in order."""
    unusual = {c for c in text if ord(c) > 126 and c.isprintable()
               and not c.isspace()}
    sets = [characters(font) for font in fonts]
    return sorted(c for c in unusual
                  if any(s is not None and ord(c) not in s for s in sets))


def fallback(character, fonts=FALLBACKS):
    """The first fallback font that has `character`, or None."""
    for font in fonts:
        known = characters(font)
        if known is not None and ord(character) in known:
            return font
    return None


def _letters(number):
    """'a', 'b', …, 'z', 'ba', …: names of commands have letters only."""
    name = ''
    while True:
        number, rest = divmod(number, 26)
        name = chr(ord('a') + rest) + name
        if not number:
            return name


def preamble(text):
    """LaTeX that prints what the fonts of the book lack for `text`."""
    families, lines = {}, []
    for character in wanted(text):
        font = fallback(character)
        if font is None:
            continue
        family = families.setdefault(
            font, f'\\bookfallback{_letters(len(families))}')
        glyph = f'\\bookglyph{_letters(len(lines))}'
        code = f'"{ord(character):X} '
        # A robust command: microtype looks into what is not.
        lines.append(
            f'\\DeclareRobustCommand{{{glyph}}}{{\\texorpdfstring{{\\ifmmode'
            f'\\char{code}\\else\\iffontchar\\font{code}\\char{code}\\else'
            f'{{{family}\\char{code}}}\\fi\\fi}}'
            f'{{\\unichar{{{ord(character)}}}}}}}'
            f'\\newunicodechar{{{character}}}{{{glyph}}}')
    # Italics hold fewer characters than the upright font that was looked at.
    return '\n'.join(
        [f'\\newfontfamily{family}{{{font}}}[Scale=MatchLowercase,'
         f'ItalicFont={{{font}}},BoldItalicFont={{{font}}}]'
         for font, family in families.items()] + lines) + '\n'


def add_fallbacks(app, doctree, docname):
    if app.builder.format != 'latex':
        return
    text = ''.join(str(node) for node in doctree.findall(nodes.Text))
    app.builder.context['preamble'] += preamble(text)


def setup(app):
    # After the transforms that take cells out of the printed book.
    app.connect('doctree-resolved', add_fallbacks, priority=900)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
