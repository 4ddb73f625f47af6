"""The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import asyncio
import hmac
from collections.abc import Mapping
from email.utils import formatdate

import orjson
from aiohttp import BodyPartReader, web

from playground.arguments import Arguments, Upload, as_argument
from playground.desk import Desk, Reply, refused
from playground.faults import Fault, Trouble
from playground.files import DOWNLOAD_LIMIT, MIB, UPLOAD_LIMIT
from playground.refusals import BadRequest, Refusal, TooLarge, TooManyRequests, Unauthorized

BAD_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
REQUEST_LIMIT = UPLOAD_LIMIT + MIB


class BotApi:
    """Turns requests into calls, and orders for trouble into trouble."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add_to(self, app: web.Application) -> None:
        """Serve the Bot API in `app`."""
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        counted = method.lower() != "getupdates"
        self._desk.in_flight += counted
        try:
            answer = await self._answer(request, method)
            answer.headers["Date"] = formatdate(self._desk.world.clock.now(), usegmt=True)
            return answer
        finally:
            self._desk.in_flight -= counted

    async def _answer(self, request: web.Request, method: str) -> web.StreamResponse:
        try:
            self._check_token(request)
            arguments = await read_arguments(request)
        except Refusal as refusal:
            return _response(refused(refusal))
        try:
            fault = self._desk.trouble_of(method, arguments)
        except TooManyRequests as refusal:
            self._desk.note_trouble(method, arguments, refusal.description, refusal.code)
            return _response(refused(refusal))
        if fault and not fault.after:
            self._desk.note_trouble(method, arguments, f"ordered trouble: {fault.trouble.name}")
            return await self._trouble(request, arguments, fault)
        polls = method.lower() == "getupdates"
        way = 0.0 if polls else self._desk.delay / 2
        await asyncio.sleep(way)
        reply = await self._desk.carry_out(method, arguments)
        await asyncio.sleep(way)
        if not polls:
            await self._desk.answers.wait()
        return await self._trouble(request, arguments, fault) if fault else _response(reply)

    async def _trouble(self, request: web.Request, arguments: Arguments, fault: Fault) -> web.StreamResponse:
        match fault.trouble:
            case Trouble.TOO_MANY_REQUESTS:
                self._desk.close(fault, arguments)
                return _response(refused(TooManyRequests(fault.retry_after)))
            case Trouble.SERVER_ERROR:
                return _response(refused(Refusal(500, "Internal Server Error")))
            case Trouble.BAD_GATEWAY:
                return web.Response(status=502, text=BAD_GATEWAY_PAGE, content_type="text/html")
            case Trouble.UNREADABLE:
                return _response(Reply(200, {"ok": True, "result": {"message_id": "of a new shape"}}))
            case Trouble.SILENCE:
                await (asyncio.Event().wait() if fault.silence is None else asyncio.sleep(fault.silence))
        if request.transport:
            request.transport.abort()
        return web.Response()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request)
        except Refusal as refusal:
            return _response(refused(refusal))
        stored = self._desk.world.files.at(request.match_info["path"])
        if stored is None or len(stored.content) > DOWNLOAD_LIMIT:
            return _response(refused(Refusal(404, "Not Found")))
        return web.Response(body=stored.content, content_type="application/octet-stream")

    def _check_token(self, request: web.Request) -> None:
        given, right = request.match_info["token"], self._desk.world.token
        if not hmac.compare_digest(given.encode(), right.encode()):
            raise Unauthorized


async def read_arguments(request: web.Request) -> Arguments:
    """The parameters of a request: of its address, and of a form, multipart or JSON body.

    Raises: TooLarge; BadRequest for a body that cannot be read.
    """
    values: dict[str, str] = dict(request.query)
    uploads: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            values |= _json_values(await request.read())
        elif request.content_type.startswith("multipart/"):
            await _read_parts(request, values, uploads)
        elif request.can_read_body:
            values |= {name: str(value) for name, value in (await request.post()).items()}
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge from None
    except ValueError:
        raise BadRequest("can't parse the request's body") from None
    return Arguments(values, uploads)


def _json_values(body: bytes) -> Mapping[str, str]:
    parsed = orjson.loads(body or b"{}")
    if not isinstance(parsed, dict):
        raise BadRequest("can't parse the request's body: an Object expected")
    return {name: as_argument(value) for name, value in parsed.items() if value is not None}


async def _read_parts(request: web.Request, values: dict[str, str], uploads: dict[str, Upload]) -> None:
    left = REQUEST_LIMIT
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytearray()
        while chunk := await part.read_chunk(256 * 1024):
            content += chunk
            left -= len(chunk)
            if left < 0 or (part.filename and len(content) > UPLOAD_LIMIT):
                raise TooLarge
        if part.filename is None:
            values[part.name] = content.decode()
        else:
            uploads[part.name] = Upload(part.filename, bytes(content))


def _response(reply: Reply) -> web.Response:
    headers = {} if reply.retry_after is None else {"Retry-After": str(reply.retry_after)}
    return web.Response(
        status=reply.status,
        body=orjson.dumps(reply.body),
        content_type="application/json",
        headers=headers,
    )
