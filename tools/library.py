"""Make ``d2l/torch.py`` from the book and tell whether it is up to date."""
from tools import saving
from tools.errors import BookError
from tools.sections import read_book


def extract(contents):
    """The saved library of the book's sections; raises on any problem."""
    library, problems = saving.collect(contents.sections)
    if problems:
        raise BookError(*problems)
    return library


def make(book, contents=None):
    """Write the module; returns (library, whether the file changed)."""
    contents = contents or read_book(book)
    library = extract(contents)
    text = saving.module_source(library)
    return library, saving.write_module(book.module, text)


def is_current(book):
    """Whether the committed module equals a fresh extraction."""
    text = saving.module_source(extract(read_book(book)))
    try:
        return book.module.read_text(encoding='utf-8') == text
    except OSError:
        return False
