"""What a section defines, without running the section."""
import ast
from pathlib import Path

import jupytext

CHAPTERS = Path(__file__).resolve().parents[2] / 'chapters'


def _names(node):
    """The names that a statement defines or assigns."""
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets
                if isinstance(target, ast.Name)}
    return {getattr(node, 'name', None)}


def definitions(section, wanted, names):
    """Add the definitions called `wanted` of a section to `names`.

    `section` is like 'convolutional-modern/vgg', and `names` holds what the
    definitions need, as the section's imports.  Returns `names`.
    """
    for cell in jupytext.read(CHAPTERS / f'{section}.md').cells:
        if cell.cell_type == 'code' and not cell.source.startswith('%'):
            for node in ast.parse(cell.source).body:
                if _names(node) & set(wanted):
                    exec(ast.unparse(node), names)
    missing = set(wanted) - set(names)
    assert not missing, f'{section} does not define {missing}'
    return names
