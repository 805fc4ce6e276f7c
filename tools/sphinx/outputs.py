"""Long outputs are folded, and wide ones scroll inside their box."""
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

MOST = 30       # lines of an output that are shown at once


class FoldOutputs(SphinxPostTransform):
    """Put text outputs of more than `MOST` lines behind their first lines."""

    default_priority = 400
    formats = ('html',)

    def run(self, **kwargs):
        if self.app.builder.name == 'epub':
            return
        for cell in self.document.findall(nodes.container):
            if cell.get('nb_element') != 'cell_code_output':
                continue
            for block in list(cell.findall(nodes.literal_block)):
                lines = block.astext().rstrip('\n').count('\n') + 1
                if lines <= MOST:
                    continue
                place = block.parent.index(block)
                block.parent.insert(place, nodes.raw(
                    '', '<details class="book-long"><summary>'
                    f'{lines} lines of output</summary>', format='html'))
                block.parent.insert(place + 2, nodes.raw(
                    '', '</details>', format='html'))


def setup(app):
    app.add_post_transform(FoldOutputs)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
