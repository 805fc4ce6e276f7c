"""What a build says at its end: a table of times, problems, a summary, and
the same for programs."""
from tools import build, files

# What the report tells of the last execution of a section.
_KEPT = ('seconds', 'cell_seconds', 'peak_memory', 'queued', 'reason', 'date',
         'fingerprint')


def _seconds(value):
    return f'{value:7.1f}' if value else '      –'


def timing_table(report, budget=None):
    """Lines of a table of sections by time, longest first."""
    rows = [o for o in report.outcomes
            if o.state not in (build.NO_CODE,)]
    if not rows:
        return []
    width = max(len(o.name) for o in rows)
    lines = [f'{"section":{width}}  seconds  memory  state']
    for outcome in sorted(rows, key=lambda o: (-o.seconds, o.name)):
        memory = (f'{outcome.peak_memory / 1e9:4.1f} GB'
                  if outcome.peak_memory else '      –')
        over = ('  over budget' if budget and outcome.seconds > budget
                else '')
        reason = (f' ({outcome.reason})'
                  if outcome.state == build.NOT_RUN else '')
        lines.append(f'{outcome.name:{width}}  {_seconds(outcome.seconds)}'
                     f'  {memory}  {outcome.state}{reason}{over}')
    return lines


def summary(report):
    """One line: how many sections ended in which state."""
    states = (build.EXECUTED, build.RESTORED, build.FRESH, build.NOT_RUN,
              build.FAILED, build.NO_CODE)
    counts = [f'{report.count(s)} {s}' for s in states if report.count(s)]
    executing = sum(o.seconds for o in report.outcomes
                    if o.state == build.EXECUTED)
    spent = f'; {executing:.1f} s of executing' if executing else ''
    return (f'{report.profile}: {", ".join(counts) or "no sections"}'
            f'{spent}; {report.wall:.1f} s')


def failures(report):
    """Lines that describe every failed section, traceback included."""
    lines = []
    for outcome in report.outcomes:
        if outcome.state == build.FAILED and outcome.traceback:
            lines += ['', f'--- {outcome.problem or outcome.name}', '',
                      outcome.traceback.rstrip()]
    return lines


def as_json(made, sections, budget):
    """The report of a build for programs; `sections` are of its status."""
    counts = {state: made.count(state) for state in (
        build.EXECUTED, build.RESTORED, build.FRESH, build.NOT_RUN,
        build.FAILED, build.NO_CODE)}
    rows = []
    for outcome in made.outcomes:
        if outcome.state == build.NO_CODE:
            continue
        known = sections.get(outcome.name, {})
        row = {'name': outcome.name, 'state': outcome.state}
        row |= {key: known[key] for key in _KEPT if key in known}
        if outcome.state in (build.NOT_RUN, build.FAILED):
            row['reason'] = outcome.reason
        row['over_budget'] = bool(budget and outcome.seconds > budget)
        rows.append(row)
    return {'profile': made.profile, 'budget': budget,
            'wall_seconds': round(made.wall, 1), 'counts': counts,
            'hits': counts[build.RESTORED] + counts[build.FRESH],
            'misses': counts[build.EXECUTED] + counts[build.FAILED],
            'sections': rows}


def write(book, profile, made, sections):
    """Write ``report.json`` into the profile's folder."""
    files.write_json(book.out(profile.name) / 'report.json',
                     as_json(made, sections, profile.budget))
