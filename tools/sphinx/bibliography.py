"""Style of the bibliography: entries found by what the text cites.

A citation reads [Galton, 1886]; the entry that it leads to begins with the
same words, so that it can be found in print as well.
"""
import string
from collections import Counter

from pybtex.plugin import register_plugin
from pybtex.richtext import Text
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.template import optional, sentence


def last_name(person):
    """'van der Vaart' of a pybtex person, as plain text."""
    names = person.rich_prelast_names + person.rich_last_names
    return str(Text(' ').join(names))


def label(entry):
    """How the text cites `entry`: 'Galton, 1886', 'Ho et al., 2020'."""
    people = entry.persons.get('author') or entry.persons.get('editor') or ()
    names = [last_name(p) for p in people]
    if not names:
        who = entry.fields.get('organization') or entry.key
    elif len(names) > 2:
        who = f'{names[0]} et al.'
    else:
        who = ' and '.join(names)
    return f'{who}, {entry.fields.get("year", "n.d.")}'


class LabelStyle(BaseLabelStyle):
    """Author and year; entries that agree in both are told apart by a, b."""

    def format_labels(self, sorted_entries):
        labels = [label(entry) for entry in sorted_entries]
        count, used = Counter(labels), Counter()
        for text in labels:
            if count[text] == 1:
                yield text
            else:
                yield text + string.ascii_lowercase[used[text]]
                used[text] += 1


class Style(UnsrtStyle):
    """Sorted by author, then year, and labelled as cited."""

    default_sorting_style = 'author_year_title'
    default_label_style = LabelStyle

    def format_web_refs(self, e):
        # The DOI is the better address where there is one.
        parts = [optional[self.format_eprint(e)]]
        if 'doi' in e.fields:
            parts.append(optional[self.format_doi(e)])
        else:
            parts.append(optional[self.format_url(e)])
        return sentence[parts]


def without_role(app, pagename, templatename, context, doctree):
    """Entries have a role of their own, which no list may hold."""
    if 'body' in context:
        context['body'] = context['body'].replace(
            '<div role="list" class="citation-list">',
            '<div class="citation-list">')


def setup(app):
    app.connect('html-page-context', without_role)
    register_plugin('pybtex.style.formatting', 'book', Style)
    return {'parallel_read_safe': True, 'parallel_write_safe': True,
            'version': '1'}
