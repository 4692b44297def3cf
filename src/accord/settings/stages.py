"""Reading [stages]: the story told to customers, from a preset or step by step."""

from datetime import timedelta

from msgspec.structs import replace

from accord.domain.accord import Notify, Stage
from accord.domain.finding import Code
from accord.domain.tracks import State
from accord.settings.notices import StageWords
from accord.settings.presets import StagePreset, stages
from accord.settings.states import read_state
from accord.settings.tables import Table, is_table

# What stall_after says of a stage in which an order may rest for good.
NEVER = "never"


def read_stages(root: Table, responsible: str, words: StageWords) -> tuple[Stage, ...]:
    """Return the stages in their order; what they say of messages goes into ``words``.

    Those of a preset come first, with the responsible person where the file names no other; a
    table of the same name changes only what it says. A table of another name is a stage of its
    own, which must be complete.
    """
    table = root.table("stages")
    named = table.choice("preset", list(StagePreset))
    given = stages(StagePreset(named)) if named else ()
    if "preset" in table and named is None:
        table.notes.cover(table.path)
    found = {stage.name: replace(stage, person=responsible) for stage in given}
    if named is not None and not responsible:
        for name in found:  # that nobody is responsible is reported once, not at every stage
            table.notes.cover((*table.path, name, "person"))
    for name in table:
        if name == "preset":
            continue
        entry = table.table(name)
        if is_table(table.raw(name)):
            words.read(name, entry)
            found[name] = _stage(name, entry, found.get(name))
        else:
            found.pop(name, None)
    return tuple(found.values())


def _stage(name: str, entry: Table, preset: Stage | None) -> Stage:
    definition, person = entry.text("definition"), entry.text("person")
    facing, when = entry.flag("customer_facing"), _when(entry)
    notify = entry.choice("notify", list(Notify))
    limit = _limit(entry)
    entry.finish()
    if preset is None:
        _missing(name, entry)
        preset = Stage(
            name=name,
            definition="",
            when={},
            customer_facing=True,
            notify=Notify.NEVER,
            stall_after=None,
            person="",
        )
    return Stage(
        name=name,
        definition=preset.definition if definition is None else definition,
        when=preset.when if when is None else when,
        customer_facing=preset.customer_facing if facing is None else facing,
        notify=Notify(notify) if notify else preset.notify,
        stall_after=limit if "stall_after" in entry else preset.stall_after,
        person=preset.person if person is None else person,
    )


def _missing(name: str, entry: Table) -> None:
    """Note what the model cannot show to be missing."""
    entry.missing(
        "customer_facing",
        f"The stage {name} does not say whether customers see it.",
        "Add customer_facing = true, or false for an internal step.",
    )
    entry.missing(
        "notify",
        f"The stage {name} has no rule for telling the customer.",
        'Add notify = "once" for one message, or notify = "never".',
        Code.STAGE_WITHOUT_RULE,
    )
    entry.missing(
        "stall_after",
        f"The stage {name} does not say how long an order may stay in it.",
        f'Add stall_after = "3 days", or "{NEVER}" where it may rest for good.',
        Code.STAGE_WITHOUT_LIMIT,
    )


def _limit(entry: Table) -> timedelta | None:
    value = entry.raw("stall_after")
    if isinstance(value, str) and value.strip() == NEVER:
        return None
    return entry.length("stall_after")


def _when(entry: Table) -> dict[str, tuple[State, ...]] | None:
    value = entry.raw("when")
    if value is None:
        return None
    if not is_table(value):
        entry.wrong(
            "when",
            value,
            'Put the states under their tracks: when = { fulfillment = ["shipped"] }.',
        )
        return None
    columns = entry.table("when")
    return {column: _states(columns, column) for column in columns}


def _states(columns: Table, column: str) -> tuple[State, ...]:
    value = columns.raw(column)
    if not isinstance(value, list):
        columns.wrong(column, value, f'Write a list of states: {column} = ["…"].')
        columns.notes.cover(columns.path)
        return ()
    found = [
        read_state(item, column, (*columns.path, column, index), columns.notes)
        for index, item in enumerate(value)
    ]
    if None in found:
        columns.notes.cover(columns.path)
    return tuple(state for state in found if state is not None)
