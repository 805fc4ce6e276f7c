"""Differences between the outputs of two builds."""
import shutil

import pytest
from conftest import Cli

pytest.importorskip('nbdime')


@pytest.fixture
def built(cli, add_section):
    add_section('prints', 'x = 3\nprint("the value is", x)',
                'import time\nprint(time.time())')
    path = cli.folder / 'chapters/second/prints.md'
    path.write_text(path.read_text().replace(
        '```{code-cell} ipython3\nimport time',
        '```{code-cell} ipython3\n:tags: [nbval-ignore-output]\n\n'
        'import time'))
    assert cli('notebooks', '--profile', 'ci')[0] == 0
    return cli


def test_against_what_the_store_had(built):
    assert 'the store has no other result' in built(
        'diff', '--profile', 'ci', 'second/prints')[1]
    path = built.folder / 'chapters/second/prints.md'
    path.write_text(path.read_text().replace('x = 3', 'x = 4'))
    assert built('notebooks', '--profile', 'ci')[0] == 0
    code, out, err = built('diff', '--profile', 'ci', 'second/prints')
    assert code == 0, err
    assert 'code cell 1 changed' in out
    assert '-the value is 3' in out and '+the value is 4' in out
    assert '1 of 1 sections have other outputs' in out
    assert out.count('modified') == 1


def test_against_another_build(built, tmp_path):
    other = tmp_path / 'other'
    shutil.copytree(built.folder, other)
    path = built.folder / 'chapters/second/prints.md'
    path.write_text(path.read_text().replace('x = 3', 'x = 5'))
    assert built('notebooks', '--profile', 'ci')[0] == 0
    folder = other / '_build/ci/notebooks'
    code, out, _ = built('diff', '--profile', 'ci', '--against', folder)
    assert code == 0
    assert 'the value is 5' in out
    assert '1 of 5 sections have other outputs' in out
    same = Cli(other)('diff', '--profile', 'ci', '--against', folder)[1]
    assert '0 of 5 sections' in same


def test_folder_that_is_none(built, tmp_path):
    code, _, err = built('diff', '--profile', 'ci', '--against',
                         tmp_path / 'missing')
    assert code == 1
    assert 'not a folder of executed notebooks' in err
