"""How the printed book looks: fonts, heads, boxes, first pages."""

PREAMBLE = r'''
\usepackage{microtype}
\usepackage{unicode-math}
\setmainfont{TeX Gyre Pagella}
\setsansfont[Scale=MatchLowercase]{TeX Gyre Heros}
\setmonofont[Scale=0.82]{DejaVu Sans Mono}
\setmathfont{TeX Gyre Pagella Math}
\usepackage{newunicodechar}
% Links of citations stand in captions too.
\AtBeginDocument{\robustify\hyperlink}
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
% Addresses may break anywhere.
\usepackage{xurl}
% Figures stay with their text.
\usepackage{placeins}
\pretocmd{\section}{\FloatBarrier}{}{}
\pretocmd{\subsection}{\FloatBarrier}{}{}
\renewcommand{\topfraction}{0.85}
\renewcommand{\bottomfraction}{0.7}
\renewcommand{\textfraction}{0.1}
\renewcommand{\floatpagefraction}{0.75}
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
% A part has a page of its own.
\titleclass{\part}{page}
\titleformat{\part}[display]
  {\normalfont\sffamily\bfseries\color{bookdark}\centering}
  {\LARGE\partname\ \thepart}{2ex}{\Huge}
  [\vspace{2ex}{\color{bookblue}\rule{0.45\textwidth}{1.2pt}}]
\titlespacing*{\part}{0pt}{0.28\textheight}{0pt}
\assignpagestyle{\part}{empty}
\newcommand{\bookright}{\FloatBarrier\clearpage
  \ifodd\c@page\else\thispagestyle{empty}\null\clearpage\fi}
\newcommand{\bookpart}[1]{\bookright\part{#1}\bookright}
% Roman page numbers until here.
\newcommand{\bookmain}{\bookright\pagenumbering{arabic}}
% The appendix: no page of its own, but an entry in contents and outline.
\newcommand{\bookappendix}[1]{\FloatBarrier\clearpage\appendix
  \phantomsection\addcontentsline{toc}{part}{#1}}
% What follows belongs to no part.
\newcommand{\bookend}{\FloatBarrier\clearpage\bookmarksetup{startatroot}}
% Long entries of lists end before the page numbers.
\renewcommand{\@tocrmarg}{3.4em plus 1fil}
\renewcommand{\@pnumwidth}{2.2em}
% Room for what stays together.  (That of needspace.sty is a place where
% pages like to end even if there is room.)
\newcommand{\booktogether}[1]{\par\penalty\z@\begingroup
  \dimen@\dimexpr#1\relax \dimen@ii\dimexpr\pagegoal-\pagetotal\relax
  \ifdim\dimen@>\dimen@ii \ifdim\dimen@ii>\z@\vfil\break\fi\fi\endgroup}
% Pages that references lead to.
\newcommand{\bookpage}[1]{~(p.\,\pageref{#1})}
\newcommand{\bookpagein}[1]{, p.\,\pageref{#1}}
% Numbers such as 2.7.10 need room in the list of figures.
\renewcommand*{\l@figure}{\@dottedtocline{1}{0pt}{3.4em}}
% Spaces in code are characters, so that it is copied as it was written.
\def\spx@verbatim@space{\nobreak\hskip\z@skip
  \discretionary{\copy\sphinxvisiblespacebox}{\sphinxafterbreak}%
    {\char32\relax}}
% A frame that ends with its page leaves nothing for the next.
\patchcmd{\fb@put@frame}{\ifvoid\@tempboxa}
  {\ifdim\ht\@tempboxa<0.5\baselineskip}{}{}
% The index speaks of things more often than of code.
\AtBeginDocument{\protected\def\sphinxstyleindexentry#1{#1}}
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
        'printindex': r'\bookend\footnotesize\raggedright\printindex',
        'extraclassoptions': 'openany',
        'hyperref': (
            r'\usepackage[bookmarksnumbered]{hyperref}'
            r'\usepackage{hypcap}\usepackage{bookmark}\urlstyle{same}'),
        'maketitle': _first_pages(title, subtitle),
        'tableofcontents': CONTENTS,
        'figure_align': '!htbp',
    }


# Sphinx would call the contents by the first toctree's caption.
CONTENTS = r'''
\pagestyle{plain}
\renewcommand{\contentsname}{Contents}
\renewcommand{\listfigurename}{Figures}
\begingroup
\parskip=0pt
\sphinxtableofcontentshook
\pdfbookmark[0]{\contentsname}{contents}
\tableofcontents
\clearpage
\phantomsection
\addcontentsline{toc}{chapter}{\listfigurename}
\listoffigures
\clearpage
\endgroup
\pagestyle{normal}
\chapter*{This Edition}
\addcontentsline{toc}{chapter}{This Edition}
\markboth{This Edition}{}
'''


def _first_pages(title, subtitle):
    whole = f'{title}: {subtitle}' if subtitle else title
    return rf'''
\hypersetup{{pdftitle={{{whole}}}, pdfsubject={{A textbook of deep learning
in executable notebooks}}, pdfkeywords={{deep learning, PyTorch, textbook}},
pdfauthor={{The contributors of the executable edition}},
pdfdisplaydoctitle=true}}
\special{{pdf:put @catalog << /Lang (en-US) >>}}
\pagenumbering{{roman}}
\IfFileExists{{cover.pdf}}{{%
  \pdfbookmark[0]{{Cover}}{{cover}}%
  \AddToHookNext{{shipout/background}}{{\put(0pt,-\paperheight){{%
    \includegraphics[width=\paperwidth,height=\paperheight]{{cover.pdf}}}}}}%
  \thispagestyle{{empty}}\null\clearpage
  \thispagestyle{{empty}}\null\clearpage}}{{}}
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
\setcounter{{page}}{{3}}
'''
