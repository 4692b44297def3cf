"""Talking to one NetSuite account: signing in by certificate, calling, telling failures apart."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from msgspec import Struct

from accord.connector_kit.connector import Context
from accord.connector_kit.http import Answer, Http, as_json
from accord.connector_kit.token import Token, TokenHolder
from accord.connectors.netsuite.answers import POOL_IS_FULL, failure
from accord.domain.outcome import Outcome, Throttled, Unauthorized, Unavailable

T = TypeVar("T")

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - an address
RECORDS = "/services/rest/record/v1"
# NetSuite takes assertions of up to an hour; ours is used at once.
ASSERTION_HOLDS = timedelta(minutes=5)
# RSA keys sign with PSS, which is the only RSA padding NetSuite takes; an elliptic curve has one
# algorithm of its own.
EC_ALGORITHMS = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


class TokenAnswer(Struct, frozen=True):
    """What the token endpoint grants. NetSuite writes the seconds as text."""

    access_token: str
    expires_in: str | int = 3600


class _Identified(Struct, frozen=True):
    """What every record tells: which one it is."""

    id: str


class Session:
    """One account: its address, its token, and every call made to it."""

    def __init__(self, context: Context) -> None:
        """Open nothing yet."""
        # The account 1234567_SB1 is found at the host 1234567-sb1.
        account = str(context.settings["account"]).lower().replace("_", "-")
        self._base = f"https://{account}.suitetalk.api.netsuite.com"
        self._http = Http(self._base, context.transport, context.answer_within)
        self._secrets = context.secrets
        self._meter = context.meter
        self._clock = context.clock
        self._tokens = TokenHolder(self._sign_in, context.clock)
        self._under_way = 0

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.close()

    def now(self) -> datetime:
        """Return the present time."""
        return self._clock()

    async def read(self, path: str, shape: type[T]) -> T | Outcome:
        """Return a record with its lines, or why it could not be read."""
        answer = await self.call("GET", f"{path}?expandSubResources=true")
        if not isinstance(answer, Answer):
            return answer
        own, told = path.rpartition("/")[2], answer.read(_Identified)
        if isinstance(told, Unavailable) or told.id != own:
            return Unavailable(f"asked for {path}, NetSuite answered with {told}")
        return answer.read(shape)

    async def query(self, statement: str, limit: int, shape: type[T]) -> T | Outcome:
        """Return the first page of what a SuiteQL statement finds."""
        answer = await self.call(
            "POST",
            f"/services/rest/query/v1/suiteql?limit={limit}&offset=0",
            body={"q": statement},
            headers={"prefer": "transient"},  # without it NetSuite refuses the query
        )
        return answer.read(shape) if isinstance(answer, Answer) else answer

    async def write(self, method: str, path: str, body: object = None) -> Answer | Outcome:
        """Return NetSuite's acknowledgement of a write, which is 204 and has no body."""
        answer = await self.call(method, path, body=body)
        if isinstance(answer, Answer) and answer.status != 204:  # noqa: PLR2004 - No Content
            start = answer.body[:200].decode("utf-8", "replace")
            return Unavailable(f"{method} {path}: status {answer.status}, not 204: {start}")
        return answer

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Outcome:
        """Return a successful answer, or what the failure means.

        A 401 is answered once with a fresh token and the same call: nothing was done. A second
        one is our credentials, unless other calls of ours were under way, since a full pool
        can refuse the sign-in too.
        """
        throttled = self._meter.spend(1, self._clock())
        if throttled is not None:
            return throttled
        self._under_way += 1
        crowded = self._under_way > 1
        try:
            answer = await self._try(method, path, body, headers)
            if isinstance(answer, Answer) and answer.status == 401:  # noqa: PLR2004
                answer = await self._try(method, path, body, headers)
            crowded = crowded or self._under_way > 1
        finally:
            self._under_way -= 1
        if not isinstance(answer, Answer):
            return answer
        if 200 <= answer.status < 300:  # noqa: PLR2004 - success
            return answer
        meaning = failure(answer, self._clock())
        if isinstance(meaning, Unauthorized) and crowded:
            meaning = Throttled(POOL_IS_FULL)
        self._meter.met(meaning, self._clock())
        return meaning

    async def _try(
        self, method: str, path: str, body: object, headers: Mapping[str, str] | None
    ) -> Answer | Unavailable | Unauthorized:
        token = await self._tokens.get()
        if not isinstance(token, str):
            return token
        sent = {"authorization": f"Bearer {token}", "accept": "application/json"}
        content = None
        if body is not None:
            content = as_json(body)
            sent["content-type"] = "application/json"
        answer = await self._http.call(
            method, path, headers={**sent, **(headers or {})}, content=content
        )
        if isinstance(answer, Answer) and answer.status == 401:  # noqa: PLR2004
            self._tokens.drop(token)
        return answer

    async def _sign_in(self) -> Token | Unavailable | Unauthorized:
        assertion = self._assertion()
        if isinstance(assertion, Unauthorized):
            return assertion
        answer = await self._http.call(
            "POST",
            TOKEN_PATH,
            form={
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": assertion,
            },
        )
        if not isinstance(answer, Answer):
            return answer
        if answer.status in {400, 401, 403}:
            said = answer.body[:200].decode("utf-8", "replace")
            return Unauthorized(
                f"NetSuite refused the certificate sign-in: {said}. Look at the OAuth 2.0 client "
                "credentials mapping; refreshing a sandbox deletes it."
            )
        if answer.status != 200:  # noqa: PLR2004 - OK
            return Unavailable(f"the token endpoint answered {answer.status}")
        granted = answer.read(TokenAnswer)
        if isinstance(granted, Unavailable):
            return granted
        return Token(granted.access_token, self._clock() + timedelta(seconds=_seconds(granted)))

    @cached_property
    def _key(self) -> tuple[RSAKey | ECKey, str] | Unauthorized:
        """The key that signs, with its algorithm; reading it takes longer than a call."""
        pem = self._secrets.get("private_key", "").encode()
        try:
            found = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            return Unauthorized(f"the secret private_key is no private key in PEM form: {error}")
        if isinstance(found, RSAPrivateKey):
            return RSAKey.import_key(pem), "PS256"
        if isinstance(found, EllipticCurvePrivateKey) and found.curve.name in EC_ALGORITHMS:
            return ECKey.import_key(pem), EC_ALGORITHMS[found.curve.name]
        return Unauthorized("the secret private_key is neither an RSA nor a NIST curve key")

    def _assertion(self) -> str | Unauthorized:
        """Return the signed statement that we are the integration the certificate belongs to."""
        if isinstance(self._key, Unauthorized):
            return self._key
        key, algorithm = self._key
        now = self._clock()
        header = {"typ": "JWT", "alg": algorithm, "kid": self._secrets.get("certificate_id", "")}
        claims = {
            "iss": self._secrets.get("client_id", ""),
            "scope": ["rest_webservices"],
            "aud": f"{self._base}{TOKEN_PATH}",
            "iat": int(now.timestamp()),
            "exp": int((now + ASSERTION_HOLDS).timestamp()),
        }
        return jwt.encode(header, claims, key, algorithms=[algorithm])


def _seconds(granted: TokenAnswer) -> int:
    text = str(granted.expires_in)
    return int(text) if text.isdecimal() else 3600
