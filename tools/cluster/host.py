"""The process that executes notebooks on a worker.

    python -m tools.cluster.host ROOT

Started in an unpacked bundle at ROOT.  It reads one request a line (JSON) on
its standard input, answers with one line on its standard output, and ends,
with the kernel that runs, when its input ends.  Requests:

    {"do": "describe", "packages": […]}     what this machine is and has
    {"do": "run", "task": {…}, "data": […], "store": …}
"""
import dataclasses
import json
import os
import queue
import sys
import threading
from pathlib import Path

from tools import execute, fingerprint, machine, store
from tools.kernels import client, spec


def describe(request, root):
    """Versions as in fingerprints; processors, memory, GPUs."""
    here = machine.detect()
    return {'environment': dict(fingerprint.versions(
                tuple(request['packages']))),
            'memory': here.memory, 'gpus': list(here.gpus),
            'device': here.device}


def _data_folder(root):
    """The cache of data sets; sections see it at the place it has in a
    checkout, so that outputs that name it are the same everywhere."""
    from d2l import data
    cache = data.cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    shown = root / 'data'
    if not shown.is_symlink():
        shown.symlink_to(cache, target_is_directory=True)
    return shown


def _lacking(names, cache):
    from d2l import data
    return [n for n in names if data.status(n, cache) != 'there']


def run(request, root):
    """Execute a task; {'lacking': names} if data sets are not here."""
    cache = _data_folder(root)
    lacking = _lacking(request['data'], cache)
    if lacking:
        return {'lacking': lacking, 'cache': str(cache.resolve())}
    build = root / '_build'
    kernel, specs = spec.of_build(request['preload'], build)
    fields = request['task']
    task = execute.Task(**fields | {
        'kernel': kernel, 'specs': specs,
        'folder': str(build / request['profile'] / 'run' / fields['name']),
        'root': str(root), 'sockets': '',
        'env': execute.build_environment(
            root, build, request['cpus'], cache) | {
                'CUDA_VISIBLE_DEVICES': request['gpus']}})
    result = execute.execute(task)
    kept = False
    if result.ok and request['store']:
        shared = store.Store(request['store'], lambda text: print(
            text, file=sys.stderr))
        record = execute.record(task.about, result)
        kept = shared.put(fingerprint.of(record['parts']), record)
    return {'result': dataclasses.asdict(result), 'kept': kept}


_ACTIONS = {'describe': describe, 'run': run}


def _read(requests):
    """Requests as they come; the end of the input is the end of us."""
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)     # kernels go with their connections


def main():
    root = Path(sys.argv[1]).resolve()
    # What sections or libraries print must not be taken for an answer.
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    requests = queue.Queue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    while True:
        request = requests.get()
        try:
            if request['do'] == 'run':
                client.prepare(request['preload'])
            answer = _ACTIONS[request['do']](request, root)
        except Exception as error:
            answer = {'error': f'{type(error).__name__}: {error}'}
        answers.write(json.dumps(answer) + '\n')
        answers.flush()


if __name__ == '__main__':
    main()
