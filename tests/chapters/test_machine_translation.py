"""Section 10.5: sentence pairs, families of emoji, and the old names."""

import re
import zipfile

import pytest
import torch

from d2l import data as catalogue
from d2l import torch as d2l


@pytest.fixture(scope='module')
def data():
    return d2l.EmojiNames(batch_size=64)


@pytest.fixture(scope='module')
def by_family():
    return d2l.EmojiNames(batch_size=64, split='family', seed=3)


def test_arrays_hold_the_sentences(data):
    src, dec_in, valid_len, labels = data.arrays
    pairs = data.num_train + data.num_val
    assert src.shape == dec_in.shape == labels.shape == (pairs, 12)
    assert valid_len.shape == (pairs,)
    assert {t.dtype for t in data.arrays} == {torch.int64}
    assert len(data.emoji) == len(set(data.emoji)) == pairs
    pad, bos, eos = (data.tgt_vocab[t] for t in ('<pad>', '<bos>', '<eos>'))
    assert len({pad, bos, eos, data.tgt_vocab['<unk>']}) == 4
    for i in range(0, pairs, 97):
        words, steps = data.tgt_tokens[i], labels[i].tolist()
        assert steps[:len(words)] == data.tgt_vocab[words]
        assert steps[len(words):] == [eos] + [pad] * (11 - len(words))
        assert dec_in[i].tolist() == [bos, *steps[:-1]]
        n = len(data.src_tokens[i])
        assert valid_len[i] == n + 1
        assert src[i, :n + 1].tolist() == data.src_vocab[
            [*data.src_tokens[i], '<eos>']]
        assert (src[i, n + 1:] == data.src_vocab['<pad>']).all()


def test_parts_are_disjoint_and_a_tenth_is_held_out(data, by_family):
    for d in (data, by_family):
        total = d.num_train + d.num_val
        assert d.num_val == round(total / 10)
        assert total > 3800
    same = d2l.EmojiNames(batch_size=1)
    assert same.emoji == data.emoji
    other = d2l.EmojiNames(batch_size=1, seed=1)
    assert other.emoji != data.emoji
    assert set(other.emoji) == set(data.emoji)


def test_vocabulary_comes_from_the_training_part(data):
    words = [w for s in data.tgt_tokens[:data.num_train] for w in s]
    known = {w for w in words if words.count(w) > 1}
    assert set(data.tgt_vocab.idx_to_token) == known | {
        '<unk>', '<pad>', '<bos>', '<eos>'}


def test_dataloader(data):
    torch.manual_seed(0)
    batches = list(data.get_dataloader(True))
    assert [len(b) for b in batches[:1]] == [4]
    assert sum(len(b[0]) for b in batches) == data.num_train
    assert batches[0][0].shape == (64, 12)
    seen = torch.cat([torch.cat([b[0], b[3]], 1) for b in batches])
    rows = torch.cat([data.arrays[0], data.arrays[3]], 1)[:data.num_train]
    assert not torch.equal(seen, rows)
    assert sorted(seen.tolist()) == sorted(rows.tolist())
    held_out = torch.cat([b[0] for b in data.get_dataloader(False)])
    assert torch.equal(held_out, data.arrays[0][data.num_train:])


def test_limits(data):
    small = d2l.EmojiNames(8, num_steps=5, num_train=100, num_val=20)
    assert [len(a) for a in small.arrays] == [120] * 4
    assert small.arrays[0].shape[1] == 5
    assert small.emoji == data.emoji[:100] + data.emoji[
        data.num_train:data.num_train + 20]
    assert small.arrays[2].max() == 5           # cut


def test_build(data):
    src, dec_in, valid_len, labels = data.build(
        ['Woman Juggling', "kangaroo's"], ['Jongleuse', 'd’or'])
    assert data.src_vocab.to_tokens(src[0].tolist())[:4] == [
        'woman', 'juggling', '<eos>', '<pad>']
    assert src[1, 0] == data.src_vocab['<unk>']
    assert valid_len.tolist() == [3, 2]
    assert data.tgt_vocab.to_tokens(dec_in[1].tolist())[1] == "d'"
    alone = data.build(['tab\there'])
    assert alone[2].tolist() == [3]
    assert (alone[3][:, 0] == data.tgt_vocab['<eos>']).all()
    rebuilt = data.build([' '.join(s) for s in data.src_tokens[:50]],
                         [' '.join(s) for s in data.tgt_tokens[:50]])
    for a, b in zip(rebuilt, data.arrays):
        assert torch.equal(a, b[:50])


@pytest.mark.parametrize(('arguments', 'error'), [
    (('man', 'homme'), TypeError), (([1], ['un']), TypeError),
    ((['a', 'b'], ['c']), ValueError), (([], []), ValueError)])
def test_build_refuses(data, arguments, error):
    with pytest.raises(error, match='expected|must be'):
        data.build(*arguments)


@pytest.mark.parametrize('wrong', [
    {'split': 'half'}, {'batch_size': 0}, {'num_steps': 0},
    {'num_train': 10 ** 6}, {'num_val': 10 ** 6}, {'num_train': 0}])
def test_wrong_arguments(wrong):
    with pytest.raises(ValueError, match='must be'):
        d2l.EmojiNames(**({'batch_size': 8} | wrong))


SKIN = re.compile(r' (light|medium-light|medium|medium-dark|dark) skin tone')
PEOPLE = ('man', 'woman', 'men', 'women', 'person', 'people', 'boy', 'girl',
          'and')
HAIR = ('red', 'white', 'blond', 'curly', 'hair', 'bald', 'beard')
COUNTERPARTS = [
    {'santa claus', 'mrs claus', 'mx claus'}, {'prince', 'princess'},
    {'mermaid', 'merman', 'merperson'}, {'old man', 'old woman',
                                         'older person'},
    {'boy', 'girl', 'child'}, {'man dancing', 'woman dancing'},
    {'men holding hands', 'women holding hands', 'people holding hands',
     'woman and man holding hands'},
    {'man', 'woman', 'person', 'man beard', 'person red hair',
     'person blond hair', 'woman bald'},
    {'handshake', 'handshake light skin tone dark skin tone'},
    {'kiss', 'kiss man man', 'kiss person person light skin tone dark '
     'skin tone'},
    {'couple with heart', 'couple with heart woman woman'},
    {'people with bunny ears', 'men with bunny ears',
     'women with bunny ears light skin tone dark skin tone'},
    {'people wrestling', 'women wrestling',
     'men wrestling light skin tone dark skin tone'},
    {'family', 'family man boy', 'family adult child child'},
    {'person walking', 'man walking facing right'},
    {'pregnant man', 'pregnant woman', 'pregnant person'}]


def test_names_agree_that_variants_are_one_family(data):
    """English names without tones and genders, independent of code points."""
    families = {}
    known = {' '.join(words): emoji for words, emoji in
             zip(data.src_tokens, data.emoji)}
    for name, emoji in known.items():
        bare = SKIN.sub('', name)
        human = set(name.split()) & set(PEOPLE)
        bare = ' '.join(w for w in bare.split() if not human
                        or w not in PEOPLE and w not in HAIR)
        if bare != name and bare:
            families.setdefault(bare, set()).add(d2l.emoji_family(emoji))
    flat = {bare: f for bare, f in families.items() if len(f) > 1}
    assert not flat
    assert len(families) > 90
    for names in COUNTERPARTS:
        assert len({d2l.emoji_family(known[n]) for n in names}) == 1, names


def test_families_do_not_merge_what_differs(data):
    known = {' '.join(words): d2l.emoji_family(emoji) for words, emoji in
             zip(data.src_tokens, data.emoji)}
    names = ['woman pilot', 'woman astronaut', 'woman', 'child', 'baby',
             'france', 'germany', 'england', 'scotland', 'keycap 1',
             'keycap 2', 'red heart', 'handshake', 'people holding hands',
             'female sign', 'male sign', 'right arrow', 'family', 'kiss',
             'couple with heart', 'black flag', 'cat', 'black cat']
    assert len({known[n] for n in names}) == len(names)


def test_no_variant_of_a_held_out_emoji_is_trained_on(by_family):
    d = by_family
    train, val = ({d2l.emoji_family(e) for e in part} for part in (
        d.emoji[:d.num_train], d.emoji[d.num_train:]))
    assert not train & val
    train, val = ({SKIN.sub('', ' '.join(s)) for s in part} for part in (
        d.src_tokens[:d.num_train], d.src_tokens[d.num_train:]))
    assert not train & val


@pytest.mark.parametrize('wrong', ['', 3, None])
def test_emoji_family_refuses(wrong):
    with pytest.raises(TypeError, match='string'):
        d2l.emoji_family(wrong)


LINES = ['Go.\tVa\u202f!\tCC-BY 2.0', 'Wait, Tom!\tAttends,\xa0Tom\u202f!',
         "He's old.\tIl est vieux.", 'Go on.\tVas-y.', 'Run!\tCours !']


@pytest.fixture
def tatoeba(tmp_path, monkeypatch):
    """A small file in place of the real one."""
    with zipfile.ZipFile(tmp_path / 'fra-eng.zip', 'w') as file:
        file.writestr('fra-eng/fra.txt', '\n'.join(LINES) + '\n')
    monkeypatch.setattr(catalogue, 'path', lambda name, file: tmp_path / file)


def test_sentences(tatoeba):
    data = d2l.MTFraEng(batch_size=2, num_steps=5, num_train=4, num_val=1)
    assert data.src_tokens[:3] == [['go', '.'], ['wait', ',', 'tom', '!'],
                                   ["he's", 'old', '.']]
    assert data.tgt_tokens[1] == ['attends', ',', 'tom', '!']
    assert set(data.src_vocab.idx_to_token[4:]) == {'go', '.'}
    assert [len(b[0]) for b in data.get_dataloader(True)] == [2, 2]
    src, dec_in, valid_len, labels = data.build(['Go.'], ['Va !'])
    assert valid_len.tolist() == [3]
    assert src.shape == dec_in.shape == labels.shape == (1, 5)
    with pytest.raises(ValueError, match='only 5 pairs'):
        d2l.MTFraEng(batch_size=2, num_train=5, num_val=5)


def test_tokenize_says_which_line_is_wrong(data):
    with pytest.raises(ValueError, match='no tab here'):
        data._tokenize('a\tb\nno tab here')


def test_old_names(tatoeba):
    text = d2l.preprocess_nmt(d2l.read_data_nmt())
    assert text.split('\n')[0] == 'go .\tva !'
    src, tgt = d2l.tokenize_nmt(text, num_examples=3)
    assert len(src) == len(tgt) == 3
    assert src[1] == ['wait', ',', 'tom', '!']
    assert d2l.tokenize_nmt('') == ([], [])
    vocab = d2l.Vocab(src, reserved_tokens=['<pad>', '<bos>', '<eos>'])
    array, valid_len = d2l.build_array_nmt(src, vocab, 4)
    assert array.shape == (3, 4)
    assert valid_len.tolist() == [3, 4, 4]
    assert vocab.to_tokens(array[0].tolist()) == ['go', '.', '<eos>',
                                                  '<pad>']
    loader, src_vocab, tgt_vocab = d2l.load_data_nmt(2, 6, num_examples=5)
    batches = list(loader)
    assert [len(b) for b in batches] == [4, 4, 4]
    X, X_len, Y, Y_len = batches[0]
    assert X.shape == Y.shape == (2, 6)
    assert X_len.shape == Y_len.shape == (2,)
    assert '!' in tgt_vocab.token_to_idx
    assert len(src_vocab) > 4


def test_histogram_of_lengths():
    d2l.show_list_len_pair_hist(['a', 'b'], 'length', 'count',
                                [[1], [1, 2]], [[1, 2, 3], [1], [1]])
    axes = d2l.plt.gca()
    heights = [[p.get_height() for p in c.patches] for c in axes.containers]
    assert heights == [[0, 1, 1, 0], [0, 2, 0, 1]]
    assert axes.get_xlabel() == 'length'
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ['a', 'b']
    d2l.plt.close('all')
    with pytest.raises(ValueError, match='not empty'):
        d2l.show_list_len_pair_hist(['a', 'b'], 'x', 'y', [[1]], [])
