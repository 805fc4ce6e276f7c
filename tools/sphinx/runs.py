"""Say at the foot of a page how and when its code was run."""
import json
from html import escape
from pathlib import Path


def sentence(run):
    """'Ran in 3.2 s · profile cpu · …' from what the build noted."""
    if 'not_run' in run:
        return f'The code of this page was not run: {run["not_run"]}.'
    if 'failed' in run:
        return f'The code of this page failed: {run["failed"]}'
    said = [f'Ran in {run["seconds"]:.1f} s', f'profile {run["profile"]}']
    if run.get('torch') and run['torch'] != 'not installed':
        said.append(f'torch {run["torch"]}')
    said += [run['date'], f'fingerprint {run["fingerprint"]}']
    return ' · '.join(said)


def add_foot(app, pagename, templatename, context, doctree):
    run = app.book_runs.get(pagename)
    if run and 'body' in context:
        kind = next((k for k in ('not_run', 'failed') if k in run), 'ok')
        text = escape(sentence(run))
        if app.builder.name == 'html':
            text += (f' · <a href="{escape(context["pathto"]("statistics"))}"'
                     '>all sections</a>')
        context['body'] += f'<p class="book-run book-run-{kind}">{text}</p>'
    template = app.config.book_discussions
    if template and doctree is not None and 'body' in context:
        address = template.replace('{page}', pagename)
        context['body'] += (f'<p class="book-discuss"><a href="'
                            f'{escape(address)}">Discuss this section</a>'
                            '</p>')


def load(app):
    path = Path(app.srcdir) / 'runs.json'
    app.book_runs = (json.loads(path.read_text(encoding='utf-8'))
                     if path.exists() else {})


def setup(app):
    app.add_config_value('book_discussions', '', 'html',
                         types=frozenset({str}))
    app.connect('builder-inited', load)
    app.connect('html-page-context', add_foot)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
