"""The printed book: its numbers, its fonts, and what it does not show."""
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

_ANSI = re.compile(r'\x1b\[[0-9;]*[A-Za-z]')
# A bell, say: LaTeX stops at such characters.
_CONTROL = re.compile(r'[\x00-\x08\x0b-\x1f\x7f]')

PREAMBLE = r'''
\usepackage{microtype}
\usepackage{unicode-math}
\setmainfont{TeX Gyre Pagella}
\setsansfont[Scale=MatchLowercase]{TeX Gyre Heros}
\setmonofont[Scale=0.82]{DejaVu Sans Mono}
\setmathfont{TeX Gyre Pagella Math}
\usepackage{newunicodechar}
\AtBeginDocument{\renewcommand{\setminus}{\mathbin{\backslash}}}
\setcounter{tocdepth}{1}
\setcounter{secnumdepth}{2}
\widowpenalty=10000
\clubpenalty=10000
\raggedbottom
\emergencystretch=3em
% Fractions in the cells of a table need some room.
\usepackage{etoolbox}
\AtBeginEnvironment{tabulary}{\renewcommand{\arraystretch}{1.25}}
\AtBeginEnvironment{tabular}{\renewcommand{\arraystretch}{1.25}}
\AtBeginEnvironment{longtable}{\renewcommand{\arraystretch}{1.25}}
\definecolor{bookblue}{rgb}{0.08,0.33,0.55}
\definecolor{bookdark}{rgb}{0.10,0.20,0.32}
\makeatletter
% Sphinx numbers with \arabic{chapter} only: 2.7.1 in place of B.7.1.
\AtBeginDocument{%
  \def\book@prefix{\ifnum\c@chapter>\z@\thechapter.\ifnum\c@section>\z@
    \arabic{section}.\fi\fi}%
  \renewcommand{\thefigure}{\book@prefix\arabic{figure}}%
  \renewcommand{\thetable}{\book@prefix\arabic{table}}%
  \renewcommand{\theliteralblock}{\book@prefix\arabic{literalblock}}%
  \renewcommand{\theequation}{\book@prefix\arabic{equation}}}
% Heads of chapters: number and title over a rule.
\titleformat{\chapter}[display]
  {\normalfont\sffamily\bfseries\color{bookdark}\raggedright}
  {\large\chaptertitlename\ \thechapter}{0.4ex}{\huge}
  [\vspace{0.6ex}{\color{bookblue}\titlerule[1.2pt]}]
\titlespacing*{\chapter}{0pt}{-1ex}{4ex}
% Running heads: page outside, chapter on the left, section on the right.
\def\book@right{\sbox\z@{\rightmark}\ifdim\wd\z@=\z@\leftmark
  \else\rightmark\fi}
\fancypagestyle{normal}{%
  \fancyhf{}%
  \fancyhead[LE,RO]{\sffamily\small\thepage}%
  \fancyhead[RE]{\sffamily\small\nouppercase{\leftmark}}%
  \fancyhead[LO]{\sffamily\small\nouppercase{\book@right}}%
  \renewcommand{\headrulewidth}{0.4pt}\renewcommand{\footrulewidth}{0pt}}
\fancypagestyle{plain}{%
  \fancyhf{}\fancyfoot[LE,RO]{\sffamily\small\thepage}%
  \renewcommand{\headrulewidth}{0pt}\renewcommand{\footrulewidth}{0pt}}
% Inputs have a bar and a tint, outputs neither.
\newenvironment{sphinxclasscell_output}{\sphinxsetup{%
  VerbatimColor={rgb}{1,1,1},pre_border-width=0pt,
  pre_padding-left=8pt,pre_padding-top=1pt,pre_padding-bottom=1pt}}{}
% The list of references stands in the chapter that has its name.
\renewenvironment{sphinxthebibliography}[1]
  {\begin{list}{}{\setlength{\leftmargin}{1.5em}%
     \setlength{\itemindent}{-1.5em}\setlength{\labelwidth}{0pt}%
     \setlength{\labelsep}{0pt}\setlength{\itemsep}{0.4ex plus 0.2ex}%
     \setlength{\parsep}{0pt}}%
   \small\raggedright\sloppy
   \renewcommand{\makelabel}[1]{}%
   \def\@lbibitem[##1]##2{\item[]\if@filesw{\let\protect\noexpand
     \immediate\write\@auxout{\string\bibcite{##2}{##1}}}\fi
     \leavevmode\hypertarget{cite.##2}{\textbf{##1}}\enspace\ignorespaces}}
  {\end{list}}
\makeatother
'''

SETUP = ', '.join((
    'verbatimforcewraps=true', 'verbatimhintsturnover=false',
    'VerbatimColor={rgb}{0.96,0.965,0.975}',
    'VerbatimBorderColor={rgb}{0.08,0.33,0.55}',
    'pre_border-top-width=0pt', 'pre_border-right-width=0pt',
    'pre_border-bottom-width=0pt', 'pre_border-left-width=1.6pt',
    'pre_border-radius=0pt', 'pre_padding-left=6pt',
    'TitleColor={rgb}{0.10,0.20,0.32}',
    'InnerLinkColor={rgb}{0.08,0.33,0.55}',
    'OuterLinkColor={rgb}{0.08,0.33,0.55}',
    'hmargin={1.05in,1.05in}', 'vmargin={1in,1in}', 'marginpar=0in'))


def elements(title, subtitle):
    """The ``latex_elements`` of the configuration."""
    return {
        'papersize': 'a4paper', 'pointsize': '10pt',
        'fontpkg': '', 'fontenc': '', 'inputenc': '', 'utf8extra': '',
        'babel': r'\usepackage{polyglossia}\setmainlanguage{english}',
        'polyglossia': '', 'fncychap': '',
        'sphinxsetup': SETUP, 'preamble': PREAMBLE,
        'printindex': r'\footnotesize\raggedright\printindex',
        'extraclassoptions': 'openany',
        'hyperref': (r'\usepackage[bookmarksnumbered]{hyperref}'
                     r'\usepackage{hypcap}\usepackage{bookmark}\urlstyle{same}'),
        'maketitle': _title_page(title, subtitle),
        # Sphinx would call the contents by the first toctree's caption.
        'tableofcontents': (r'\renewcommand{\contentsname}{Contents}'
                            r'\sphinxtableofcontents\markboth{}{}'),
        'figure_align': 'htbp',
    }


def _title_page(title, subtitle):
    whole = f'{title}: {subtitle}' if subtitle else title
    return rf'''
\hypersetup{{pdftitle={{{whole}}}, pdfsubject={{A textbook in executable
notebooks}}, pdfkeywords={{deep learning, PyTorch, textbook}},
pdfauthor={{The contributors of the executable edition}},
pdflang={{en-US}}, pdfdisplaydoctitle=true}}
\begin{{titlepage}}
\centering
\vspace*{{0.22\textheight}}
{{\sffamily\bfseries\Huge\color{{bookdark}} {title}\par}}
\vspace{{1em}}
{{\color{{bookblue}}\rule{{0.45\textwidth}}{{1.2pt}}\par}}
\vspace{{1em}}
{{\sffamily\Large {subtitle}\par}}
\vfill
{{\small An independent edition. Text: CC BY 4.0. Code: Apache-2.0.\par}}
\end{{titlepage}}
'''


class MathInTitles(SphinxPostTransform):
    """Bookmarks of a PDF hold text only: give formulas there a plain form."""

    default_priority = 385
    formats = ('latex',)

    def run(self, **kwargs):
        for title in self.document.findall(nodes.title):
            for math in list(title.findall(nodes.math)):
                text = math.astext()
                plain = re.sub(r'[\\{}$]', '', text)
                math.parent.replace(math, nodes.raw(
                    '', f'\\texorpdfstring{{\\({text}\\)}}{{{plain}}}',
                    format='latex'))


class PlainText(SphinxPostTransform):
    """Terminal colours and control characters mean nothing to LaTeX."""

    default_priority = 390
    formats = ('latex',)

    def run(self, **kwargs):
        for block in self.document.findall(nodes.literal_block):
            text = block.astext()
            if _CONTROL.search(text):
                block.children = [nodes.Text(
                    _CONTROL.sub('', _ANSI.sub('', text)))]
                block.rawsource = block.astext()


def _raw(text):
    return nodes.raw('', text, format='latex')


def set_counters(app, doctree, docname):
    """Give chapters and sections of the assembled book their numbers."""
    if app.builder.format != 'latex':
        return
    numbers = app.config.book_numbers
    chapters = {name.split('/')[0]: number
                for name, number in numbers.items() if '.' not in number}
    in_appendix = False
    for file in doctree.findall(addnodes.start_of_file):
        name = file['docname']
        number = numbers.get(name)
        if number is None:
            if name.split('/')[0] not in chapters:
                file.insert(0, _raw('\\setcounter{secnumdepth}{-1}\n'))
            continue
        *_, last = parts = number.split('.')
        counter = 'chapter' if len(parts) == 1 else 'section'
        code = '\\setcounter{secnumdepth}{2}\n'
        if last.isdigit():
            value = int(last)
        else:
            value = ord(last) - ord('A') + 1
            if not in_appendix:
                code += '\\appendix\n'
                in_appendix = True
        code += f'\\setcounter{{{counter}}}{{{value - 1}}}\n'
        file.insert(0, _raw(code))


def setup(app):
    app.add_post_transform(MathInTitles)
    app.add_post_transform(PlainText)
    app.connect('doctree-resolved', set_counters)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
