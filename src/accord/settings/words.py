"""Reading what the words of one system mean in this stack, beside its connector's own table."""

from msgspec.structs import replace

from accord.connector_kit.connector import Connector, Need
from accord.domain.finding import Code, did_you_mean, listed
from accord.domain.tracks import State
from accord.domain.vocabulary import Ignored, Row, Vocabulary
from accord.domain.vocabulary_proof import word_path
from accord.settings.states import read_state
from accord.settings.tables import Table, is_table


def with_overrides(system: str, table: Table, connector: Connector) -> Vocabulary:
    """Return the connector's table with the words of the accord file in place of its own.

    ``[[systems.NAME.words]]`` gives a word a meaning, ``[[systems.NAME.ignored_words]]`` says
    that it has none and why. What the file says comes first; an entry under a condition leaves
    the connector's entries under other conditions as they are.
    """
    rows = [_row(system, entry, connector) for entry in table.tables("words")]
    silences = [_ignored(system, entry, connector) for entry in table.tables("ignored_words")]
    given = [row for row in rows if row is not None]
    ignored = [row for row in silences if row is not None]
    own = connector.vocabulary
    whole = {_key(row) for row in ignored} | {_key(row) for row in given if not row.when}
    partly = {(_key(row), _conditions(row)) for row in given}
    kept = (r for r in own.rows if _key(r) not in whole and (_key(r), _conditions(r)) not in partly)
    named = whole | {_key(row) for row in given}
    silent = (row for row in own.ignored if _key(row) not in named)
    return replace(own, rows=(*given, *kept), ignored=(*ignored, *silent))


def _key(entry: Row | Ignored) -> tuple[str, str]:
    return entry.kind, entry.word.casefold()


def _conditions(row: Row) -> frozenset[tuple[str, str | bool]]:
    return frozenset(row.when.items())


def _row(system: str, entry: Table, connector: Connector) -> Row | None:
    named = _kind_and_word(system, entry, connector)
    if "means" in entry and not is_table(entry.raw("means")):
        entry.notes.cover(entry.path)  # the wrong kind of value is reported, not its absence
    columns = entry.table("means")
    means = {column: _state(columns, column) for column in columns}
    note, label = entry.text("note"), entry.text("label")
    when = _when(entry.table("when"), connector)
    entry.finish()
    if named is None:
        return None
    return Row(
        kind=named[0],
        word=named[1],
        means={column: state for column, state in means.items() if state is not None},
        note=note or "",
        label=label or "",
        when=when,
    )


def _ignored(system: str, entry: Table, connector: Connector) -> Ignored | None:
    named = _kind_and_word(system, entry, connector)
    reason = entry.text("reason")
    entry.finish()
    return Ignored(kind=named[0], word=named[1], reason=reason or "") if named else None


def _kind_and_word(system: str, entry: Table, connector: Connector) -> tuple[str, str] | None:
    kind, word = entry.text("kind"), entry.text("word")
    for key, meaning in (("kind", "on which record it stands"), ("word", "which word it is")):
        entry.missing(
            key,
            f"This entry does not say {meaning}.",
            f'Add {key} = "…", exactly as the system sends it.',
        )
    if kind is None or word is None:
        return None
    entry.notes.same_place(word_path(system, kind, word), entry.path)
    table = connector.vocabulary
    kinds = {row.kind for row in table.rows} | {row.kind for row in table.ignored}
    if kind not in kinds:
        entry.notes.add_warning(
            Code.UNKNOWN_KIND,
            (*entry.path, "kind"),
            f"The connector {connector.name} has no words of its own on {kind!r}.",
            f"{did_you_mean(kind, kinds)}Its kinds are {listed(kinds)}.",
        )
    return kind, word


def _state(columns: Table, column: str) -> State | None:
    # An unreadable state was reported; the row must not be reported as empty as well.
    state = read_state(columns.raw(column), column, (*columns.path, column), columns.notes)
    if state is None:
        columns.notes.cover(columns.path[:-1])
    return state


def _when(table: Table, connector: Connector) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {}
    for name in (s.name for s in connector.settings if s.need is Need.ACCORD):
        value = table.raw(name)
        if isinstance(value, str | bool):
            found[name] = value
        elif value is not None:
            table.wrong(name, value, "Write the value as the setting itself is written.")
    table.finish()
    return found
