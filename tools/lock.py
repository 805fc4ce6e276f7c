"""Resolve ``requirements.lock``: exact versions of everything, all systems.

Run by maintainers with ``make lock`` (``ARGS=--upgrade`` for newer versions).
The resolution is universal: markers say which system needs which package, so
the same file serves Linux, macOS and Windows on Python 3.11 and later.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = '''\
# Tested versions of everything that `make` installs, for all systems.
# Made by `make lock` from pyproject.toml and tools/pyproject.toml.
'''
# Exact where the executed outputs depend on it.
PINS = ('torch==2.14.1', 'torchvision==0.29.2', 'sphinx==9.0.4')


def requirements():
    """The direct requirements of the module, the pipeline and the tests."""
    import tomllib
    found = ['pip', 'setuptools>=77', 'wheel', *PINS]
    for path in (ROOT / 'pyproject.toml', ROOT / 'tools/pyproject.toml'):
        project = tomllib.loads(path.read_text())['project']
        found += project['dependencies']
        extras = project.get('optional-dependencies', {})
        found += [r for extra in extras.values() for r in extra]
    return [r for r in found if r != 'd2l']


def main():
    upgrade = ['--upgrade'] if '--upgrade' in sys.argv[1:] else []
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / 'requirements.in'
        made = Path(folder) / 'requirements.lock'
        # Versions that were tested stay, where nothing asks for others.
        made.write_text((ROOT / 'requirements.lock').read_text())
        wanted.write_text('\n'.join(requirements()) + '\n')
        done = subprocess.run(
            [sys.executable, '-m', 'uv', 'pip', 'compile', '--universal',
             '--python-version', '3.11', '--no-header', '--no-annotate',
             '--no-emit-index-url', '--no-config', '--allow-unsafe', '-q',
             *upgrade, '-o', str(made), str(wanted)],
            capture_output=True, text=True)
        text = made.read_text()
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return 1
    (ROOT / 'requirements.lock').write_text(HEADER + text)
    print(f'requirements.lock: {text.count("==")} versions')
    return 0


if __name__ == '__main__':
    sys.exit(main())
