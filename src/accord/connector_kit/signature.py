"""Proofs that raw bytes come from who they claim. Constant time, on bytes, strict encodings."""

import binascii
import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterable


def header_bytes(value: str) -> bytes:
    """Return a header as bytes. Comparing text would raise on letters outside ASCII."""
    return value.encode("latin-1", "replace")


def strict_base64(value: str) -> bytes | None:
    """Return what ``value`` encodes, or None where it is not exactly base64."""
    try:
        return b64decode(header_bytes(value), validate=True)
    except binascii.Error:
        return None


def hmac_sha256_matches(message: bytes, given: bytes, secrets: Iterable[str]) -> bool:
    """Return whether ``given`` is the HMAC-SHA256 of ``message`` under one of ``secrets``.

    Every secret is tried, so that the time taken does not tell which one fits.
    """
    fits = False
    for secret in secrets:
        digest = hmac.digest(secret.encode(), message, "sha256")
        fits |= hmac.compare_digest(digest, given)
    return fits


def fingerprint(*parts: bytes) -> bytes:
    """Return a digest of ``parts``, each kept apart from the next."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
