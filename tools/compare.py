"""What changed in the outputs of sections between two builds.

Against the notebooks of another build, or, without one, against the result
that each section had in the store before: so one sees what a new version of
a package changes in the book.  nbdime finds and prints the differences.
"""
import copy
import io
import sys

from tools import build, fingerprint, notebooks, store
from tools.errors import BookError, Problem


def _nbdime():
    try:
        import nbdime
        import nbdime.prettyprint
    except ImportError as error:
        raise BookError(Problem(f'comparing needs nbdime: {error}',
                                hint='pip install nbdime')) from None
    return nbdime


def _comparable(notebook):
    """A copy of the notebook without what differs from run to run."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = {}
    for cell in notebook.cells:
        cell.pop('id', None)
        if cell.cell_type != 'code':
            continue
        cell.execution_count = None
        if 'nbval-ignore-output' in cell.metadata.get('tags', ()):
            cell.outputs = []
        for output in cell.outputs:
            output.pop('execution_count', None)
            # It says the same as the SVG beside it.
            output.get('data', {}).pop('application/pdf', None)
    return notebook


def _earlier(kept, profile, names, current):
    """{section: its newest result in the store that is not the current}."""
    found = {}
    for mark in kept.fingerprints():
        record = kept.get(mark)
        name = (record or {}).get('section')
        if (name not in names or record.get('profile') != profile.name
                or current.get(name) == mark):
            continue
        used = (record['date'], kept.last_used(mark) or 0)
        if name not in found or used > found[name][0]:
            found[name] = used, record
    return {name: record for name, (_, record) in found.items()}


def _difference(before, after):
    """Lines of the difference of two notebooks; none if they are alike."""
    nbdime = _nbdime()
    a, b = _comparable(before), _comparable(after)
    changes = nbdime.diff_notebooks(a, b)
    if not changes:
        return []
    text = io.StringIO()
    config = nbdime.prettyprint.PrettyPrintConfig(
        out=text, use_color=sys.stdout.isatty(), include=None)
    nbdime.prettyprint.pretty_print_notebook_diff(
        'before', 'now', a, changes, config)
    return text.getvalue().rstrip().split('\n')[3:]


def _read(path):
    import nbformat
    return nbformat.reads(path.read_text(encoding='utf-8'), as_version=4)


def _of_folder(folder, section):
    path = folder / f'{section.name}.ipynb'
    try:
        return _read(path), []
    except FileNotFoundError:
        return None, ['it is not in the other build']
    except Exception as error:      # what others have built may be anything
        return None, [f'{path} cannot be read: {error}']


def _of_record(record, section, profile, parts):
    import nbformat
    if record is None:
        return None, ['the store has no other result of it']
    said = fingerprint.differences(record['parts'], parts)
    notebook = notebooks.to_notebook(section, profile)
    if len(record['outputs']) != len(section.code_cells):
        return None, [*said, 'its cells are others: outputs cannot be '
                             'compared']
    notebooks.with_outputs(notebook, record['outputs'])
    return nbformat.reads(nbformat.writes(notebook), as_version=4), said


def compare(book, profile, wanted=(), folder=None):
    """Yield (section's name, lines about it, whether outputs differ)."""
    _nbdime()
    contents, _, _, _ = build.load(book)
    status = build.Status(book, profile)
    chosen = [s for s in build.select(contents, wanted, book)
              if s.has_code and 'fingerprint' in status.get(s.name)]
    if folder is not None and not folder.is_dir():
        raise BookError(Problem('not a folder of executed notebooks', folder,
                                hint='such as _build/cpu/notebooks of '
                                     'another checkout'))
    earlier = {}
    if folder is None:
        earlier = _earlier(
            store.of_book(book), profile, {s.name for s in chosen},
            {s.name: status.get(s.name)['fingerprint'] for s in chosen})
    for section in chosen:
        path = build.notebook_path(book, profile, section)
        if not path.exists():
            continue
        now = _read(path)
        if folder is not None:
            before, said = _of_folder(folder, section)
        else:
            before, said = _of_record(
                earlier.get(section.name), section, profile,
                status.get(section.name)['parts'])
        lines = _difference(before, now) if before is not None else []
        yield section.name, said + lines, bool(lines)
