"""Writing files so that a killed build never leaves half of one."""
import contextlib
import json
import os
import shutil
from pathlib import Path

from tools.errors import BookError, Problem


def explain(error, path):
    reasons = {28: 'the disk is full', 30: 'the file system is read-only',
               13: 'no permission to write here', 122: 'over the disk quota'}
    reason = reasons.get(error.errno, error.strerror or str(error))
    return BookError(Problem(
        f'cannot write: {reason}', path,
        hint='free some space, or set BOOK_BUILD to a folder that can be '
             'written'))


def write(path, content):
    """Write text or bytes atomically; False when it was so already.

    A file whose content does not change keeps its time stamp, so that what
    is made from it is not made anew.
    """
    path = Path(path)
    blob = content.encode() if isinstance(content, str) else content
    try:
        if path.read_bytes() == blob:
            return False
    except OSError:
        pass
    part = path.with_name(f'.{path.name}.{os.getpid()}.part')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(blob)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise explain(error, path) from None
    return True


def write_json(path, value):
    return write(path, json.dumps(value, indent=1, ensure_ascii=False,
                                  sort_keys=True) + '\n')


def read_json(path, default=None):
    """The value in a JSON file; `default` if it is missing or damaged."""
    try:
        return json.loads(Path(path).read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return default


def copy(source, target):
    """Copy a file when it differs."""
    return write(target, Path(source).read_bytes())


def prune(folder, keep):
    """Remove files below `folder` that are not in the set `keep`."""
    folder = Path(folder)
    for path in sorted(folder.rglob('*'), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in keep:
            path.unlink()


def remove(path):
    """Remove a file or a folder, if it is there."""
    path = Path(path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
