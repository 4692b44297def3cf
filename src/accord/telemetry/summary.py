"""The figures of one look as plain values, the unit in every name, for programs and for people."""

from datetime import timedelta

from msgspec import Struct

from accord.domain.agreement import Spread
from accord.engine.health import Health

SECOND = timedelta(seconds=1)


class AgreementLine(Struct, frozen=True, kw_only=True):
    """How long one mirror took to agree on one track, within a day. None: it never had to."""

    system: str
    track: str
    agreed: int
    p50_s: float | None
    p99_s: float | None


class SystemLine(Struct, frozen=True, kw_only=True):
    """How one system stands: does it answer, what waits for it, what of its hooks was taken."""

    system: str
    answers: bool
    why: str
    behind: int
    late: int
    dead_letters: int
    quarantined: int
    hooks_taken: int
    hooks_refused: int


class Summary(Struct, frozen=True, kw_only=True):
    """One look. ``needs`` counts, by name, what somebody has to do something about."""

    at: str
    is_well: bool
    orders: int
    orders_drifting: int
    agreement_share: float | None
    systems: list[SystemLine]
    agreement: list[AgreementLine]
    queue_oldest_s: float
    queue_p50_s: float | None
    queue_p99_s: float | None
    needs: dict[str, int]
    paused: list[str]
    received_a_day: int
    exceptions_a_day: int


def summary(health: Health) -> Summary:
    """Return one look as plain values."""
    oldest, share = health.oldest_waiting_at, health.share
    return Summary(
        at=health.at.isoformat(),
        is_well=health.is_well,
        orders=share.orders,
        orders_drifting=share.drifting,
        agreement_share=share.agreeing / share.orders if share.orders else None,
        systems=_systems(health),
        agreement=[
            AgreementLine(
                system=system,
                track=track,
                agreed=spread.total,
                p50_s=_percentile(spread, 50),
                p99_s=_percentile(spread, 99),
            )
            for (system, track), spread in health.agreement.items()
        ],
        queue_oldest_s=0.0 if oldest is None else max((health.at - oldest) / SECOND, 0.0),
        queue_p50_s=_seconds(health.waits.p50),
        queue_p99_s=_seconds(health.waits.p99),
        needs={
            "alerts": len(health.alerts),
            "cases": health.cases_open,
            "dead_letters": sum(one.letters for one in health.given_up),
            "quarantined": health.quarantined,
            "pauses": len(health.pauses),
        },
        paused=[pause.what for pause in health.pauses],
        received_a_day=health.daily.received,
        exceptions_a_day=health.daily.cases_opened,
    )


def _systems(health: Health) -> list[SystemLine]:
    behind = {one.system: one for one in health.behind}
    doors = {one.system: one for one in health.doors}
    letters = {one.system: one.letters for one in health.given_up}
    names = sorted({*health.links, *health.balance, *behind, *doors, *letters})
    lines = []
    for name in names:
        waits, door, state = behind.get(name), doors.get(name), health.links.get(name)
        is_down = state is not None and state.breaker.opened_at is not None
        counts = health.balance.get(name, {})
        lines.append(
            SystemLine(
                system=name,
                answers=not is_down,
                why=state.breaker.why if state is not None and is_down else "",
                behind=waits.waiting if waits else 0,
                late=waits.late if waits else 0,
                dead_letters=letters.get(name, 0),
                quarantined=sum(n for standing, n in counts.items() if standing == "quarantined"),
                hooks_taken=door.taken if door else 0,
                hooks_refused=door.refused if door else 0,
            )
        )
    return lines


def _percentile(spread: Spread, share: int) -> float | None:
    return _seconds(spread.percentile(share))


def _seconds(value: timedelta | None) -> float | None:
    return None if value is None else value / SECOND
