"""What the log says of subscriptions to hooks."""

from collections.abc import Sequence

import structlog

from accord.engine.subscription_book import SubscriptionLine

log = structlog.get_logger()


def tell_of_hooks(lines: Sequence[SubscriptionLine]) -> None:
    """Write down which topics of one system are missing, not known of, or there again."""
    system, missing = lines[0].system, [line for line in lines if line.missing_since is not None]
    unknown = [line for line in lines if line.missing_since is None and line.trouble]
    made = [line.topic for line in lines if line.missing_since is None and not line.trouble]
    for trouble in sorted({line.trouble for line in missing}):
        topics = [line.topic for line in missing if line.trouble == trouble]
        log.warning("not subscribed to hooks", system=system, topics=topics, reason=trouble)
    for trouble in sorted({line.trouble for line in unknown}):
        topics = [line.topic for line in unknown if line.trouble == trouble]
        log.warning("subscriptions not settled", system=system, topics=topics, reason=trouble)
    if made:
        log.info("subscribed to hooks", system=system, topics=made)
