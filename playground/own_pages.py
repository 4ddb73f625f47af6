"""Who may act as people: this machine's programs and the server's own page, no page of another site."""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

OWN: Final = ("none", "same-origin")
GUARDED: Final = "/people"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a browser sends here for a page of another site, which could act as people otherwise.

    A site may also give its own name this machine's address; the browser then says nothing of other sites, but
    the name in `Host` is a public one.
    """
    foreign = request.headers.get("Sec-Fetch-Site", "none") not in OWN or not _is_local_name(request.host)
    if request.path.startswith(GUARDED) and foreign:
        raise web.HTTPForbidden(text='{"error": "for its own page only"}', content_type="application/json")
    return await handler(request)


def _is_local_name(host: str) -> bool:
    """Whether nobody outside can own such a name: an address, or a word without a dot."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return "." not in name or bool(ipaddress.ip_address(name))
    except ValueError:
        return False
