"""The kernelspec ``d2l``: an IPython kernel by the warm provisioner."""
import importlib.metadata
import json
import sys
from pathlib import Path

NAME = 'd2l'
PROVISIONER = 'd2l-warm'


def kernelspec(preload):
    """What ``kernel.json`` holds."""
    return {
        'argv': [sys.executable, '-m', 'ipykernel_launcher', '-f',
                 '{connection_file}'],
        'display_name': 'Python 3 (d2l, warm)',
        'language': 'python',
        'interrupt_mode': 'signal',
        'metadata': {
            'debugger': False,
            'kernel_provisioner': {
                'provisioner_name': PROVISIONER,
                'config': {'preload': list(preload)},
            },
        },
    }


def registered():
    """Whether jupyter_client can find the provisioner's entry point."""
    points = importlib.metadata.entry_points(
        group='jupyter_client.kernel_provisioners')
    return any(p.name == PROVISIONER for p in points)


def install(preload, prefix=sys.prefix):
    """Write the kernelspec under `prefix`; returns its folder."""
    folder = Path(prefix) / 'share' / 'jupyter' / 'kernels' / NAME
    text = json.dumps(kernelspec(preload), indent=1)
    path = folder / 'kernel.json'
    if not path.exists() or path.read_text() != text:
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix('.part')
        part.write_text(text)
        part.replace(path)
    return folder


def of_build(preload, folder):
    """(Name, folder of kernelspecs) of the kernel that a build uses.

    The kernelspec is written below the build's own `folder`: that of the
    environment may be another book's, which imports something else.
    """
    if not registered():
        return 'python3', ''
    return NAME, str(install(preload, Path(folder) / 'jupyter').parent)


def available(preload):
    """The name of the kernel to run sections with: warm where possible."""
    if not registered():
        return 'python3'
    try:
        install(preload)
    except OSError:         # a read-only environment without the kernelspec
        folder = Path(sys.prefix) / 'share' / 'jupyter' / 'kernels' / NAME
        if not (folder / 'kernel.json').exists():
            return 'python3'
    return NAME
