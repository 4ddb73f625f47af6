"""The key of whatever the bot signs: the setting, else a file beside the SQLite database."""

import os
import secrets
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot.settings import KEY_LENGTH, Settings, WrongSetting
from db.engine import parse_url

FILE: Final = "secret.key"


def secret_key(settings: Settings) -> SecretStr:
    """SECRET_KEY, or the key kept beside the SQLite file, made on the first call.

    Raises: WrongSetting on PostgreSQL without SECRET_KEY: several replicas must share one.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    url = parse_url(settings.database_url.get_secret_value())
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise WrongSetting("SECRET_KEY")
    path = Path(url.database).parent / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as kept:
            kept.write(secrets.token_urlsafe(KEY_LENGTH))
    except FileExistsError:
        pass
    return SecretStr(path.read_text(encoding="ascii"))
