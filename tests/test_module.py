"""The module `d2l`: fresh, complete, installable on its own."""
import importlib
import inspect
import json
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tools import config, library, sections

ROOT = Path(__file__).resolve().parent.parent
API = json.loads((ROOT / 'tests/data/api-1.0.3.json').read_text())

# Names of Appendix B.7 that use classes of chapters not written yet; each
# is saved together with the chapter named here.
PENDING = {
    'frozen_lake': 'reinforcement learning',
    'make_env': 'reinforcement learning',
    'show_value_function_progress': 'reinforcement learning',
    'show_Q_function_progress': 'reinforcement learning',
}


@pytest.fixture(scope='module')
def d2l():
    return importlib.import_module('d2l.torch')


def published():
    """(name, facts) of the published interface for sections we have."""
    have = {p.relative_to(ROOT / 'chapters').as_posix()
            for p in sections.source_files(ROOT / 'chapters')}
    for section, names in API['sections'].items():
        if section in have:
            for name, facts in names.items():
                if name not in PENDING:
                    yield pytest.param(name, facts, id=name)


def parameters(signature):
    """[(name, has default)] of a signature written as text."""
    scope = {}
    exec(f'def f{re.sub(r"=d2l[.]", "=", signature)}: pass', scope)
    return [(p.name, p.default is not p.empty) for p in
            inspect.signature(scope['f']).parameters.values()]


def assert_compatible(function, signature, skip_self=False):
    """Old calls, positional or by name, must be valid for `function`."""
    ours = list(inspect.signature(function).parameters.values())
    if skip_self and ours and ours[0].name in ('self', 'cls'):
        ours = ours[1:]
    by_name = {p.name: p for p in ours}
    wanted = parameters(signature)
    variadic = any(p.kind is p.VAR_POSITIONAL for p in ours)
    for position, (name, optional) in enumerate(wanted):
        if name in ('args', 'kwargs'):
            continue
        if variadic and name not in by_name:
            continue
        assert name in by_name, f'parameter {name} is missing'
        assert ours[position].name == name, f'{name} has moved'
        if optional:
            assert by_name[name].default is not inspect.Parameter.empty
    for extra in ours[len(wanted):]:
        assert (extra.default is not inspect.Parameter.empty
                or extra.kind in (extra.VAR_POSITIONAL, extra.VAR_KEYWORD)
                ), f'new parameter {extra.name} has no default'


@pytest.mark.parametrize(('name', 'facts'), list(published()))
def test_published_name(d2l, name, facts):
    if facts['kind'] == 'data_hub':
        key = re.search(r"'(.+)'", name).group(1)
        assert d2l.DATA_HUB[key][1] == facts['sha1']
        return
    value = getattr(d2l, name)
    if facts['kind'] in ('import', 'assignment'):
        target = facts['target']
        if target == 'sys.modules[__name__]':
            assert value is d2l
            return
        try:
            expected = importlib.import_module(target)
        except ImportError:
            module, _, attribute = target.rpartition('.')
            expected = getattr(importlib.import_module(module), attribute)
        assert value is expected
        return
    if not facts['signature'].startswith('(inherited'):
        assert_compatible(value, facts['signature'])
    for method, signature in facts.get('methods', {}).items():
        if method in MISSING_METHODS.get(name, ()):
            assert not hasattr(value, method)
            continue
        if isinstance(inspect.getattr_static(value, method), property):
            continue            # the interface lists what is read, too
        assert_compatible(getattr(value, method), signature, skip_self=True)


def test_pending_names_are_still_absent(d2l):
    for name in PENDING:
        assert not hasattr(d2l, name), f'{name} exists: no longer pending'


# Methods that later chapters add to classes of these ones.
MISSING_METHODS = {}


@pytest.mark.parametrize(('name', 'target'), API['legacy_aliases'].items())
def test_legacy_alias(d2l, name, target):
    import torch
    value = getattr(d2l, name)
    if name == 'abs':       # plain numbers have to work as well: see B.7
        assert value(torch.tensor(-2)) == 2 == value(-2)
    elif target.startswith('torch.'):
        assert value is getattr(torch, target.removeprefix('torch.'))
    else:
        assert callable(value)


def test_module_is_what_the_book_saves():
    book = config.load(ROOT)
    assert library.is_current(book), 'd2l/torch.py is stale: run make lib'


def test_module_has_all(d2l):
    assert set(d2l.__all__) <= set(vars(d2l))
    assert d2l.__all__ == sorted(d2l.__all__)


def test_every_definition_names_its_section(d2l):
    names = {s.name for s in
             sections.read_book(config.load(ROOT)).sections}
    for name in d2l.__all__:
        value = getattr(d2l, name)
        if getattr(value, '__module__', '') == 'd2l.torch' and (
                inspect.isclass(value) or inspect.isfunction(value)):
            found = re.search(r'Defined in ``(.+?)``', value.__doc__ or '')
            assert found, name
            assert found.group(1) in names


def bounds(requirements):
    """Map a package to its lower bound."""
    found = {}
    for text in requirements:
        match = re.match(r'([\w-]+)(?:\[[\w,]+\])?\s*(?:>=\s*([\w.]+))?',
                         text)
        found[match.group(1).lower()] = match.group(2)
    return found


def test_conda_environment_is_in_step():
    yaml = pytest.importorskip('yaml')
    environment = yaml.safe_load((ROOT / 'environment.yml').read_text())
    conda = [d for d in environment['dependencies'] if isinstance(d, str)]
    pip = next(d['pip'] for d in environment['dependencies']
               if isinstance(d, dict))
    listed = bounds(conda) | bounds(p for p in pip if p[:2] != '-e')
    wanted = {}
    for path in ('pyproject.toml', 'tools/pyproject.toml'):
        project = tomllib.loads((ROOT / path).read_text())['project']
        wanted |= bounds(project['dependencies'])
        for extra in project.get('optional-dependencies', {}).values():
            wanted |= bounds(extra)
    wanted.pop('d2l')
    renamed = {'torch': 'pytorch', 'pyyaml': 'pyyaml'}
    for package, bound in wanted.items():
        name = renamed.get(package, package)
        assert name in listed, f'{package} is missing in environment.yml'
        assert listed[name] == bound, package
    extra = set(listed) - {renamed.get(p, p) for p in wanted}
    assert extra <= {'python', 'pip', 'make', 'setuptools', 'nodejs'}, extra


def test_lock_is_exact_and_complete():
    lines = [line for line in
             (ROOT / 'requirements.lock').read_text().split('\n')
             if line and not line.startswith('#')]
    locked = {}
    for line in lines:
        match = re.match(r'([\w.-]+)==(\S+)', line)
        assert match, f'not an exact version: {line}'
        locked[match.group(1).lower().replace('_', '-')] = match.group(2)
    for path in ('pyproject.toml', 'tools/pyproject.toml'):
        project = tomllib.loads((ROOT / path).read_text())['project']
        wanted = list(project['dependencies'])
        for extra in project.get('optional-dependencies', {}).values():
            wanted += extra
        for name in bounds(wanted):
            assert name == 'd2l' or name in locked, name


def test_wheel_holds_d2l_only_and_imports(tmp_path):
    """A wheel in an empty environment: `d2l` imports without the pipeline."""
    source = tmp_path / 'source'
    source.mkdir()
    for name in ('pyproject.toml', 'README.md', 'LICENSE'):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / 'd2l', source / 'd2l',
                    ignore=shutil.ignore_patterns('__pycache__'))
    subprocess.run([sys.executable, '-m', 'pip', 'wheel', '-q', '--no-deps',
                    '--no-build-isolation', '-w', str(tmp_path),
                    str(source)], check=True)
    wheel = next(tmp_path.glob('*.whl'))
    names = zipfile.ZipFile(wheel).namelist()
    tops = {n.split('/')[0] for n in names}
    assert tops == {'d2l', next(t for t in tops if t.endswith('dist-info'))}
    assert 'd2l/data/catalogue.toml' in names
    # An environment of its own that has the libraries, but not this
    # checkout: site-packages is linked, without the editable install.
    venv.create(tmp_path / 'env', with_pip=False)
    python = tmp_path / 'env' / 'bin' / 'python'
    site = next((tmp_path / 'env' / 'lib').glob('python*/site-packages'))
    import torch
    libraries = Path(torch.__file__).parent.parent
    for entry in libraries.iterdir():
        if not re.match(r'(?i)_*(d2l|__editable__)', entry.name) and (
                entry.suffix != '.pth'):
            (site / entry.name).symlink_to(entry)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    done = subprocess.run(
        [str(python), '-I', '-c',
         'from d2l import torch as d2l; import d2l as p; '
         'print(p.__file__, d2l.nn.Linear(1, 1) is not None)'],
        capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout
    missing = subprocess.run([str(python), '-I', '-c', 'import tools'],
                             capture_output=True, cwd=tmp_path)
    assert missing.returncode != 0
