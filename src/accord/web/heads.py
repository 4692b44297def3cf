"""Whether the head of a request means one thing to everybody who reads it."""

from accord.web.hooks import Headers, has_one_host

_OLD = "1.0"


def means_one_thing(
    url: bytes, headers: Headers, by_name: dict[bytes, bytes], version: str
) -> bool:
    """Return whether a head has one Host, a path as its target, and a body of one length.

    HTTP/1.0 knows no chunks: an old proxy on the way takes them for the body itself.
    """
    if not has_one_host(headers, by_name) or not url.startswith(b"/"):
        return False
    return version == "1.1" or (version == _OLD and b"transfer-encoding" not in by_name)
