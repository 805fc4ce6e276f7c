"""Section 4.2: Fashion-MNIST from its files to minibatches."""
import numpy as np
import pytest
import torch
import torchvision
from matplotlib import pyplot as plt
from torchvision import transforms

from d2l import data as catalogue
from d2l import torch as d2l

pytestmark = pytest.mark.usefixtures('one_thread')


@pytest.fixture(scope='module')
def data():
    return d2l.FashionMNIST(batch_size=256)


@pytest.fixture(scope='module')
def usual():
    """The data set of torchvision, over the same files."""
    folder = catalogue.fetch('fashion-mnist')
    return torchvision.datasets.FashionMNIST(folder.parents[1], train=True)


@pytest.fixture
def small():
    """A data set of 10 images, of which image i has only the value i."""
    pixels = torch.arange(10, dtype=torch.uint8).reshape(10, 1, 1)
    return pixels.repeat(1, 4, 6), torch.arange(10) % 3


def idx(tmp_path, content):
    path = tmp_path / 'file'
    path.write_bytes(content)
    return path


def test_read_idx(tmp_path):
    head = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3])
    array = d2l.read_idx(idx(tmp_path, head + bytes(range(6))))
    assert array.dtype == torch.uint8
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_read_idx_has_lengths_above_one_byte(tmp_path):
    head = bytes([0, 0, 8, 1, 0, 0, 1, 2])
    assert len(d2l.read_idx(idx(tmp_path, head + bytes(258)))) == 258


@pytest.mark.parametrize('content', [
    b'', b'\x00\x00', b'PK\x03\x04 a zip file',
    bytes([0, 0, 13, 1, 0, 0, 0, 1]) + bytes(4)])      # of floats
def test_read_idx_refuses_other_formats(tmp_path, content):
    with pytest.raises(ValueError, match='not an IDX file'):
        d2l.read_idx(idx(tmp_path, content))


@pytest.mark.parametrize('size', [0, 5, 7])
def test_read_idx_refuses_a_wrong_length(tmp_path, size):
    head = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3])
    with pytest.raises(ValueError, match=f'6 elements.*holds {size}'):
        d2l.read_idx(idx(tmp_path, head + bytes(size)))


def test_files_that_are_missing(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError):
        d2l.read_idx(tmp_path / 'none')

    def fetch(name, cache=None):
        raise catalogue.DataError(f'{name} could not be fetched to {cache}')

    monkeypatch.setattr(catalogue, 'fetch', fetch)
    with pytest.raises(catalogue.DataError, match=str(tmp_path)):
        d2l.FashionMNIST(root=tmp_path)


def test_data_sets_as_old_notebooks_use_them(data):
    assert (len(data.train), len(data.val)) == (60000, 10000)
    image, label = data.train[0]
    assert image.shape == (1, 28, 28) and image.dtype == torch.float32
    assert type(label) is int and label == 9
    assert data.batch_size == 256 and data.resize == (28, 28)
    assert data.hparams['batch_size'] == 256
    assert data.train.targets.bincount().tolist() == [6000] * 10
    assert data.val.targets.bincount().tolist() == [1000] * 10


def test_minibatches(data):
    loader = data.train_dataloader()
    assert len(loader) == 235
    torch.manual_seed(0)
    batches = list(loader)
    assert [len(y) for _, y in batches] == [256] * 234 + [96]
    X, y = batches[0]
    assert X.shape == (256, 1, 28, 28) and X.dtype == torch.float32
    assert y.shape == (256,) and y.dtype == torch.int64
    assert X.min() == 0 and X.max() == 1
    seen = torch.cat([y for _, y in batches])
    assert seen.bincount().tolist() == [6000] * 10
    assert not torch.equal(seen, data.train.targets)
    assert not torch.equal(next(iter(loader))[1], y)     # shuffled anew


def test_validation_data_keep_their_order(data):
    y = torch.cat([y for _, y in data.val_dataloader()])
    assert torch.equal(y, data.val.targets)


def test_images_belong_to_their_labels(data):
    torch.manual_seed(0)
    X, y = next(iter(data.train_dataloader()))
    # Images in the data set that equal the first: all with its label.
    same = (data.train.data == (X[0, 0] * 255).round()).all(dim=(1, 2))
    assert same.any()
    assert (data.train.targets[same] == y[0]).all()


@pytest.mark.parametrize('size', [(28, 28), (32, 32), (14, 20), (96, 96)])
def test_equal_to_torchvision(data, usual, size):
    transform = transforms.Compose([transforms.Resize(size),
                                    transforms.ToTensor()])
    images, labels = data.train.data[:40], data.train.targets[:40]
    X, y = d2l.ImageTensorDataset(images, labels, size)[:]
    for i in range(40):
        image, label = usual[i]
        levels = ((X[i] - transform(image)) * 255).abs().max().item()
        assert y[i] == label
        assert levels == 0 or (size == (14, 20) and levels < 1.01)


def test_resizing_once_or_later_is_the_same(data):
    images, labels = data.train.data[:50], data.train.targets[:50]
    once = d2l.ImageTensorDataset(images, labels, (40, 40))
    later = d2l.ImageTensorDataset(images, labels, (40, 40), max_bytes=0)
    assert once._pixels.shape[2:] == (40, 40)
    assert later._pixels.shape[2:] == (28, 28)
    for index in (slice(None), 3, [1, 2], torch.tensor([4, 7])):
        assert torch.equal(once[index][0], later[index][0])


def test_resize_of_the_data_module():
    data = d2l.FashionMNIST(batch_size=16, resize=(32, 32))
    X, y = next(iter(data.train_dataloader()))
    assert X.shape == (16, 1, 32, 32)
    assert data.val[0][0].shape == (1, 32, 32)


def test_an_integer_is_a_square(monkeypatch, small):
    monkeypatch.setattr(d2l, 'read_idx', lambda path: small[
        'labels' in path.name])
    data = d2l.FashionMNIST(batch_size=4, resize=7)
    assert data.resize == (7, 7) and data.train[0][0].shape == (1, 7, 7)


def test_indices(small):
    dataset = d2l.ImageTensorDataset(*small)
    assert dataset[4][0].shape == (1, 4, 6)
    for index in (4, -6, np.int64(4), torch.tensor(4)):
        image, label = dataset[index]
        assert (image == 4 / 255).all() and label == 1
    for index in ([4, 7], torch.tensor([4, 7]), slice(4, 8, 3),
                  torch.tensor([4, 7], dtype=torch.int32),
                  np.array([4, 7])):
        X, y = dataset[index]
        assert X.shape == (2, 1, 4, 6) and y.tolist() == [1, 1]
        assert (X[1] == 7 / 255).all()
    assert len(list(dataset)) == 10
    with pytest.raises(IndexError, match='10'):
        dataset[10]


def test_an_ordinary_loader_takes_the_data_set(small):
    loader = torch.utils.data.DataLoader(d2l.ImageTensorDataset(*small), 4)
    shapes = [tuple(X.shape) for X, y in loader]
    assert shapes == [(4, 1, 4, 6), (4, 1, 4, 6), (2, 1, 4, 6)]


def test_bad_tensors(small):
    images, labels = small
    for bad in ((images[:5], labels), (images.unsqueeze(1), labels)):
        with pytest.raises(ValueError, match='shape'):
            d2l.ImageTensorDataset(*bad)
    with pytest.raises(TypeError, match='uint8, not torch.float32'):
        d2l.ImageTensorDataset(images / 255, labels)


@pytest.mark.parametrize('batch_size', [0, -1, 2.5, None, '64', 'all'])
def test_bad_batch_size(batch_size):
    with pytest.raises(ValueError, match=f'batch_size.*{batch_size!r}'):
        d2l.FashionMNIST(batch_size)


@pytest.mark.parametrize('resize', [0, (0, 28), (28, -1), (28,), (1, 2, 3),
                                    (28.5, 28), None, 28.0, 'ab'])
def test_bad_resize(resize):
    with pytest.raises(ValueError, match='resize must be a pair.*, not '):
        d2l.FashionMNIST(resize=resize)


def test_text_labels(data):
    expected = ['t-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal',
                'shirt', 'sneaker', 'bag', 'ankle boot']
    assert data.text_labels(range(10)) == expected
    assert data.text_labels(torch.tensor([9, 0])) == ['ankle boot', 't-shirt']
    assert data.text_labels([]) == []
    for bad in (-1, 10):
        with pytest.raises(ValueError, match=f'0 to 9, not {bad}'):
            data.text_labels([0, bad])


def titles():
    return [ax.get_title() for ax in plt.gcf().axes]


def test_visualize(data):
    X, y = data.val[:20]
    names = data.text_labels(y)
    data.visualize([X, y])
    assert titles() == names[:8]
    data.visualize((X, y), nrows=2, ncols=3, labels=[str(i) for i in y])
    assert titles() == [str(i) for i in y[:6]]
    data.visualize((X[:3], y[:3]))
    assert titles() == names[:3] + [''] * 5
    data.visualize((X[:1], y[:1]), ncols=1)
    assert titles() == names[:1]
    plt.close('all')


def test_visualize_bad_input(data):
    X, y = data.val[:4]
    with pytest.raises(ValueError, match='empty'):
        data.visualize((X[:0], y[:0]))
    with pytest.raises(ValueError, match='4 images need as many.*2'):
        data.visualize((X, y), labels=['a', 'b'])
    with pytest.raises(ValueError, match='0 to 9'):
        data.visualize((X, y + 10))
    plt.close('all')
