"""What a message to a customer says: the accord's words with the order's facts in them. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.milestones import Milestone
from accord.domain.truth import total

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_PLACEHOLDERS: Mapping[str, str] = {
    "order": "the order's number, as people read it",
    "stage": "the name of the stage",
    "definition": "the stage's definition",
    "parcels": "what the parcels hold, one line each: 2 x A-100",
    "tracking": "the parcels' tracking numbers",
}


class ToldParcel(Struct, frozen=True):
    """A parcel as a message tells of it."""

    lines: dict[str, int]
    tracking: tuple[str, ...]


class ToldStage(Struct, frozen=True):
    """A milestone as a message tells of it, and the parcels that reached it."""

    stage: str
    definition: str
    parcels: tuple[ToldParcel, ...]


class Content(Struct, frozen=True, kw_only=True):
    """A message without its address. It is kept with the ledger, so it holds no personal data."""

    order: str
    at: datetime
    subject: str
    text: str
    milestones: tuple[ToldStage, ...]


def placeholders() -> Mapping[str, str]:
    """Return what may stand in braces in a text, and what it becomes."""
    return _PLACEHOLDERS


def unknown_placeholders(text: str) -> Iterator[str]:
    """Yield what stands in braces in ``text`` and means nothing."""
    for found in _PLACEHOLDER.finditer(text):
        if found.group(1) not in _PLACEHOLDERS:
            yield found.group(1)


def content(number: str, told: Sequence[Milestone], accord: Accord, now: datetime) -> Content:
    """Return one message about some milestones; its subject is that of the furthest."""
    ordered = sorted(told, key=lambda one: (one.place, one.subject))
    names = list(dict.fromkeys(one.stage for one in ordered))
    definitions = {stage.name: stage.definition for stage in accord.stages}
    stages = [
        ToldStage(
            name,
            definitions.get(name, ""),
            tuple(ToldParcel(m.lines, m.tracking) for m in ordered if m.stage == name),
        )
        for name in names
    ]
    rules = accord.notices
    words = [rules.words_of(name) for name in names] if rules else []
    texts = [_filled(w.text, number, s) for w, s in zip(words, stages, strict=False)]
    subject = _filled(words[-1].subject, number, stages[-1]) if words else ""
    return Content(
        order=number,
        at=now,
        subject=" ".join(subject.split()),
        text="\n\n".join(_without_gaps(text) for text in texts),
        milestones=tuple(stages),
    )


def _filled(text: str, number: str, told: ToldStage) -> str:
    lines = total(parcel.lines for parcel in told.parcels)
    tracking = dict.fromkeys(n for parcel in told.parcels for n in parcel.tracking)
    values = {
        "order": number,
        "stage": told.stage,
        "definition": told.definition,
        "parcels": "\n".join(f"{count} x {line}" for line, count in sorted(lines.items())),
        "tracking": ", ".join(tracking),
    }
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(1), found.group()), text)


def _without_gaps(text: str) -> str:
    """Return ``text`` without the holes that placeholders with nothing to tell leave."""
    return re.sub(r"\n{3,}", "\n\n", text.strip())
