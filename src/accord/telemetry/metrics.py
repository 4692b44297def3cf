"""The figures of one look, in the format that Prometheus and all who speak it read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from accord.domain.alert_rules import RuleName
from accord.engine.health import Health

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECOND = timedelta(seconds=1)

Rows = Iterable[tuple[Sequence[str], float]]


class _Look(Collector):
    """One look; the library wants to collect it."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        yield from _agreement(self._health)
        yield from _queues(self._health)
        yield from _stuck(self._health)
        yield from _attention(self._health)


def exposition(health: Health) -> bytes:
    """Return the figures as text, one family of gauges after the other."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Look(health))
    return generate_latest(registry)


def _agreement(health: Health) -> Iterator[Metric]:
    share = health.share
    yield _family("accord_orders", "Orders that are known.", (), [((), share.orders)])
    yield _family(
        "accord_orders_in_agreement",
        "Orders on which the last comparison found no system out of step.",
        (),
        [((), share.agreeing)],
    )
    quantiles = {
        (system, track, quantile): took / SECOND
        for (system, track), spread in health.agreement.items()
        for quantile, share in (("0.5", 50), ("0.99", 99))
        if (took := spread.percentile(share)) is not None
    }
    yield _family(
        "accord_time_to_agreement_seconds",
        "How long a mirror took to say what its owner says, within a day; by steps.",
        (
            "system",
            "track",
            "quantile",
        ),
        quantiles.items(),
    )
    yield _family(
        "accord_mirrors_agreed",
        "Mirrors that came into step within a day.",
        (
            "system",
            "track",
        ),
        (((system, track), spread.total) for (system, track), spread in health.agreement.items()),
    )


def _queues(health: Health) -> Iterator[Metric]:
    yield _family(
        "accord_orders_behind",
        "Orders that wait to be brought into step.",
        ("system",),
        (((one.system,), one.waiting) for one in health.behind),
    )
    yield _family(
        "accord_orders_late",
        "Those of them that wait for longer than the latency target.",
        ("system",),
        (((one.system,), one.late) for one in health.behind),
    )
    yield _family(
        "accord_deliveries_taken",
        "Deliveries that were proven and kept, within a day.",
        ("system",),
        (((one.system,), one.taken) for one in health.doors),
    )
    yield _family(
        "accord_deliveries_refused",
        "Deliveries without a proof, or sent away to come back soon, within a day.",
        ("system",),
        (((one.system,), one.refused) for one in health.doors),
    )
    waits = {("0.5",): health.waits.p50, ("0.99",): health.waits.p99}
    yield _family(
        "accord_queue_wait_seconds",
        "How long what was read within the hour had waited.",
        ("quantile",),
        ((name, wait / SECOND) for name, wait in waits.items() if wait is not None),
    )
    oldest = health.oldest_waiting_at
    yield _family(
        "accord_queue_oldest_seconds",
        "How long the oldest of what was received has waited to be read.",
        (),
        [((), 0.0 if oldest is None else max((health.at - oldest) / SECOND, 0.0))],
    )


def _stuck(health: Health) -> Iterator[Metric]:
    yield _family(
        "accord_envelopes",
        "Everything received, by where it stands.",
        (
            "system",
            "standing",
        ),
        (
            ((system, standing), number)
            for system, counts in health.balance.items()
            for standing, number in counts.items()
        ),
    )
    yield _family(
        "accord_dead_letters",
        "Work that was given up.",
        ("system",),
        (((one.system,), one.letters) for one in health.given_up),
    )


def _attention(health: Health) -> Iterator[Metric]:
    yield _family(
        "accord_link_up",
        "Whether a system answers.",
        ("system",),
        (
            ((system,), float(state.breaker.opened_at is None))
            for system, state in health.links.items()
        ),
    )
    yield _family(
        "accord_paused", "What is paused.", ("what",), (((p.system,), 1) for p in health.pauses)
    )
    yield _family("accord_cases_open", "What needs a person.", (), [((), health.cases_open)])
    yield _family(
        "accord_exceptions_a_day",
        "Cases that were noticed within a day.",
        (),
        [((), health.daily.cases_opened)],
    )
    open_ = [alert.rule for alert in health.alerts]
    yield _family(
        "accord_alerts_open",
        "Incidents that are open.",
        ("rule",),
        (((rule,), open_.count(rule)) for rule in RuleName),
    )


def _family(name: str, told: str, labels: Sequence[str], rows: Rows) -> Metric:
    family = GaugeMetricFamily(name, told, labels=list(labels))
    for values, figure in rows:
        family.add_metric([str(value) for value in values], figure)
    return family
