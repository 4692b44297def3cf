"""A program that tells customers out of a database: ``… URL PORT CHANNEL MARK MINUTE …``.

``CHANNEL`` is ``mail`` or ``webhook``, both on this machine; its clock stands at one ``MINUTE``
after noon after the other. At a minute below 0 it begins to tell, at 0 an order is placed.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from accord.bootstrap import notifying
from accord.domain.notice_rules import Encryption, MailRules, WebhookRules
from accord.storage.postgres import postgres_store
from tests.domain.notices import LONG_SINCE, MINUTE, placed, telling
from tests.domain.stack import NOON
from tests.engine.plain import Plain

SECRET = {"ACCORD_WEBHOOK_SECRET": f"whsec_{'A' * 43}="}
# Of a round nothing is left over: to see what there is, to wait for its window, to send.
ROUND = 3


def rules(channel: str, port: int) -> dict[str, object]:
    """Return the rules of a channel that leads to ``port``."""
    if channel == "mail":
        sender = "The Shop <orders@shop.example>"
        none = Encryption.NONE
        return {"mail": MailRules(host="localhost", port=port, sender=sender, encryption=none)}
    url = f"http://127.0.0.1:{port}/notices"
    known = timedelta(days=1) if channel == "webhook that knows" else None
    return {"mail": None, "webhook": WebhookRules(url=url, idempotent_for=known)}


async def main(url: str, port: int, channel: str, mark: Path, minutes: list[int]) -> None:
    """Live through ``minutes`` and end."""
    accord = telling(**rules(channel, port))
    async with postgres_store(url) as store:
        plain = Plain(accord, store, notifying(accord, SECRET, store.notices, mark))
        assert plain.engine.notifier
        for minute in minutes:
            plain.now = LONG_SINCE if minute < 0 else NOON + minute * MINUTE
            if minute < 0:
                await plain.engine.begin()
                continue
            if minute == 0:
                await plain.said(*placed())
            for _ in range(ROUND):
                await plain.engine.notifier.turn()
        await plain.engine.close()


if __name__ == "__main__":
    address, door, way, marked, *times = sys.argv[1:]
    asyncio.run(main(address, int(door), way, Path(marked), [int(each) for each in times]))
