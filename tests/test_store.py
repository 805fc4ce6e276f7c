"""The store of results: atomic, checked, on any file system."""
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import BookError
from tools.store import Store, _pack, _unpack

MARK = 'ab' + '0' * 62


@pytest.fixture(params=['folder', 'file', 'memory'])
def store(request, tmp_path):
    location = {'folder': str(tmp_path / 's'),
                'file': f'file://{tmp_path}/s',
                'memory': f'memory://{tmp_path.name}'}[request.param]
    said = []
    made = Store(location, said.append)
    made.said = said
    return made


def test_get_what_was_put(store):
    assert store.get(MARK) is None
    record = {'outputs': [{'text': 'é'}], 'seconds': 1.5}
    assert store.put(MARK, record)
    assert store.get(MARK) == record
    assert store.keys() == [MARK]
    assert not store.said


def test_putting_again_replaces(store):
    store.put(MARK, {'a': 1})
    store.put(MARK, {'a': 2})
    assert store.get(MARK) == {'a': 2}


@given(st.binary(max_size=40), st.integers(0, 200))
def test_any_damage_is_seen(noise, position):
    blob = _pack({'outputs': ['x' * 50]})
    position %= len(blob)
    damaged = blob[:position] + noise + blob[position + len(noise) + 1:]
    if damaged != blob:
        with pytest.raises(ValueError):
            _unpack(damaged)


def test_damaged_file_is_removed(tmp_path):
    said = []
    store = Store(str(tmp_path), said.append)
    store.put(MARK, {'a': 1})
    path = tmp_path / Store.key(MARK)
    path.write_bytes(path.read_bytes()[:-1])
    assert store.get(MARK) is None
    assert 'damaged' in said[0]
    assert not path.exists()


def test_no_part_files_are_left(tmp_path):
    store = Store(str(tmp_path))
    threads = [threading.Thread(target=store.put, args=(MARK, {'n': n}))
               for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(MARK)['n'] in range(20)
    assert [p.name for p in tmp_path.rglob('*') if p.is_file()] == [
        f'{MARK}.json']


def test_location_that_cannot_be_opened():
    with pytest.raises(BookError, match='cannot open the store'):
        Store('nonsense://x')


def test_failing_store_warns_and_goes_on(tmp_path):
    said = []
    (tmp_path / 'file').write_text('')
    store = Store(str(tmp_path / 'file' / 's'), said.append)
    assert not store.put(MARK, {})
    assert 'could not be kept' in said[0]
    assert store.get(MARK) is None
