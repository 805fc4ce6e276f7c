"""What a worker needs of this checkout, as one archive.

The module that sections import, and the part of the pipeline that executes
notebooks: workers share no disk with the build and need no checkout, only an
environment with the same packages.
"""
import hashlib
import io
import zipfile
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent
# How Jupyter finds the provisioner of warm kernels in an unpacked bundle.
_METADATA = {
    'METADATA': 'Metadata-Version: 2.1\nName: d2l-book-tools\nVersion: 0\n',
    'entry_points.txt': '[jupyter_client.kernel_provisioners]\n'
                        'd2l-warm = tools.kernels.provisioner:'
                        'WarmProvisioner\n'}
# Fixed, so that the same files make the same bundle.
_DATE = (1980, 1, 1, 0, 0, 0)


def make(book):
    """(archive, its hexadecimal digest)."""
    files = {}
    package = book.module.parent
    for folder, name in ((package, package.name), (TOOLS, 'tools')):
        for path in sorted(folder.rglob('*')):
            inside = path.relative_to(folder)
            if path.suffix in ('.py', '.toml') and not any(
                    part.startswith(('.', '__pycache__'))
                    or part in ('sphinx', 'theme')
                    for part in inside.parts):
                files[f'{name}/{inside.as_posix()}'] = path.read_bytes()
    for name, text in _METADATA.items():
        files[f'd2l_book_tools-0.dist-info/{name}'] = text.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATE), content)
    blob = made.getvalue()
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f'{name}\0{len(content)}\0'.encode() + content)
    return blob, digest.hexdigest()
