"""Pickled pandas data frames, read without pandas and without trust.

Some packages ship tables as pickles.  Loading a pickle can run any code, and
needs a pandas that still understands it.  Here the few things of which a
plain data frame consists are rebuilt from stand-ins; anything else in the
pickle is an error.  The table becomes CSV in the convention of R, with NA for
a missing value, so that what lies in the cache is readable for everyone.
"""
import csv
import io
import pickle
import struct

CODES = {'b1': '?', 'i1': 'b', 'i2': 'h', 'i4': 'i', 'i8': 'q', 'u1': 'B',
         'u2': 'H', 'u4': 'I', 'u8': 'Q', 'f4': 'f', 'f8': 'd'}


class _Dtype:
    """Stands for ``numpy.dtype``."""

    def __init__(self, code, *_):
        self.code, self.order = code, '<'

    def __setstate__(self, state):
        self.order = {'|': '<', '=': '<'}.get(state[1], state[1])

    def unpack(self, buffer):
        code = CODES.get(self.code)
        if code is None:
            raise pickle.UnpicklingError(f'numbers of type {self.code!r}')
        count = len(buffer) // struct.calcsize(code)
        return list(struct.unpack(f'{self.order}{count}{code}', buffer))


class _Array:
    """Stands for ``numpy.ndarray``: values in a flat list, and a shape."""

    def __init__(self, shape=(0,), flat=(), fortran=False):
        self.shape, self.flat, self.fortran = shape, flat, fortran

    def __setstate__(self, state):
        _, self.shape, dtype, self.fortran, values = state
        self.flat = values if isinstance(values, list) else dtype.unpack(
            values)

    def rows(self):
        """The rows of a matrix; a vector is its only row."""
        rows, columns = (1, *self.shape)[-2:]
        if len(self.flat) != rows * columns or len(self.shape) > 2:
            raise pickle.UnpicklingError('array that is no matrix')
        if self.fortran:
            return [self.flat[i::rows] for i in range(rows)]
        return [self.flat[i * columns:(i + 1) * columns]
                for i in range(rows)]


class _Frame:
    """Stands for ``pandas.DataFrame``."""

    def __setstate__(self, state):
        self.manager = state['_mgr']


def _from_buffer(buffer, dtype, shape, order):
    return _Array(shape, dtype.unpack(buffer), order == 'F')


def _reconstruct(kind, shape, code):
    return _Array()


def _block(values, placement, ndim=2):
    if isinstance(placement, slice):
        placement = range(placement.stop)[placement]
    elif isinstance(placement, _Array):
        placement = placement.flat
    return list(placement), values.rows()


def _manager(blocks, axes):
    return blocks, axes


def _index(kind, parts):
    if kind is range:
        return range(parts['start'], parts['stop'], parts['step'])
    return list(parts['data'].flat)


ALLOWED = {
    ('pandas.core.frame', 'DataFrame'): _Frame,
    ('pandas.core.internals.managers', 'BlockManager'): _manager,
    ('pandas._libs.internals', '_unpickle_block'): _block,
    ('pandas.core.indexes.base', '_new_Index'): _index,
    ('pandas.core.indexes.base', 'Index'): list,
    ('pandas.core.indexes.range', 'RangeIndex'): range,
    ('pandas', 'DataFrame'): _Frame,
    ('pandas', 'Index'): list,
    ('pandas', 'RangeIndex'): range,
    ('numpy', 'dtype'): _Dtype,
    ('numpy', 'ndarray'): _Array,
    ('builtins', 'slice'): slice,
} | {(f'numpy.{core}.{module}', name): function
     for core in ('core', '_core')
     for module, name, function in (
         ('numeric', '_frombuffer', _from_buffer),
         ('multiarray', '_reconstruct', _reconstruct))}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        try:
            return ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f'{module}.{name} in a pickled table') from None


def columns(data):
    """The columns of a pickled frame: a list of (name, values)."""
    try:
        blocks, axes = _Unpickler(io.BytesIO(data)).load().manager
        names = list(axes[0])
        found = {}
        for placement, rows in blocks:
            found.update(zip(placement, rows, strict=True))
        return [(str(name), found[i]) for i, name in enumerate(names)]
    except pickle.UnpicklingError:
        raise
    except Exception as error:
        raise pickle.UnpicklingError(
            f'not a plain pickled table ({error})') from None


def _text(value):
    if value is None or value != value:         # NaN is missing, too
        return 'NA'
    if isinstance(value, bool):
        return 'TRUE' if value else 'FALSE'
    if isinstance(value, float):
        return f'{value:.0f}' if value.is_integer() and (
            abs(value) < 1e15) else repr(value)
    return str(value)


def to_csv(data):
    """The bytes of a CSV file with the table of a pickled frame."""
    table = columns(data)
    out = io.StringIO()
    write = csv.writer(out, lineterminator='\n').writerow
    write(name for name, _ in table)
    for row in zip(*(values for _, values in table), strict=True):
        write(_text(value) for value in row)
    return out.getvalue().encode()
