"""Files go both ways, within Telegram's limits."""

import io
import struct
import zlib

import aiohttp
import pytest

from playground.files import MIB, image_size
from playground.person import Person
from playground.stand_in import StandIn
from playground.updates import JsonObject
from tests.playground.conftest import Bot


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG of that size, in pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


@pytest.fixture
async def teacher(stand_in: StandIn) -> Person:
    person = stand_in.person("Анна")
    await person.starts()
    return person


async def upload(
    bot: Bot, teacher: Person, method: str, content: bytes, name: str = "курс.pdf", field: str = "attach"
) -> JsonObject:
    """The answer to an upload; `field` is the file's name in the form."""
    kind = method.removeprefix("send").lower()
    form = aiohttp.FormData({"chat_id": str(teacher.id), "caption": "Файл"}, quote_fields=False)
    if field != kind:
        form.add_field(kind, f"attach://{field}")
    form.add_field(field, io.BytesIO(content), filename=name)
    async with bot.session.post(bot.address(method), data=form) as response:
        answer: JsonObject = await response.json()
        return answer


@pytest.mark.parametrize("field", ["attach", "document"])
async def test_a_document_arrives_with_its_name_and_bytes(bot: Bot, teacher: Person, field: str) -> None:
    answer = await upload(bot, teacher, "sendDocument", b"%PDF-1.7", field=field)
    document = answer["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == (
        "курс.pdf",
        "application/pdf",
        8,
    )
    assert teacher.content_of(await teacher.hears("<document>", "Файл")) == b"%PDF-1.7"


async def test_a_known_file_is_sent_again_by_its_identifier(bot: Bot, teacher: Person) -> None:
    first = await upload(bot, teacher, "sendDocument", b"%PDF")
    file_id = first["result"]["document"]["file_id"]
    again = await bot.call("sendDocument", chat_id=teacher.id, document=file_id)
    assert again["document"] == first["result"]["document"]


async def test_a_file_is_sent_again_only_as_what_it_was(bot: Bot, teacher: Person) -> None:
    photo = (await teacher.sends_photo()).content["photo"][-1]["file_id"]
    document = (await teacher.sends_document("a.pdf", b"%PDF")).content["document"]["file_id"]
    again = await bot.call("sendPhoto", chat_id=teacher.id, photo=photo)
    assert again["photo"][-1]["file_id"] == photo
    refusal = await bot.refusal("sendDocument", chat_id=teacher.id, document=photo)
    assert refusal == "Bad Request: can't use file of type Photo as Document"
    refusal = await bot.refusal("sendPhoto", chat_id=teacher.id, photo=document)
    assert refusal == "Bad Request: can't use file of type Document as Photo"


async def test_an_album_comes_picture_by_picture(bot: Bot, teacher: Person) -> None:
    await teacher.sends_album(b"\xff\xd8", b"\xff\xd8", caption="Экран")
    pictures = [update["message"] for update in (await bot.updates(offset=-2))]
    assert len({picture["media_group_id"] for picture in pictures}) == 1
    assert [picture.get("caption") for picture in pictures] == ["Экран", None]


async def test_a_bot_downloads_what_a_person_sent(bot: Bot, teacher: Person, stand_in: StandIn) -> None:
    await teacher.sends_document("список.xlsx", b"PK\x03\x04", caption="Курсы")
    message = (await bot.updates(offset=-1))[0]["message"]
    assert (message["caption"], message["document"]["file_name"]) == ("Курсы", "список.xlsx")
    found = await bot.call("getFile", file_id=message["document"]["file_id"])
    address = f"{stand_in.url}/file/bot{stand_in.token}/{found['file_path']}"
    async with bot.session.get(address) as response:
        assert await response.read() == b"PK\x03\x04"
    async with bot.session.get(address.replace(stand_in.token, "1:other")) as response:
        assert response.status == 401
    async with bot.session.get(f"{address}.other") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({}, "there is no document in the request"),
        ({"document": "attach://nothing"}, "there is no document in the request"),
        ({"document": "AgACAgIAAxk"}, "wrong file identifier/HTTP URL specified"),
        ({"document": "https://example.org/a.pdf"}, "failed to get HTTP URL content"),
    ],
)
async def test_a_file_that_is_not_there(bot: Bot, teacher: Person, parameters: dict[str, str], refusal: str) -> None:
    assert await bot.refusal("sendDocument", chat_id=teacher.id, **parameters) == f"Bad Request: {refusal}"


async def test_an_empty_file_is_refused(bot: Bot, teacher: Person) -> None:
    answer = await upload(bot, teacher, "sendDocument", b"")
    assert answer["description"] == "Bad Request: file must be non-empty"


async def test_a_photo_shows_its_size(bot: Bot, teacher: Person) -> None:
    answer = await upload(bot, teacher, "sendPhoto", png(640, 480), name="qr.png")
    shown = answer["result"]["photo"][-1]
    assert (shown["width"], shown["height"]) == (640, 480)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"%PDF", "IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
    ],
    ids=["no image", "too large", "too narrow"],
)
async def test_what_is_no_photo_is_refused(bot: Bot, teacher: Person, content: bytes, refusal: str) -> None:
    answer = await upload(bot, teacher, "sendPhoto", content, name="a.png")
    assert answer["description"] == f"Bad Request: {refusal}"


async def test_a_photo_has_10_mib_at_most(bot: Bot, teacher: Person) -> None:
    answer = await upload(bot, teacher, "sendPhoto", png(10, 10) + bytes(10 * MIB), name="a.png")
    assert answer["description"] == (
        f"Bad Request: file of size {10 * MIB + 33} bytes is too big for a photo; the maximum size is {10 * MIB} bytes"
    )


async def test_a_bot_downloads_20_mib_and_sends_50_at_most(bot: Bot, teacher: Person) -> None:
    await teacher.sends_document("архив.zip", bytes(20 * MIB + 1))
    message = (await bot.updates(offset=-1))[0]["message"]
    refusal = await bot.refusal("getFile", file_id=message["document"]["file_id"])
    assert refusal == "Bad Request: file is too big"
    answer = await upload(bot, teacher, "sendDocument", bytes(50 * MIB + 1))
    assert answer == {"ok": False, "error_code": 413, "description": "Request Entity Too Large"}


async def test_an_invented_identifier_is_refused(bot: Bot) -> None:
    assert await bot.refusal("getFile", file_id="AgAC") == "Bad Request: invalid file_id"
    assert await bot.refusal("getFile") == "Bad Request: file_id is not specified"


def test_the_size_of_a_jpeg_is_read_past_its_other_segments() -> None:
    start, comment = b"\xff\xd8", b"\xff\xfe" + struct.pack(">H", 5) + b"abc"
    frame = b"\xff\xc0" + struct.pack(">HBHH", 11, 8, 480, 640)
    assert image_size(start + comment + frame) == (640, 480)
    assert image_size(start + comment) is None
