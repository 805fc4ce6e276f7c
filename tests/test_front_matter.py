"""What the book says of itself agrees with what it contains."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / 'chapters'


def numbered_chapters():
    """(number, folder, label, title) of each chapter with a number."""
    for path in sorted(CHAPTERS.glob('*/index.md')):
        text = path.read_text(encoding='utf-8')
        number = re.search(r'\A---\n.*?\bnumber: (\d+).*?^---$', text,
                           re.M | re.S)
        if number:
            yield (int(number.group(1)), path.parent.name,
                   re.search(r'^\((chap_\w+)\)=', text, re.M).group(1),
                   re.search(r'^# (.*)', text, re.M).group(1))


def test_chapters_are_numbered_as_they_come():
    tree = (CHAPTERS / 'index.md').read_text(encoding='utf-8')
    order = [tree.index(f'\n{folder}/index')
             for _, folder, _, _ in sorted(numbered_chapters())]
    assert order == sorted(order)
    numbers = sorted(number for number, *_ in numbered_chapters())
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize('number, folder, label, title',
                         sorted(numbered_chapters()))
def test_every_chapter_is_announced(number, folder, label, title):
    readme = ' '.join((ROOT / 'README.md').read_text().split())
    assert f'*{number} {title}*' in readme.replace('’', "'")
    for page in ('index.md', 'preface/index.md'):
        assert f'{{numref}}`{label}`' in (CHAPTERS / page).read_text()
