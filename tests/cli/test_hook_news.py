from structlog.testing import capture_logs

from accord.cli.hook_news import tell_of_hooks
from accord.engine.subscription_book import SubscriptionLine
from tests.storage.examples import NOW


def line(topic: str, **more: object) -> SubscriptionLine:
    return SubscriptionLine(system="shop", topic=topic, **more)  # type: ignore[arg-type]


def test_a_system_that_could_not_be_asked_is_not_said_to_send_its_hooks():
    with capture_logs() as told:
        tell_of_hooks([line("orders/updated", trouble="unavailable: no such host")])

    assert [each["event"] for each in told] == ["subscriptions not settled"]
    assert told[0]["reason"] == "unavailable: no such host"


def test_what_is_there_and_what_is_missing_is_told_apart():
    with capture_logs() as told:
        tell_of_hooks([line("a"), line("b", missing_since=NOW, trouble="refused")])

    assert {each["event"]: each["topics"] for each in told} == {
        "subscribed to hooks": ["a"],
        "not subscribed to hooks": ["b"],
    }
