"""Write ``docs/performance.md`` and its plot from results of `executors`.

    python benchmarks/executors.py --generated 200 --json full.json
    python benchmarks/executors.py --generated 100 --short --json short.json
    python benchmarks/performance.py full.json short.json
"""
import argparse
import json
import statistics
from pathlib import Path

import matplotlib
from executors import ratio_to_ours

matplotlib.use('agg')
ROOT = Path(__file__).resolve().parent.parent
NAMES = {
    'this_book': 'this book, cold', 'this_book_again': 'this book, again',
    'nbmake': 'nbmake (-n 2)', 'jupyter_cache': 'jupyter-cache local-parallel',
    'myst_nb_j': 'MyST-NB force, sphinx -j 2', 'myst_nb': 'MyST-NB force',
    'myst_nb_cache': 'MyST-NB cache, cold',
    'myst_nb_cache_again': 'MyST-NB cache, again',
    'papermill': 'papermill in a loop',
    'myst_nb_off': 'MyST-NB without executing'}
TEXT = '''\
# Performance

How long it takes to execute a set of notebooks, measured side by side by
`benchmarks/executors.py`. This page is written by
`benchmarks/performance.py` from what that printed; nothing here is entered by
hand. How kernels become ready so quickly is told in
[architecture.md](architecture.md).

Every contender executes the same notebooks with the same environment
variables, cold: nothing stored, no process left from before. They take turns.
The *bound* is what no executor can beat: the time that the cells took in our
own run, divided by the number of workers, or the longest notebook. Memory
counts pages that processes share once. Rows "again" are a second build in
which nothing has changed. MyST-NB's rows contain what it does besides
executing.
'''


def rows(result):
    """Lines of a table in Markdown."""
    yield '| | median | min–max | times ours | peak memory |'
    yield '|---|---:|---:|---:|---:|'
    for name, seconds in result['seconds'].items():
        peak = ('–' if 'memory' not in result else
                f'{max(result["memory"][name]) / 1e9:.2f} GB')
        yield (f'| {NAMES[name]} | {statistics.median(seconds):.1f} s '
               f'| {min(seconds):.1f}–{max(seconds):.1f} s '
               f'| {ratio_to_ours(result["seconds"], name):.2f} '
               f'| {peak} |')


def described(result):
    """The part of the page on one result."""
    rounds = len(result['seconds']['this_book'])
    over = statistics.median(result['overhead'])
    yield f'\n## {result["title"]}\n'
    yield (f'{result["head"]}; {rounds} round{"s" * (rounds > 1)}, on '
           f'{result["date"]}.\n')
    yield from rows(result)
    yield (f'\nTime in cells {result["cells"]:.0f} s, bound '
           f'{result["bound"]:.0f} s; ours is {100 * over:.1f}% above it.')


def draw(results, path):
    """Bars of the medians, a panel for each result."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(7, 0.5 + 0.33 * sum(
        len(r['seconds']) + 1 for r in results)))
    panels = figure.subplots(
        len(results), squeeze=False,
        height_ratios=[len(r['seconds']) for r in results])[:, 0]
    for panel, result in zip(panels, results, strict=True):
        names = list(result['seconds'])[::-1]
        values = [statistics.median(result['seconds'][n]) for n in names]
        bars = panel.barh([NAMES[n] for n in names], values, color=[
            'C0' if n.startswith('this') else '0.7' for n in names])
        panel.bar_label(bars, [f'{v:.0f} s' if v >= 10 else f'{v:.1f} s'
                               for v in values], padding=3)
        panel.axvline(result['bound'], color='C3', linestyle='--',
                      label='bound')
        panel.set(title=result['title'], xlabel='seconds',
                  xlim=(0, 1.15 * max(values)))
        panel.spines[['top', 'right']].set_visible(False)
        panel.legend(frameon=False)
    figure.tight_layout()
    with matplotlib.rc_context({'svg.hashsalt': 'd2l'}):
        figure.savefig(path, metadata={'Date': None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('results', nargs='+', type=Path)
    parser.add_argument('--to', type=Path, default=ROOT / 'docs')
    args = parser.parse_args()
    results = [json.loads(path.read_text()) for path in args.results]
    draw([r for r in results if len(r['seconds']) > 2],
         args.to / 'performance.svg')
    lines = [TEXT, '![Bars of the seconds in the tables below.]'
             '(performance.svg)']
    for result in results:
        lines += described(result)
    (args.to / 'performance.md').write_text('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main()
