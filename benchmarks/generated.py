"""A book of as many sections as wanted, for measuring executors.

Half of the sections are short, a tenth takes 10 to 30 s, two take a minute,
and the rest a few seconds (all times `scale`).  Every section imports what a
chapter of the book imports, and calls a function that an early one saves.
The work is a fixed number of matrix products, whose speed is measured once:
so contenders that run beside others really have more to do.
"""
import random
import time
from pathlib import Path

HEAD = '''\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---
# {title}
'''
CELL = '\n```{{code-cell}} ipython3\n{code}\n```\n'
SAVED = '''\
#@save
def work(products):
    """Multiply matrices so many times."""
    a = np.full((128, 128), 1 / 128)
    for _ in range(products):
        a = a @ a
    return a.sum()
'''
IMPORTS = ('import numpy as np\nimport torch\n'
           'from matplotlib import pyplot as plt\n'
           'from d2l import torch as d2l')
PROJECT = '''\
[tool.book]
title = "Generated"
preload = ["numpy", "matplotlib.pyplot", "torch", "IPython.display"]
environment = ["numpy", "torch"]
[tool.book.profiles.cpu]
budget = 120
'''


def products_per_second():
    """The speed of this machine, the best of a few tries."""
    import numpy as np
    a = np.full((128, 128), 1 / 128)
    best = 0.0
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(300):
            a = a @ a
        best = max(best, 300 / (time.perf_counter() - started))
    return best


def durations(count, scale, short_only=False):
    """Seconds of work of each section, the same for the same arguments."""
    choose = random.Random(count)
    short = count if short_only else count // 2
    middle = 0 if short_only else count // 10
    found = [choose.uniform(0.05, 0.5) for _ in range(short)]
    found += [choose.uniform(10, 30) for _ in range(middle)]
    if not short_only:
        found += [60.0, 60.0]
    found += [choose.uniform(1, 4) for _ in range(count - len(found))]
    choose.shuffle(found)
    return [seconds * scale for seconds in found[:count]]


def write(folder, count, scale=1.0, short_only=False):
    """Write the book below `folder`; returns the bound of its work in s."""
    folder = Path(folder)
    rate, names = products_per_second(), []
    chapters = folder / 'chapters'
    (chapters / 'sections').mkdir(parents=True)
    (folder / 'd2l').mkdir()
    (folder / 'd2l/__init__.py').write_text('')
    (folder / 'pyproject.toml').write_text(PROJECT)
    times = durations(count, scale, short_only)
    for number, seconds in enumerate(times):
        name = f's{number:03d}'
        names.append(name)
        cells = [IMPORTS]
        if number == 0:
            cells.append('#@save\nimport numpy as np')
            cells.append(SAVED.strip())
        half = max(1, round(seconds * rate / 2))
        cells += [f'print(d2l.work({half}))',
                  'plt.plot([1, 2, 3])\nplt.show()',
                  f'print(d2l.work({half}), {number})']
        text = HEAD.format(title=f'Section {number}') + ''.join(
            CELL.format(code=code) for code in cells)
        (chapters / f'sections/{name}.md').write_text(text)
    (chapters / 'index.md').write_text(
        '# Generated\n\n```{toctree}\n:numbered:\n\nsections/index\n```\n')
    (chapters / 'sections/index.md').write_text(
        '# Sections\n\n```{toctree}\n' + '\n'.join(names) + '\n```\n')
    return sum(times)
