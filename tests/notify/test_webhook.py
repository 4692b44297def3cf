"""What the far side of a webhook may do, and what it means for the message."""

import base64
import hashlib
import hmac
from datetime import timedelta

import httpx2
import pytest
from msgspec.structs import replace

from accord.domain.notice_rules import WebhookRules
from accord.engine.notice_channel import Declined, Rejected, Taken, Unanswered
from accord.notify.webhook import WebhookChannel, key_of
from tests.notify.examples import message

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
RULES = WebhookRules(url="https://messages.shop.example/notices")


class FarSide(httpx2.AsyncBaseTransport):
    def __init__(self, status=200, fault=None, body=b"", headers=None) -> None:
        self.status, self.fault, self.body = status, fault, body
        self.headers = headers or {}
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request):
        await request.aread()
        self.requests.append(request)
        if self.fault is not None:
            raise self.fault
        stream = httpx2.ByteStream(self.body)
        return httpx2.Response(self.status, headers=self.headers, stream=stream)


async def test_a_try_is_signed_over_id_time_and_body():
    far = FarSide()
    channel = WebhookChannel(RULES, [SECRET], far)
    assert await channel.send(message()) == Taken("status 200")

    (request,) = far.requests
    stamp = request.headers["webhook-timestamp"]
    signed = b"msg_1." + stamp.encode() + b"." + request.content
    digest = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{digest}"
    assert request.headers["webhook-id"] == "msg_1"


async def test_a_second_try_has_the_same_id_and_body_and_its_own_time():
    far = FarSide()
    channel = WebhookChannel(RULES, [SECRET], far)
    first = message()
    await channel.send(first)
    await channel.send(replace(first, at=first.at + timedelta(minutes=5)))

    one, two = far.requests
    assert one.content == two.content
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert one.headers["webhook-timestamp"] != two.headers["webhook-timestamp"]


async def test_during_a_rotation_both_secrets_sign():
    far = FarSide()
    await WebhookChannel(RULES, [SECRET, SECRET], far).send(message())

    assert len(far.requests[0].headers["webhook-signature"].split(" ")) == 2


async def test_no_customer_is_named():
    far = FarSide()
    await WebhookChannel(RULES, [SECRET], far).send(message())

    assert b"@" not in far.requests[0].content


@pytest.mark.parametrize(
    ("far", "meaning"),
    [
        (FarSide(204), Taken),
        (FarSide(302, headers={"location": "http://169.254.169.254/"}), Rejected),
        (FarSide(400), Rejected),
        (FarSide(410), Rejected),
        (FarSide(409), Unanswered),
        (FarSide(500), Unanswered),
        (FarSide(503), Unanswered),
        (FarSide(fault=httpx2.ConnectError("no")), Declined),
        (FarSide(fault=httpx2.ConnectTimeout("no")), Declined),
        (FarSide(fault=httpx2.ReadTimeout("no")), Unanswered),
        (FarSide(fault=httpx2.ReadError("no")), Unanswered),
        (FarSide(fault=httpx2.WriteError("no")), Unanswered),
        (FarSide(fault=httpx2.RemoteProtocolError("no")), Unanswered),
    ],
)
async def test_what_the_far_side_does_means(far, meaning):
    channel = WebhookChannel(RULES, [SECRET], far)

    assert type(await channel.send(message())) is meaning
    assert len(far.requests) == 1  # no redirect is followed


async def test_one_that_is_asked_too_much_says_for_how_long():
    far = FarSide(429, headers={"retry-after": "90"})

    answer = await WebhookChannel(RULES, [SECRET], far).send(message())

    assert answer == Declined("status 429", timedelta(seconds=90))


async def test_an_endless_answer_is_not_read_to_its_end():
    far = FarSide(200, body=b"x" * 10_000_000)

    assert type(await WebhookChannel(RULES, [SECRET], far).send(message())) is Taken


@pytest.mark.parametrize("secret", ["whsec_", "whsec_%%%", "c2hvcnQ=", ""])
def test_a_secret_that_guards_nothing_is_refused(secret):
    with pytest.raises(ValueError, match=r"."):
        key_of(secret)
