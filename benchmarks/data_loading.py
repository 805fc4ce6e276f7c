"""Time an epoch of reading Fashion-MNIST: ours and torchvision's, in one run.

    python benchmarks/data_loading.py
    python benchmarks/data_loading.py --resize 32 --rounds 5

Both read the 60,000 training images from the same files, shuffled, in
minibatches of float tensors; nothing is computed from these.  `d2l` is
`d2l.FashionMNIST`; `torchvision` is its FashionMNIST with ToTensor, and with
Resize if a size is asked for, in a DataLoader with `--workers` processes.
They take turns, so that a drift of the machine's speed meets both; ratios are
formed round by round.  Before that, the minibatches of both are compared.
"""
import argparse
import platform
import statistics
import sys
import time
from pathlib import Path

import torch
import torchvision
from torchvision import transforms

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from d2l import data as catalogue  # noqa: E402
from d2l import torch as d2l  # noqa: E402

SIDE = 28       # pixels, of the images in the files


def contenders(batch_size, size, workers):
    """{name: loader} of the two, and the two data sets."""
    folder = catalogue.fetch('fashion-mnist')
    ours = d2l.FashionMNIST(batch_size, resize=(size, size))
    steps = [transforms.ToTensor()]
    if size != SIDE:
        steps.insert(0, transforms.Resize((size, size)))
    theirs = torchvision.datasets.FashionMNIST(
        folder.parents[1], train=True, transform=transforms.Compose(steps))
    loaders = {
        'd2l': ours.train_dataloader(),
        'torchvision': torch.utils.data.DataLoader(
            theirs, batch_size, shuffle=True, num_workers=workers)}
    return loaders, (ours.train, theirs)


def compare(ours, theirs, count=1000):
    """End unless the first `count` images and labels are the same."""
    X, y = ours[:count]
    Z = torch.stack([theirs[i][0] for i in range(count)])
    if not (torch.equal(X, Z) and torch.equal(y, theirs.targets[:count])):
        sys.exit('the two loaders do not deliver the same images')


def epoch(loader):
    """Seconds that one pass over `loader` takes."""
    started = time.perf_counter()
    images = sum(len(y) for _, y in loader)
    seconds = time.perf_counter() - started
    if images != 60000:
        sys.exit(f'an epoch had {images} images instead of 60,000')
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--batch-size', type=int, default=256)
    parser.add_argument('--resize', type=int, default=SIDE, metavar='PIXELS')
    parser.add_argument('--workers', type=int, default=1,
                        help='processes of the DataLoader of torchvision')
    parser.add_argument('--threads', type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    loaders, datasets = contenders(args.batch_size, args.resize, args.workers)
    compare(*datasets)
    print(f'{args.resize} x {args.resize} pixels, batch size '
          f'{args.batch_size}, {args.threads} threads, {args.workers} '
          f'workers for torchvision {torchvision.__version__}, PyTorch '
          f'{torch.__version__}, {platform.system()} {platform.machine()}',
          flush=True)
    times = {name: [] for name in loaders}
    for number in range(args.rounds):
        for name, loader in loaders.items():
            times[name].append(epoch(loader))
            print(f'round {number + 1}  {name:12} {times[name][-1]:7.3f} s',
                  flush=True)
    for name, values in times.items():
        median = statistics.median(values)
        print(f'{name:12} median {median:7.3f} s, '
              f'{60000 / median:9,.0f} images/s')
    ratios = [b / a for a, b in zip(*times.values(), strict=True)]
    print(f'd2l is faster by a factor of {statistics.median(ratios):.0f} '
          f'(median of rounds; {min(ratios):.0f} to {max(ratios):.0f})')


if __name__ == '__main__':
    main()
