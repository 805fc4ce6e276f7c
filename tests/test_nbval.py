"""Every section is run again and compared, as it was built."""
THREADS = 'import os\nprint("threads", os.environ["OMP_NUM_THREADS"])'


def test_sections_run_again_as_they_were_built(cli, book_folder,
                                               add_section):
    add_section('one', THREADS)
    add_section('two', THREADS, front='book:\n  needs: {cpus: 2}\n')
    code, out, err = cli('nbval', '--profile', 'ci')
    assert code == 0, out + err
    base = book_folder / '_build/ci/notebooks'
    for name, threads in (('one', 1), ('two', 2)):
        built = (base / f'second/{name}.ipynb').read_text()
        assert f'threads {threads}' in built
    # One run of pytest for each number of processors.
    assert out.count(' passed in ') == 2
    assert '6 sections' in out


def test_another_output_is_found(cli, book_folder, add_section):
    add_section('chance', 'import random\nprint(random.random())')
    add_section('fixed', 'print(1)')
    code, out, _ = cli('nbval', '--profile', 'ci')
    assert code == 1
    assert 'second/chance.ipynb::Cell' in out
    assert 'FAILED second/fixed' not in out
