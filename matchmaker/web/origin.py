"""Where a request comes from, as far as that can be known."""

from ipaddress import ip_address

from flask import current_app, request

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


def is_from_this_machine() -> bool:
    """Whether the reader sits at the machine that serves. One that somebody passed on does not count, unless the proxy is
    one that we trust, which then tells the reader's own address.
    """
    if not current_app.config["TRUSTED_PROXIES"] and any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
