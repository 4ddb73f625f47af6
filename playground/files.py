"""Files that were sent, either way."""

import mimetypes
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any, Final

MIB: Final = 1 << 20
DOWNLOAD_LIMIT: Final = 20 * MIB
UPLOAD_LIMIT: Final = 50 * MIB
PHOTO_LIMIT: Final = 10 * MIB
UNKNOWN_SIZE: Final = (800, 600)
"""Of a picture whose bytes say nothing of it."""
KINDS: Final = {"photos": "Photo", "documents": "Document", "stickers": "Sticker", "voice": "VoiceNote"}
JPEG_SIZES: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class StoredFile:
    """A file's bytes and the names it goes by."""

    id: str
    unique_id: str
    name: str
    path: str
    content: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        """The kind of file as refusals call it; a file can be sent again only as what it was."""
        return KINDS[self.path.partition("/")[0]]

    @property
    def mime_type(self) -> str:
        """Guessed from the name, as the server does."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def as_json(self) -> dict[str, Any]:
        """The fields that every kind of file has."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


class FileStore:
    """All files by their identifier and by their path for download."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, folder: str, name: str, content: bytes) -> StoredFile:
        """Keep a file; `folder` is the kind in the plural, as in download paths."""
        suffix = f".{name.rpartition('.')[2]}" if "." in name else ""
        path = f"{folder}/file_{len(self._by_id)}{suffix}"
        stored = StoredFile(secrets.token_urlsafe(40), secrets.token_urlsafe(11), name, path, content)
        self._by_id[stored.id] = self._by_path[path] = stored
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        """The file of an identifier, if it was ever given out."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """The file of a download path."""
        return self._by_path.get(path)


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG or JPEG, or None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    return _jpeg_size(content) if content.startswith(b"\xff\xd8") else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        if content[place + 1] in JPEG_SIZES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
    return None
