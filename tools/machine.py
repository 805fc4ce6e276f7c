"""What this machine offers: processors, memory, GPUs."""
import contextlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """Slots for running sections; memory in bytes."""

    cpus: int
    memory: int
    gpus: tuple[int, ...] = ()
    name: str = 'this machine'
    device: str = ''                # what its GPUs are called


def processors():
    """Processors this process may use, counting a container's quota."""
    count = (len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity')
             else os.cpu_count() or 1)
    with contextlib.suppress(OSError, ValueError):
        quota, period = Path('/sys/fs/cgroup/cpu.max').read_text().split()
        if quota != 'max':
            count = min(count, max(1, round(int(quota) / int(period))))
    return count


def available_memory():
    """Bytes that can be used without swapping."""
    import psutil
    size = psutil.virtual_memory().available
    with contextlib.suppress(OSError, ValueError):
        limit = Path('/sys/fs/cgroup/memory.max').read_text().strip()
        used = Path('/sys/fs/cgroup/memory.current').read_text().strip()
        if limit != 'max':
            size = min(size, int(limit) - int(used))
    return size


def gpus():
    """(indices, name) of NVIDIA GPUs, asked of the driver without torch."""
    visible = os.environ.get('CUDA_VISIBLE_DEVICES')
    found = {}
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            ['nvidia-smi', '--query-gpu=index,name', '--format=csv,noheader'],
            capture_output=True, text=True, timeout=20)
        if done.returncode == 0:
            for line in done.stdout.strip().split('\n'):
                index, _, name = line.partition(',')
                if index.strip().isdigit():
                    found[int(index)] = name.strip()
    if visible is not None:
        chosen = [int(v) for v in visible.split(',') if v.strip().isdigit()]
    else:
        chosen = sorted(found)
    names = sorted({found.get(i, 'GPU') for i in chosen})
    return tuple(chosen), ', '.join(names)


def detect(workers=None):
    """The machine, with `workers` processor slots when given."""
    indices, device = gpus()
    return Machine(workers or processors(), available_memory(), indices,
                   device=device)
