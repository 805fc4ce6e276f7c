"""Fingerprint of a section: everything that can change its outputs.

Code cells with the tags that alter execution, the profile's parameters, the
definitions of the module that the section reaches, the checksums of the data
it declares, threads and device, Python and the packages in
``[tool.book] environment``.  Prose, figures and cosmetic tags are not part.
"""
import hashlib
import importlib.metadata
import json
import platform
from functools import lru_cache

from tools import lineage as lineage_module
from tools.errors import BookError, Problem
from tools.sections import EXECUTION_TAGS

FORMAT = 2      # raise when the way of executing changes outputs


def _hash(value):
    text = value if isinstance(value, str) else json.dumps(
        value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def versions(packages):
    """Installed versions of `packages`, with Python's and the platform."""
    found = {'python': '.'.join(platform.python_version_tuple()[:2]),
             'machine': f'{platform.system()} {platform.machine()}'}
    for name in packages:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = 'not installed'
    return found


def data_checksum(name, section):
    """The pinned checksum of a declared data set."""
    from d2l import data
    try:
        return data.checksum(name)
    except Exception as error:
        raise BookError(Problem(
            f'unknown data set {name!r} in book: needs', section.path,
            hint=f'add it to d2l/data/catalogue.toml ({error})')) from None


def parts(section, profile, lineage, book, device='cpu'):
    """The parts of the fingerprint, each a short string or mapping.

    They are kept with every result, so that `why` can tell what changed.
    """
    reach = lineage.reach(section)
    found = {
        'format': FORMAT,
        'code': {
            str(c.number): _hash([c.source.rstrip(),
                                  sorted(EXECUTION_TAGS & set(c.tags))])
            for c in section.code_cells},
        'parameters': section.meta.profiles.get(profile.name, {}),
        'definitions': {
            name: _hash([lineage_module.digest(d) for d in definitions])
            for name, definitions in reach.definitions.items()},
        'modules': {path.name: _hash(path.read_text(encoding='utf-8'))
                    for path in reach.files},
        'data': {name: data_checksum(name, section)
                 for name in section.meta.needs.data},
        'cpus': section.meta.needs.cpus,
        'device': device if section.meta.needs.gpus else 'cpu',
        'environment': dict(versions(tuple(book.environment))),
    }
    if reach.unknown:
        found['unknown'] = list(reach.unknown)
    return found


def of(parts_found):
    """The fingerprint itself, a hexadecimal string."""
    return _hash(parts_found)


def differences(old, new):
    """What changed between two sets of parts, in words."""
    said = []
    labels = {'code': 'code cell', 'definitions': 'definition d2l.',
              'data': 'data set', 'environment': 'package',
              'parameters': 'parameter', 'modules': 'module'}
    for key in sorted(set(old) | set(new)):
        a, b = old.get(key), new.get(key)
        if a == b:
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            label = labels.get(key, key)
            join = '' if label.endswith('.') else ' '
            for name in sorted(set(a) | set(b), key=_natural):
                if name not in a:
                    said.append(f'{label}{join}{name} is new')
                elif name not in b:
                    said.append(f'{label}{join}{name} is gone')
                elif a[name] != b[name]:
                    change = ('changed' if len(str(a[name])) == 64
                              else f'changed from {a[name]} to {b[name]}')
                    said.append(f'{label}{join}{name} {change}')
        else:
            said.append(f'{key} changed from {a} to {b}')
    return said


def _natural(text):
    return (0, int(text), '') if text.isdigit() else (1, 0, text)
