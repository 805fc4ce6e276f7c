"""What the machine offers, GPUs by way of a program of the driver's."""
import os
import stat

import pytest

from tools import fingerprint, lineage, machine, saving, sections


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """A stand-in for nvidia-smi that knows two GPUs."""
    path = tmp_path / 'bin' / 'nvidia-smi'
    path.parent.mkdir()
    path.write_text('#!/bin/sh\necho "0, NVIDIA X1"\necho "1, NVIDIA X1"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv('PATH', f'{path.parent}{os.pathsep}'
                       + os.environ['PATH'])
    monkeypatch.delenv('CUDA_VISIBLE_DEVICES', raising=False)
    return path


def test_gpus_have_indices_and_a_name(driver):
    assert machine.gpus() == ((0, 1), 'NVIDIA X1')


@pytest.mark.parametrize(('visible', 'expected'), [
    ('1', ((1,), 'NVIDIA X1')), ('', ((), '')), ('1,0', ((1, 0),
                                                         'NVIDIA X1'))])
def test_only_visible_gpus_count(driver, monkeypatch, visible, expected):
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', visible)
    assert machine.gpus() == expected


@pytest.mark.parametrize('said', ['exit 9', 'echo rubbish', 'true'])
def test_no_gpu_without_a_driver_that_works(driver, said):
    driver.write_text(f'#!/bin/sh\n{said}\n')
    assert machine.gpus() == ((), '')


def test_workers_can_be_limited():
    assert machine.detect(workers=1).cpus == 1
    here = machine.detect()
    assert here.cpus >= 1 and here.memory > 10**8


def test_device_is_part_of_fingerprints_that_need_one(book, add_section):
    add_section('on_gpu', 'print(1)', front='book:\n  needs: {gpus: 1}\n')
    add_section('on_cpu', 'print(1)')
    contents = sections.read_book(book)
    library, _ = saving.collect(contents.sections)
    graph = lineage.Lineage(library, book.module.parent)

    def mark(name, device):
        return fingerprint.of(fingerprint.parts(
            contents[f'second/{name}'], book.profile('ci'), graph, book,
            device))
    assert mark('on_gpu', 'X1') != mark('on_gpu', 'X2')
    assert mark('on_cpu', 'X1') == mark('on_cpu', 'X2')
