"""Answers without a body, as bytes that are ready to be sent."""

from http import HTTPStatus

from accord.web.hooks import COME_BACK

Headers = list[tuple[bytes, bytes]]


class Answers:
    """All answers of a server, written anew when the headers that they all have change."""

    def __init__(self) -> None:
        self._headers: Headers = []
        self._written: dict[tuple[HTTPStatus, bool], bytes] = {}

    def of(self, status: HTTPStatus, headers: Headers, *, last: bool) -> bytes:
        """Return what is sent; ``last`` says that the connection ends with it."""
        if headers is not self._headers:
            self._headers = headers
            self._written.clear()
        found = self._written.get((status, last))
        if found is None:
            found = self._written[status, last] = answer(status, headers, last=last)
        return found


def answer(status: HTTPStatus, headers: Headers, *, last: bool) -> bytes:
    """Return one answer."""
    lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
    lines += [b"%s: %s" % each for each in headers]
    lines.append(b"content-length: 0")
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append(b"%s: %s" % COME_BACK)
    if last:
        lines.append(b"connection: close")
    return b"\r\n".join([*lines, b"", b""])
