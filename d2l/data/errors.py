"""The errors of the data layer, with messages made for the reader."""


class DataError(RuntimeError):
    """A data set, file or archive cannot be had or used; says what to do."""


class SourceError(Exception):
    """One source could not deliver; the reason, in one line."""
