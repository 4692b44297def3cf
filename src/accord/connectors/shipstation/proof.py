"""Whether a hook comes from ShipStation: RSA for V2, a shared token in the address for V1."""

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct

from accord.connector_kit.connector import Context
from accord.connector_kit.signature import header_bytes, strict_base64
from accord.engine.ports import Delivery

# The age ShipStation advises to accept, either side, since its clock and ours differ.
WINDOW = timedelta(minutes=5)
KEY_ID = "x-shipengine-rsa-sha256-key-id"
SIGNATURE = "x-shipengine-rsa-sha256-signature"
TIMESTAMP = "x-shipengine-timestamp"


class _Key(Struct):
    kid: str = ""
    kty: str = ""
    n: str = ""
    e: str = ""


class _KeySet(Struct):
    keys: list[_Key]


def authentic(delivery: Delivery, context: Context, now: datetime) -> bool:
    """Return whether a delivery proves itself; V1 by the last part of its address."""
    version, _, rest = delivery.topic.partition("/")
    if version == "v1":
        return _knows_token(rest, context.secret_pair("hook_token"))
    if version == "v2":
        return _signed(delivery, context.secret_pair("jwks"), now)
    return False


def _knows_token(given: str, tokens: tuple[str, ...]) -> bool:
    """Compare with every token, so that the time taken does not tell which one fits."""
    fits = False
    for token in tokens:
        fits |= hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
    return fits


def _signed(delivery: Delivery, key_sets: tuple[str, ...], now: datetime) -> bool:
    headers = delivery.headers
    stamp = headers.get(TIMESTAMP, "")
    signature = strict_base64(headers.get(SIGNATURE, ""))
    if not signature or not _is_fresh(stamp, now):
        return False
    message = header_bytes(stamp) + b"." + delivery.body
    keys = [key_set.get(headers.get(KEY_ID, "")) for key_set in map(_public_keys, key_sets)]
    return any(_verifies(key, signature, message) for key in keys if key is not None)


def _is_fresh(stamp: str, now: datetime) -> bool:
    try:
        sent_at = datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return sent_at.tzinfo is not None and abs(now - sent_at) <= WINDOW


def _verifies(key: RSAPublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=8)
def _public_keys(text: str) -> Mapping[str, RSAPublicKey]:
    """Return the RSA keys of a JWKS by key id; an unusable document proves nothing."""
    try:
        found = msgspec.json.decode(text, type=_KeySet).keys
        return {key.kid: _public_key(key) for key in found if key.kid and key.kty == "RSA"}
    except ValueError:
        return {}


def _public_key(key: _Key) -> RSAPublicKey:
    return RSAPublicNumbers(_number(key.e), _number(key.n)).public_key()


def _number(text: str) -> int:
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def kept_topic(topic: str) -> str:
    """Return the address without the token that V1 hooks carry in it."""
    return "v1" if topic.startswith("v1/") else topic
