"""Sphinx configuration of the book: everything else is in ``tools``.

Sphinx reads the staged tree that `tools.stage` makes from executed
notebooks; it executes nothing and imports no framework.
"""
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from tools import config, numbering, sections  # noqa: E402
from tools.sphinx import latex_style  # noqa: E402

_book = config.load(os.environ.get('BOOK_ROOT', HERE))
_theme = HERE / 'tools' / 'theme'

project = _book.title
html_title = _book.title
author = 'the contributors of the executable edition'
copyright = 'the contributors; text CC BY 4.0, code Apache-2.0'  # noqa: A001
language = 'en'
release = version = ''

extensions = [
    'myst_nb',
    'sphinx_copybutton',
    'sphinx_exercise',
    'sphinxcontrib.bibtex',
    'tools.sphinx.mathjax',
    'tools.sphinx.numbers',
    'tools.sphinx.runs',
    'tools.sphinx.header',
    'tools.sphinx.pages',
    'tools.sphinx.outputs',
    'tools.sphinx.codelinks',
    'tools.sphinx.equations',
    'tools.sphinx.search',
    'tools.sphinx.lighten',
    'tools.sphinx.pictures',
    'tools.sphinx.sources',
    'tools.sphinx.latex',
    'tools.sphinx.hidden',
    'tools.sphinx.epub',
    'tools.sphinx.glyphs',
    'tools.sphinx.bibliography',
]
if _book.site:
    extensions += ['sphinxext.opengraph', 'sphinx_sitemap']
exclude_patterns = ['jupyter_execute', '**.ipynb_checkpoints', 'runs.json']
suppress_warnings = ['myst.header', 'epub.unknown_project_files']
nitpicky = True

# Notebooks: rendered only.
nb_execution_mode = 'off'
nb_merge_streams = True
nb_number_source_lines = False
myst_enable_extensions = ['amsmath', 'colon_fence', 'deflist', 'dollarmath',
                          'attrs_inline']
myst_dmath_double_inline = True
# Two renderers are registered; without a word Sphinx would take the EPUB's.
html_math_renderer = 'mathjax'
# Numbers of chapters and sections, the same as in the notebooks' zip.
book_numbers = numbering.number(sections.read_book(_book)).sections
book_discussions = _book.discussions
book_colab = _book.colab
# Downloads that are being built together with the site.
book_promised = os.environ.get('BOOK_PROMISED', '').split()
book_chapters = str(_book.chapters)

# Numbers.
numfig = True
numfig_secnum_depth = 2
math_numfig = True
math_number_all = False
math_eqref_format = '({number})'
numfig_format = {'section': 'Section %s', 'figure': 'Fig. %s',
                 'table': 'Table %s', 'code-block': 'Listing %s'}
exercise_style = ''

bibtex_bibfiles = [str(_book.chapters / 'references.bib')]
bibtex_default_style = 'book'
bibtex_reference_style = 'author_year'

# The site, which asks nothing of any other host.
html_theme = 'sphinx_book_theme'
html_context = {'default_mode': 'auto'}
_cover = [str(p) for p in (_book.build / 'cover',) if p.is_dir()]
html_static_path = [str(_theme / 'static'), *_cover]
templates_path = [str(_theme / 'templates')]
html_css_files = ['book.css', 'icons.css']
html_js_files = [(name, {'defer': 'defer'}) for name in (
    'book-keys.js', 'book-position.js', 'book-search.js',
    'book-previews.js', 'book-math.js', 'book-boxes.js')]
html_favicon = str(_theme / 'static' / 'favicon.svg')
html_copy_source = False
html_show_sourcelink = False
html_secnumber_suffix = ' '
html_show_sphinx = False
# In a site opened from a folder pages cannot be read for summaries.
html_show_search_summary = False
html_last_updated_fmt = None
html_theme_options = {
    'show_navbar_depth': 1,
    'show_toc_level': 2,
    'home_page_in_toc': False,
    'use_download_button': False,
    'article_header_start': ['toggle-primary-sidebar.html',
                             'breadcrumbs.html'],
    'article_header_end': ['article-header-buttons.html',
                           'book-help-button.html'],
    'footer_content_items': ['book-footer.html'],
    'primary_sidebar_end': [],
    'back_to_top_button': False,
    'use_fullscreen_button': False,
    'use_repository_button': bool(_book.repository),
    'use_edit_page_button': bool(_book.repository),
    'use_issues_button': bool(_book.repository),
    'repository_url': _book.repository,
    'repository_branch': _book.branch,
    'path_to_docs': 'chapters',
    'navigation_with_keys': True,
    'pygments_light_style': 'a11y-high-contrast-light',
    'pygments_dark_style': 'a11y-high-contrast-dark',
}
if _book.site:
    html_baseurl = _book.site
    sitemap_url_scheme = '{link}'
    sitemap_excludes = ['search.html', 'genindex.html', '404.html']
    ogp_site_name = f'{_book.title}: {_book.subtitle}'
    ogp_image = f'{_book.site.rstrip("/")}/_static/social.png'
    ogp_image_alt = f'{_book.title}: {_book.subtitle}'
    ogp_social_cards = {'enable': False}
copybutton_prompt_text = r'>>> |\.\.\. |\$ '
copybutton_prompt_is_regexp = True
# E-book readers.
epub_title = f'{_book.title}: {_book.subtitle}'
epub_author = author
epub_publisher = author
epub_copyright = copyright
epub_description = 'A textbook of deep learning in executable notebooks'
epub_identifier = epub_uid = 'dive-into-deep-learning-executable'
epub_basename = 'book'
epub_show_urls = 'no'
epub_tocdepth = 2
epub_css_files = ['book-epub.css']
if tags.has('epub'):  # noqa: F821 (Sphinx gives it)
    version = '2.0'
    html_static_path = [str(_theme / 'epub'), *_cover]
    html_css_files = html_js_files = []
epub_cover = ('_static/cover.png', 'book-cover.html') if _cover else ()
epub_exclude_files = ['search.html']

# Print.
latex_engine = 'xelatex'
latex_documents = [('index', 'book.tex', _book.title, author, 'manual')]
latex_use_xindy = False
latex_toplevel_sectioning = 'chapter'
latex_show_urls = 'no'
latex_additional_files = [str(path) for path in (
    _book.build / 'cover' / 'cover.pdf',) if path.exists()]
latex_elements = latex_style.elements(_book.title, _book.subtitle)
