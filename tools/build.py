"""From chapters to executed notebooks, doing only what has to be done.

Every section ends in one of these states, and the status file says which:
`executed`, `restored` (a matching fingerprint in the store), `fresh` (the
notebook of the last build still holds), `no code`, `not run` (with the
reason) or `failed`.
"""
import contextlib
import hashlib
import json
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from tools import (
    execute,
    files,
    fingerprint,
    lineage,
    machine,
    notebooks,
    progress,
    saving,
    schedule,
    sections,
    store,
)
from tools.errors import BookError, Problem
from tools.kernels import client

EXECUTED, RESTORED, FRESH = 'executed', 'restored', 'fresh'
NO_CODE, NOT_RUN, FAILED = 'no code', 'not run', 'failed'
GUESS = 5.0     # seconds expected of a section never executed before


@dataclass
class Outcome:
    """What became of one section in a build."""

    name: str
    state: str
    seconds: float = 0.0            # of its execution, now or when stored
    reason: str = ''                # why executed, not run or failed
    peak_memory: int = 0
    problem: Problem | None = None
    traceback: str = ''


@dataclass
class Report:
    """The outcome of a build."""

    profile: str
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    wall: float = 0.0

    def count(self, state):
        return sum(o.state == state for o in self.outcomes)

    @property
    def ok(self):
        return not self.problems and not self.count(FAILED)


@contextlib.contextmanager
def exclusive(book, profile):
    """Only one build of a profile at a time."""
    import filelock

    path = book.out(profile.name) / '.lock'
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path, timeout=0)
        lock.acquire()
    except filelock.Timeout:
        raise BookError(Problem(
            f'another build of profile {profile.name!r} is running', path,
            hint='wait for it to end')) from None
    except OSError as error:
        raise files.explain(error, path) from None
    try:
        yield
    finally:
        lock.release()


class Status:
    """The status file of a profile: what the last builds found."""

    def __init__(self, book, profile):
        self.path = book.out(profile.name) / 'status.json'
        known = files.read_json(self.path, {})
        self.sections = (known.get('sections', {})
                         if isinstance(known, dict) else {})

    def get(self, name):
        return self.sections.get(name, {})

    def write(self, report):
        files.write_json(self.path, {
            'profile': report.profile, 'sections': self.sections})


def load(book):
    """Read the book: (contents, library, lineage, problems)."""
    contents = sections.read_book(book)
    library, problems = saving.collect(contents.sections)
    problems = contents.problems + problems
    for section in contents.sections:
        problems += notebooks.check_parameters(section)
    graph = lineage.Lineage(library, book.module.parent)
    return contents, library, graph, problems


def select(contents, wanted, book):
    """Sections named on the command line, by file or by name."""
    if not wanted:
        return list(contents.sections)
    found = []
    for text in wanted:
        path = Path(text)
        matches = [s for s in contents.sections
                   if s.path == path.resolve() or s.name == text
                   or s.name == text.removesuffix('.md')
                   or s.name.startswith(text.rstrip('/') + '/')
                   or path.resolve() in s.path.parents]
        if not matches:
            raise BookError(Problem(
                f'no section {text!r} in the book',
                hint='give a file like chapters/preliminaries/ndarray.md, '
                     'or a name like preliminaries/ndarray'))
        found += [m for m in matches if m not in found]
    return found


def needed_results(book):
    """Fingerprints that the book as it stands has in any profile."""
    contents, _, graph, _ = load(book)
    needed, device = set(), machine.detect().device or 'cpu'
    for name in book.profiles:
        for section in contents.sections:
            if section.has_code and not section.meta.skip:
                with contextlib.suppress(BookError):
                    needed.add(fingerprint.of(fingerprint.parts(
                        section, book.profile(name), graph, book, device)))
    return needed


def notebook_path(book, profile, section):
    return (book.out(profile.name) / 'notebooks'
            / f'{section.name}.ipynb')


def _text(notebook):
    import nbformat
    return nbformat.writes(notebook) + '\n'


def _digest(section, profile):
    """A hash of all that a section's notebook is made from, prose included."""
    inputs = [[c.kind, c.source, c.metadata] for c in section.cells]
    inputs += [section.metadata,
               section.meta.profiles.get(profile.name, {})]
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False,
                      default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Builder:
    """One build of a profile."""

    def __init__(self, book, profile, *, workers=None, force=False,
                 say=print, quiet=False, scheduler=''):
        self.book, self.profile = book, profile
        self.scheduler = scheduler      # address of a cluster's, if any
        self.force, self.say, self.quiet = force, say, quiet
        self.workers = workers
        self.status = Status(book, profile)
        self.store = store.of_book(book, self._warn)
        self.report = Report(profile.name)
        self.shown = self.sockets = None
        self.device = 'cpu'             # what sections with GPUs run on
        self.kernel = self.specs = ''
        self.began, self.waited = 0.0, {}       # section -> seconds queued

    def _warn(self, text):
        (self.shown.say if self.shown else self.say)(text)

    # -- what is to be done -------------------------------------------------

    def plan(self, contents, chosen, graph):
        """Sort sections into done and to do: [(section, parts, reason)]."""
        stale = []
        for section in contents.sections:
            if section not in chosen:
                continue
            if not section.has_code:
                self._keep(section, Outcome(section.name, NO_CODE))
                continue
            if section.meta.skip:
                self._leave(section, section.meta.skip)
                continue
            try:
                parts = fingerprint.parts(section, self.profile, graph,
                                          self.book, self.device)
                wrong = notebooks.check_parameters(section)
                if wrong:
                    raise BookError(*wrong)
            except BookError as error:
                self._fail(section, error.problems[0], known=True)
                self.report.problems += [
                    p for p in error.problems
                    if p not in self.report.problems]
                continue
            if not self._is_fresh(section, parts):
                stale.append((section, parts))
        if not self.force:
            self.store.prefetch(fingerprint.of(p) for _, p in stale)
        return [(section, parts, self._why(section, parts))
                for section, parts in stale
                if not self._restore(section, parts)]

    def _why(self, section, parts):
        """Why a section has to be executed, in words."""
        if self.force:
            return 'asked for'
        last = self.status.get(section.name)
        if 'parts' not in last:
            return 'never executed'
        if last.get('state') == FAILED:
            return 'failed last time'
        changes = fingerprint.differences(last['parts'], parts)
        return '; '.join(changes) or 'its result is no longer in the store'

    def _is_fresh(self, section, parts):
        """Whether the notebook of the last build still holds."""
        last = self.status.get(section.name)
        path = notebook_path(self.book, self.profile, section)
        if (self.force or not last.get('stamp')
                or last.get('fingerprint') != fingerprint.of(parts)
                or last.get('source') != _digest(section, self.profile)
                or last.get('stamp') != _stamp(path)):
            return False
        self.report.outcomes.append(Outcome(
            section.name, FRESH, last['seconds'], '',
            last.get('peak_memory', 0)))
        return True

    def _restore(self, section, parts):
        """Take the result of the store, if there is one."""
        record = (None if self.force
                  else self.store.get(fingerprint.of(parts)))
        if record is None:
            return False
        outcome = Outcome(section.name, RESTORED, record['seconds'], '',
                          record.get('peak_memory', 0))
        self._write(section, outcome, parts, record)
        return True

    # -- what has been done -------------------------------------------------

    def _keep(self, section, outcome):
        self.report.outcomes.append(outcome)
        self.status.sections[section.name] = {'state': outcome.state}

    def _write(self, section, outcome, parts, record):
        """Write the notebook of a section and note it in the status."""
        notebook = notebooks.to_notebook(section, self.profile)
        notebooks.with_outputs(notebook, record['outputs'])
        mark = fingerprint.of(parts)
        notebook.metadata['book_run'] = {
            'profile': self.profile.name, 'seconds': record['seconds'],
            'date': record['date'], 'fingerprint': mark[:12],
            'python': parts['environment'].get('python', ''),
            'torch': parts['environment'].get('torch', '')}
        path = notebook_path(self.book, self.profile, section)
        files.write(path, _text(notebook))
        self.report.outcomes.append(outcome)
        self.status.sections[section.name] = {
            'state': outcome.state, 'fingerprint': mark, 'parts': parts,
            'source': _digest(section, self.profile), 'stamp': _stamp(path),
            'seconds': record['seconds'], 'date': record['date'],
            'cell_seconds': record.get('cell_seconds', []),
            'peak_memory': record.get('peak_memory', 0),
            'reason': outcome.reason or 'its result was in the store',
            'queued': round(self.waited.get(section.name, 0.0), 1)}

    def _leave(self, section, reason):
        """A section that is not run, with its reason, for all to see."""
        notebook = notebooks.to_notebook(section, self.profile)
        notebook.metadata['book_run'] = {
            'profile': self.profile.name, 'not_run': reason}
        files.write(notebook_path(self.book, self.profile, section),
                    _text(notebook))
        self._keep(section, Outcome(section.name, NOT_RUN, reason=reason))
        self.status.sections[section.name]['reason'] = reason

    def _fail(self, section, problem, result=None, parts=None, known=False):
        """A section that failed: its page shows how far it came."""
        outcome = Outcome(section.name, FAILED, reason=problem.message,
                          problem=problem)
        try:
            notebook = notebooks.to_notebook(section, self.profile)
        except BookError:
            notebook = None
        if result is not None:
            outcome.seconds = result.seconds
            outcome.traceback = result.traceback
            notebooks.with_outputs(notebook, result.outputs)
        if notebook is not None:
            notebook.metadata['book_run'] = {
                'profile': self.profile.name, 'failed': problem.message}
            files.write(notebook_path(self.book, self.profile, section),
                        _text(notebook))
        if not known:
            self.report.problems.append(problem)
        self.report.outcomes.append(outcome)
        old = self.status.get(section.name)
        self.status.sections[section.name] = {
            'state': FAILED, 'reason': problem.message,
            'seconds': old.get('seconds', 0)}
        if parts:
            self.status.sections[section.name]['parts'] = parts

    def _problem(self, section, result):
        """A failed result as a problem with file, line and cell."""
        hints = {
            execute.CELL_ERROR: '',
            execute.CELL_TIMEOUT: 'make it faster, or give the section '
                                  '`limits: {cell: SECONDS}` under book:',
            execute.NOTEBOOK_TIMEOUT: 'make it faster, or give the section '
                                      '`limits: {notebook: SECONDS}`',
            execute.OUT_OF_MEMORY: 'use less memory, or declare '
                                   '`needs: {memory: 4 GB}` under book: so '
                                   'that less runs beside it',
            execute.KERNEL_DIED: 'it was tried again and died again; run '
                                 'the section in Jupyter to see more',
            execute.START_FAILED: 'try `python -m ipykernel --version`, and '
                                  'BOOK_WARM_KERNELS=0 for plain kernels',
        }
        line = number = 0
        if result.cell >= 0:
            notebook = notebooks.to_notebook(section, self.profile)
            cell = notebooks.source_cell(section, notebook, result.cell)
            number = cell.number
            line = cell.line + max(result.line - 1, 0)
        return Problem(result.message, section.path, line, number,
                       hints[result.status])

    # -- doing it -----------------------------------------------------------

    def task(self, section, parts):
        meta, out = section.meta, self.book.out(self.profile.name)
        return execute.Task(
            section.name, notebooks.to_notebook(section, self.profile),
            self.kernel, str(out / 'run' / section.name),
            execute.build_environment(self.book.root, self.book.build,
                                      meta.needs.cpus, self.book.data),
            meta.cell_limit or self.profile.cell_limit,
            meta.notebook_limit or self.profile.notebook_limit,
            str(self.book.root), str(self.sockets or ''),
            self._about(section, parts), self.specs)

    def _about(self, section, parts):
        return {'section': section.name, 'profile': self.profile.name,
                'parts': parts}

    def _data(self, todo):
        """Fetch declared data beforehand; drop sections that can't have it."""
        wanted = {name for section, _, _ in todo
                  for name in section.meta.needs.data}
        missing = {}
        for name in sorted(wanted):
            from d2l import data
            try:
                data.fetch(name, cache=self.book.data)
            except Exception as error:
                missing[name] = str(error)
        left = []
        for section, parts, reason in todo:
            lacking = [n for n in section.meta.needs.data if n in missing]
            if lacking:
                self._fail(section, Problem(
                    f'data set {lacking[0]!r} is not available',
                    section.path, 1, hint=missing[lacking[0]]), parts=parts)
            else:
                left.append((section, parts, reason))
        return left

    def open_pool(self):
        """What executes: this machine, or the workers of a cluster."""
        if not self.scheduler:
            return schedule.LocalPool(machine.detect(self.workers),
                                      started=self._started)
        from tools.cluster.pool import DaskPool
        return DaskPool(self.book, self.profile, self.scheduler, self._warn,
                        self._started)

    def _started(self, name):
        self.waited[name] = time.monotonic() - self.began
        if self.shown:
            self.shown.started(name)

    def run(self, todo, pool):
        """Execute what is to do; every success is kept at once."""
        from tools.kernels import spec

        jobs, by_name = [], {}
        self.kernel, self.specs = spec.of_build(self.book.preload,
                                                self.book.build)
        self.sockets = client.socket_folder()
        for section, parts, reason in todo:
            cannot = schedule.impossible(section.meta.needs, pool.machine)
            if cannot:
                self._leave(section, cannot)
                continue
            by_name[section.name] = section, parts, reason
            expected = self.status.get(section.name).get('seconds') or GUESS
            jobs.append(schedule.Job(self.task(section, parts),
                                     section.meta.needs, expected))
        self.shown = progress.display(len(jobs), self.quiet)
        self.began = time.monotonic()
        try:
            with self.shown:
                for result in schedule.run(jobs, pool):
                    section, parts, reason = by_name[result.name]
                    self._finish(section, parts, reason, result)
        finally:
            self.shown = None
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _finish(self, section, parts, reason, result):
        took = f'{result.seconds:.1f} s'
        if not result.ok:
            problem = self._problem(section, result)
            self._fail(section, problem, result, parts)
            self.shown.ended(section.name, f'{took}  FAILED: '
                             f'{result.message.splitlines()[0]}')
            return
        record = execute.record(self._about(section, parts), result)
        self.store.put(fingerprint.of(parts), record)
        self._write(section, Outcome(section.name, EXECUTED, result.seconds,
                                     reason, result.peak_memory),
                    parts, record)
        over = (f'  over its budget of {self.profile.budget:g} s'
                if result.seconds > self.profile.budget else '')
        self.shown.ended(section.name, f'{took}{over}  ({reason})')

    def build(self, wanted=()):
        """Build the notebooks; returns the report."""
        started = time.monotonic()
        contents, library, graph, problems = load(self.book)
        self.report.problems += problems
        chosen = select(contents, wanted, self.book)
        with exclusive(self.book, self.profile):
            self._sweep()
            text = saving.module_source(library)
            saving.write_module(self.book.module, text)
            pool = self.open_pool() if self.scheduler else None
            try:
                self.device = self._device(chosen, pool)
                todo = self.plan(contents, chosen, graph)
                if todo:
                    pool = pool or self.open_pool()
                    if not self.scheduler:
                        # Its imports take longest: let them begin at once.
                        client.prepare(list(self.book.preload))
                    self.run(self._data(todo), pool)
                if not wanted:
                    self._prune(contents)
            finally:
                # Also after Ctrl-C: what was executed is not forgotten.
                self.status.write(self.report)
                if pool:
                    pool.close()
        order = {s.name: i for i, s in enumerate(contents.sections)}
        self.report.outcomes.sort(key=lambda o: order[o.name])
        self.report.wall = time.monotonic() - started
        return self.report

    def _sweep(self):
        """Remove what a killed build has left."""
        self.store.sweep()
        shutil.rmtree(self.book.out(self.profile.name) / 'run',
                      ignore_errors=True)

    def _device(self, chosen, pool):
        """What the GPUs are called that sections with such needs run on."""
        if not any(s.meta.needs.gpus for s in chosen):
            return 'cpu'
        here = pool.machine if pool else machine.detect()
        return here.device or 'cpu'

    def _prune(self, contents):
        """Forget sections that are no longer in the book."""
        names = {s.name for s in contents.sections}
        for name in set(self.status.sections) - names:
            del self.status.sections[name]
        folder = self.book.out(self.profile.name) / 'notebooks'
        if folder.is_dir():
            keep = {notebook_path(self.book, self.profile, s)
                    for s in contents.sections if s.has_code}
            files.prune(folder, keep)


def _stamp(path):
    """Size and time of a file, to see whether somebody changed it."""
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]
