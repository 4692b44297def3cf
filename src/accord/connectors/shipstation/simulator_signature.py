"""The key with which pretend ShipStation accounts sign their V2 hooks."""

import json
from base64 import b64encode, urlsafe_b64encode
from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from accord.connectors.shipstation.proof import KEY_ID, SIGNATURE, TIMESTAMP


@cache
def key(key_id: str) -> RSAPrivateKey:
    """Return the key of an id, made once for the whole process: making one is slow."""
    del key_id
    return generate_private_key(public_exponent=65537, key_size=2048)


def jwks(*key_ids: str) -> str:
    """Return the public keys as ShipStation publishes them."""
    return json.dumps({"keys": [_jwk(key_id) for key_id in key_ids]})


def signed_headers(key_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the headers of a hook sent at ``at``."""
    stamp = at.isoformat().replace("+00:00", "Z")
    signature = key(key_id).sign(stamp.encode() + b"." + body, PKCS1v15(), SHA256())
    return {
        KEY_ID: key_id,
        SIGNATURE: b64encode(signature).decode(),
        TIMESTAMP: stamp,
        "content-type": "application/json",
    }


def _jwk(key_id: str) -> dict[str, str]:
    numbers = key(key_id).public_key().public_numbers()
    n, e = _base64url(numbers.n), _base64url(numbers.e)
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key_id, "n": n, "e": e}


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
