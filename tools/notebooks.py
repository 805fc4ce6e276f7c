"""Turn a section into a notebook, and results into its outputs."""
import ast
import copy
import hashlib

from tools.config import suggestion
from tools.errors import BookError, Problem
from tools.saving import parse_code


def parameter_names(section):
    """Names assigned in the cell tagged ``parameters``, and that cell."""
    for cell in section.code_cells:
        if 'parameters' in cell.tags:
            names = []
            try:
                tree = parse_code(cell.source)
            except SyntaxError:
                return [], cell
            for node in tree.body if tree else ():
                targets = (node.targets if isinstance(node, ast.Assign)
                           else [node.target] if isinstance(node,
                                                            ast.AnnAssign)
                           else [])
                for target in targets:
                    names += [n.id for n in ast.walk(target)
                              if isinstance(n, ast.Name)]
            return names, cell
    return [], None


def check_parameters(section):
    """Problems with the profile values of a section."""
    names, cell = parameter_names(section)
    problems = []
    for profile, values in section.meta.profiles.items():
        for key in values:
            if cell is None:
                problems.append(Problem(
                    f'profile {profile!r} gives a value for {key!r}, but no '
                    'cell is tagged parameters', section.path, 1,
                    hint='tag the cell that assigns it with [parameters]'))
            elif key not in names:
                problems.append(Problem(
                    f'profile {profile!r} gives a value for the unknown '
                    f'parameter {key!r}', section.path, cell.line,
                    cell.number, suggestion(key, names)))
    return problems


def _cell_id(section, index, source):
    text = f'{section.name}\0{index}\0{source}'
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def to_notebook(section, profile):
    """An nbformat notebook of the section, with the profile's parameters.

    Where the profile changes parameters, a cell that assigns them follows
    the tagged one (the papermill convention).
    """
    from nbformat import v4

    problems = check_parameters(section)
    if problems:
        raise BookError(*problems)
    values = section.meta.profiles.get(profile.name, {})
    cells = []
    for index, cell in enumerate(section.cells):
        metadata = copy.deepcopy(cell.metadata)
        make = {'code': v4.new_code_cell, 'markdown': v4.new_markdown_cell,
                'raw': v4.new_raw_cell}[cell.kind]
        new = make(cell.source, metadata=metadata)
        new['id'] = _cell_id(section, index, cell.source)
        cells.append(new)
        if values and 'parameters' in cell.tags:
            source = f'# Values of the profile {profile.name!r}\n' + (
                '\n'.join(f'{k} = {v!r}' for k, v in values.items()))
            extra = v4.new_code_cell(
                source, metadata={'tags': ['injected-parameters']})
            extra['id'] = _cell_id(section, f'{index}+', source)
            cells.append(extra)
    metadata = copy.deepcopy(section.metadata)
    metadata['kernelspec'] = {'name': 'python3', 'display_name': 'Python 3',
                              'language': 'python'}
    metadata.setdefault('language_info', {'name': 'python'})
    return v4.new_notebook(cells=cells, metadata=metadata)


def source_cell(section, notebook, index):
    """The section's own cell behind cell `index` of its notebook."""
    position = -1
    for cell in notebook.cells[:index + 1]:
        if 'injected-parameters' not in cell.metadata.get('tags', ()):
            position += 1
    return section.cells[position]


def outputs_of(notebook):
    """Outputs and execution counts of the code cells, in order."""
    return [{'outputs': c.outputs, 'count': c.execution_count}
            for c in notebook.cells if c.cell_type == 'code']


def with_outputs(notebook, results):
    """Put the `outputs_of` an execution into a fresh notebook, in place.

    There may be fewer results than cells when execution stopped early.
    """
    from nbformat import from_dict

    code = [c for c in notebook.cells if c.cell_type == 'code']
    for cell, result in zip(code, results, strict=False):
        cell.outputs = [from_dict(o) for o in result['outputs']]
        cell.execution_count = result['count']
    return notebook
