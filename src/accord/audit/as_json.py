"""The outcome of an audit as one JSON object, for programs."""

import json
from collections.abc import Mapping
from decimal import Decimal

from accord.audit.errors import UnusableError
from accord.audit.flight import as_instant
from accord.audit.outcome import FileFound, Finding, Outcome, UnknownWord


def as_json(outcome: Outcome) -> str:
    """Return the object as text; its keys are in the reference."""
    return json.dumps(_object(outcome), indent=2, ensure_ascii=False)


def unusable_as_json(error: UnusableError) -> str:
    """Return why the files cannot be used, as an object of the same shape with nothing in it."""
    reason = {"file": error.file, "line": error.line, "reason": error.reason}
    return json.dumps({"summary": None, "findings": [], "error": reason}, indent=2)


def _object(outcome: Outcome) -> Mapping[str, object]:
    return {
        "summary": {
            "files": [_file(one) for one in outcome.files],
            "orders_compared": outcome.compared,
            "orders_in_agreement": outcome.agreeing,
            "orders_set_aside": outcome.orders_set_aside,
            "orders_in_disagreement": outcome.tally.disagreeing,
            "orders_overdue": outcome.tally.overdue,
            "orders_with_unknown_words": outcome.tally.unread,
            "set_aside": outcome.set_aside,
            "set_aside_orders": [
                {"order": one.order, "system": one.system, "reason": one.reason}
                for one in outcome.aside
            ],
            "patterns": outcome.counts(),
            "worth": {pattern: _sums(sums) for pattern, sums in outcome.worth().items()},
            "unknown_words": [_unknown_word(word) for word in outcome.unknown_words],
            "taken": as_instant(outcome.taken),
            "assumed": list(outcome.assumed),
        },
        "findings": [_finding(one) for one in outcome.findings],
    }


def _sums(sums: Mapping[str, Decimal]) -> list[Mapping[str, str | None]]:
    """Return amounts as text, so that no program reads them as binary fractions."""
    return [{"currency": name or None, "amount": f"{total:f}"} for name, total in sums.items()]


def _unknown_word(word: UnknownWord) -> Mapping[str, object]:
    return {
        "system": word.system,
        "column": word.column,
        "word": word.word,
        "orders": word.orders,
        "orders_set_aside": word.aside,
    }


def _file(found: FileFound) -> Mapping[str, object]:
    return {
        "file": found.file,
        "system": found.system,
        "kind": found.kind,
        "confidence": found.confidence,
        "join_column": found.join_column,
        "join_share": found.join_share,
        "rows_read": found.rows_read,
        "rows_refused": found.rows_refused,
        "orders": found.orders,
        "read_as": found.how,
        "time_zone": found.time_zone,
        "refused": [{"line": one.line, "reason": one.reason} for one in found.refused],
    }


def _finding(finding: Finding) -> Mapping[str, object]:
    return {
        "pattern": finding.pattern.value,
        "track": finding.track.value,
        "order": finding.order,
        "words": dict(finding.words),
        "cause": finding.cause,
        "since": as_instant(finding.since),
    }
