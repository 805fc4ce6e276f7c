"""The catalogue of data sets: what it says, and what it refuses."""
import re
import subprocess
import sys

import pytest

from d2l import data
from d2l.data import catalogue
from d2l.data.catalogue import CatalogueError, read

DIGEST = 'ab' * 32
GOOD = f'''
[toy]
title = "Toy"
about = "two bytes"
licence = "none"
cite = "nobody"
homepage = "https://example.org"

[[toy.files]]
name = "a.txt"
size = 2
sha256 = "{DIGEST}"

[[toy.sources]]
kind = "url"
members = {{ "a.txt" = "https://example.org/a.txt" }}
'''


def load(tmp_path, text):
    path = tmp_path / 'catalogue.toml'
    path.write_text(text)
    return read(path)


def test_good(tmp_path):
    entry = load(tmp_path, GOOD)['toy']
    assert entry.folder == 'toy' and entry.size == 2
    assert entry.files[0].algorithm == 'sha256'


@pytest.mark.parametrize('old, new, message', [
    ('title =', 'titel =', "unknown key 'titel', did you mean 'title'"),
    ('size = 2', 'sise = 2', "files[0]: unknown key 'sise'"),
    ('size = 2', 'size = "2"', 'must be a whole number'),
    ('size = 2', 'size = true', 'must be a whole number'),
    ('size = 2', 'size = -2', 'negative'),
    ('homepage = "https://example.org"', '', "missing key 'homepage'"),
    (DIGEST, 'ab' * 31, 'no checksum of 64'),
    (f'sha256 = "{DIGEST}"', '', 'needs a sha256'),
    ('name = "a.txt"', 'name = "../a.txt"', 'not a name inside'),
    ('name = "a.txt"', 'name = "/a.txt"', 'not a name inside'),
    ('"url"', '"ftp"', "kind 'ftp' is not one of"),
    ('"url"', '"pypi"', 'needs a package and a version'),
    ('"https://example.org/a.txt"', '"/etc/passwd"', 'no address'),
    ('{ "a.txt"', '{ "b.txt"', "delivers 'b.txt'"),
    ('[toy]', '[toy]\nfolder = "../x"', 'leads out of the cache'),
    ('kind =', 'form = "rar"\nkind =', "form 'rar'"),
    ('[toy]', '[toy', 'catalogue.toml'),
])
def test_strict(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(CatalogueError, match=re.escape(message)):
        load(tmp_path, GOOD.replace(old, new, 1))


def test_two_entries_one_file(tmp_path):
    twin = GOOD.replace('toy', 'twin').replace(
        '[twin]', '[twin]\nfolder = "toy"')
    with pytest.raises(CatalogueError, match='both have the file toy/a.txt'):
        load(tmp_path, GOOD + twin)


def test_the_book():
    entries = data.entries()
    assert {'fashion-mnist', 'ames', 'mnist'} <= set(entries)
    for entry in entries.values():
        assert entry.licence and entry.cite
        assert entry.homepage.startswith('http')
        delivered = {n for s in entry.sources for n in s.members}
        assert delivered == {f.name for f in entry.files}
    # What sections of the book declare must come from a registry as well.
    for name in ('fashion-mnist', 'ames', 'mnist'):
        assert any(s.kind != 'url' for s in entries[name].sources)


def test_registries_are_not_named():
    text = catalogue.PATH.read_text()
    for path in catalogue.PATH.parent.glob('*.py'):
        text += path.read_text()
    assert not re.search(r'pypi\.org|npmjs|debian\.org|pythonhosted', text)


def test_unknown_name():
    with pytest.raises(data.DataError, match="did you mean 'fashion-mnist'"):
        data.entry('fashionmnist')
    with pytest.raises(data.DataError, match='there are '):
        data.checksum('')


def test_checksum_follows_contents(tmp_path, monkeypatch):
    def checksum(text):
        found = load(tmp_path, text)
        monkeypatch.setattr(catalogue, 'entries', lambda: found)
        return data.checksum('toy')

    first = checksum(GOOD)
    assert re.fullmatch('[0-9a-f]{64}', first)
    assert checksum(GOOD.replace('https://example.org/a.txt',
                                 'https://example.net/a.txt')) == first
    assert checksum(GOOD.replace('two bytes', '2 bytes')) == first
    assert checksum(GOOD.replace(DIGEST, 'cd' * 32)) != first
    assert checksum(GOOD.replace('a.txt', 'b.txt')) != first


def test_import_is_light():
    heavy = ('torch', 'numpy', 'pandas', 'requests')
    code = ('import sys, d2l.data; d2l.data.entries(); '
            f'print([m for m in {heavy} if m in sys.modules])')
    done = subprocess.run([sys.executable, '-c', code], text=True,
                          capture_output=True, check=True)
    assert done.stdout.strip() == '[]'
