"""Cells that are folded away on the site are left out in PDF and EPUB."""
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class HideCells(SphinxPostTransform):
    """Without a reader's click, what is hidden has to stay hidden."""

    default_priority = 190      # before MyST-NB folds them

    def apply(self, **kwargs):
        if self.app.builder.name in ('latex', 'epub'):
            self.run(**kwargs)

    def run(self, **kwargs):
        for cell in list(self.document.findall(nodes.container)):
            if cell.get('nb_element') != 'cell_code':
                continue
            tags = set(cell.get('cell_metadata', {}).get('tags', ()))
            tags |= {c.removeprefix('tag_') for c in cell['classes']
                     if c.startswith('tag_')}
            if 'hide-cell' in tags:
                cell.parent.remove(cell)
                continue
            for part in list(cell.children):
                if not isinstance(part, nodes.Element):
                    continue
                kind = part.get('nb_element')
                if (kind == 'cell_code_source' and 'hide-input' in tags
                        or kind == 'cell_code_output'
                        and 'hide-output' in tags):
                    cell.remove(part)


def setup(app):
    app.add_post_transform(HideCells)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
