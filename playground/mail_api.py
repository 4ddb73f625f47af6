"""The mail box over HTTP, under `/people/letters`, where the stand-in has one.

    GET  /people/letters                all letters, the newest first, without what they say
    GET  /people/letters/{number}/text  the part that is plain text
    GET  /people/letters/{number}/page  the part that is a page; it can do nothing: no script, no form, nothing loaded
    GET  /people/letters/{number}/files/{name}   the bytes of what is attached
    POST /people/letters/{number}/read  it has been looked at

A new letter is told on `/people/events` as `letter`.
"""

from typing import Final
from urllib.parse import quote

import orjson
from aiohttp import web

from playground.mail_box import Letter, MailBox
from playground.views import letter_view
from playground.world import World

POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
GUARDED: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
LINKS_LEAD_OUT: Final = '<!doctype html><base target="_blank">'
"""A link would open a window of its own, which the frame may not; so it cannot take the letter's place either."""


class MailApi:
    """Lets the page read letters."""

    def __init__(self, mail: MailBox, world: World) -> None:
        self._mail = mail
        self._world = world
        mail.on_letter = self._tell

    def _tell(self, letter: Letter) -> None:
        self._world.tell("letter", letter=letter_view(self._mail, letter))

    def add_to(self, app: web.Application) -> None:
        """Serve the letters in `app`."""
        app.router.add_get("/people/letters", self._list)
        app.router.add_get(r"/people/letters/{number:\d+}/text", self._text)
        app.router.add_get(r"/people/letters/{number:\d+}/page", self._page)
        app.router.add_get(r"/people/letters/{number:\d+}/files/{name}", self._file)
        app.router.add_post(r"/people/letters/{number:\d+}/read", self._read)

    async def _list(self, _: web.Request) -> web.Response:
        letters = [letter_view(self._mail, letter) for letter in reversed(self._mail.letters)]
        return web.Response(body=orjson.dumps(letters), content_type="application/json")

    async def _text(self, request: web.Request) -> web.Response:
        return web.Response(text=self._letter(request).text, content_type="text/plain", headers=GUARDED)

    async def _page(self, request: web.Request) -> web.Response:
        page = LINKS_LEAD_OUT + self._letter(request).html
        headers = GUARDED | {"Content-Security-Policy": POLICY}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        content = self._letter(request).files.get(name)
        if content is None:
            raise web.HTTPNotFound
        headers = GUARDED | {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)

    async def _read(self, request: web.Request) -> web.Response:
        self._mail.read.add(self._letter(request).number)
        return web.Response(text="{}", content_type="application/json")

    def _letter(self, request: web.Request) -> Letter:
        letter = self._mail.numbered(int(request.match_info["number"]))
        if letter is None:
            raise web.HTTPNotFound(text='{"error": "no such letter"}', content_type="application/json")
        return letter
