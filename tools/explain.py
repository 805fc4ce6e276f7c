"""Say what a section depends on and why it would be executed."""
from tools import build, fingerprint, machine, schedule, store


def explain(book, profile, text):
    """Lines about the section named by `text`."""
    contents, _, graph, _ = build.load(book)
    lines = []
    for section in build.select(contents, [text], book):
        lines += _one(book, profile, section, graph, contents)
    return lines


def _one(book, profile, section, graph, contents):
    lines = [f'{section.name}: {section.title}']
    if not section.has_code:
        return lines + ['  has no code: nothing to execute']
    device = machine.detect().device or 'cpu'
    parts = fingerprint.parts(section, profile, graph, book, device)
    reach = graph.reach(section)
    direct = graph.uses(section).names
    lines.append(f'  {len(section.code_cells)} code cells')
    for name, definitions in reach.definitions.items():
        places = ', '.join(sorted({d.section for d in definitions}))
        how = '' if name in direct or reach.everything else ', indirectly'
        lines.append(f'  uses d2l.{name} (from {places}{how})')
    if reach.everything:
        lines.append('  uses the module as a value: all of it counts')
    lines += [f'  uses d2l.{n}, which nothing saves' for n in reach.unknown]
    lines += [f'  uses {p.relative_to(book.root)}' for p in reach.files]
    needs = section.meta.needs
    if needs.data:
        lines.append(f'  needs the data {", ".join(needs.data)}')
    values = parts['parameters']
    if values:
        lines.append(f'  profile {profile.name} sets ' + ', '.join(
            f'{k} = {v!r}' for k, v in values.items()))
    users = sorted({s.name for s in contents.sections
                    if s is not section and any(
                        d.section == section.name
                        for found in graph.reach(s).definitions.values()
                        for d in found)})
    if users:
        lines.append('  its saved code is used by ' + ', '.join(users))
    mark = fingerprint.of(parts)
    lines.append(f'  fingerprint {mark[:12]}')
    if section.meta.skip:
        return lines + [f'  is not run: {section.meta.skip}']
    cannot = schedule.impossible(needs, machine.detect())
    if cannot:
        return lines + [f'  is not run here: {cannot}']
    builder = build.Builder(book, profile)
    if store.of_book(book).get(mark):
        return lines + ['  would not be executed: its result is stored']
    return lines + ['  would be executed: '
                    + builder._why(section, parts)]
