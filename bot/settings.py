"""Settings out of the environment and `.env`. A wrong value is one clear line that never shows the value."""

import os
import re
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import SplitResult, quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.engine import parse_url
from texts import commands

ROOT: Final = Path(__file__).resolve().parent.parent
TELEGRAM: Final = "https://api.telegram.org"
WEBHOOK_PORTS: Final = frozenset({443, 80, 88, 8443})
KEY_LENGTH: Final = 32

_WHY: Final = "what is right stands in texts.commands"
_TOKEN: Final = re.compile(r"\d{3,}:[A-Za-z0-9_-]{10,}")
_WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_DEFAULT_DATABASE: Final = f"sqlite:///{quote((ROOT / 'data' / 'bot.db').as_posix())}"


class WrongSetting(Exception):
    """A setting is missing or wrong. Its text is the line to show; it holds no value."""

    def __init__(self, name: str) -> None:
        super().__init__(commands.wrong_setting(name))
        self.name = name


def _require(right: object) -> None:
    if not right:
        raise ValueError(_WHY)


def _token(value: SecretStr) -> SecretStr:
    _require(_TOKEN.fullmatch(value.get_secret_value()))
    return value


def _web(value: str) -> str:
    address = urlsplit(value)
    _require(address.scheme in {"http", "https"} and address.hostname)
    return value.rstrip("/")


def _database(value: SecretStr) -> SecretStr:
    """Relative files are the project's, wherever the bot is started from."""
    url = parse_url(value.get_secret_value())
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(ROOT / (url.database or "")))
    return SecretStr(url.render_as_string(hide_password=False))


def _scheme_of(*schemes: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        _require(urlsplit(value.get_secret_value()).scheme in schemes)
        return value

    return AfterValidator(check)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # an unknown name, a bad one, the name of a whole region
        raise ValueError(_WHY) from None
    return value


def place_of(listen: str) -> tuple[str, int]:
    """Host and port of an address to listen on; empty and 0 for what is missing.

    Raises: ValueError, where the port is no number.
    """
    place = urlsplit(f"//{listen}")
    return place.hostname or "", place.port or 0


def _own_server_or_public(address: SplitResult, bot_api_url: str) -> bool:
    if bot_api_url != TELEGRAM:
        return address.scheme in {"http", "https"}
    return address.scheme == "https" and (address.port or 443) in WEBHOOK_PORTS


class Settings(BaseSettings):
    """Every setting, checked. Read it with `read_settings`."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_default=True,
        hide_input_in_errors=True,
    )

    bot_token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    bot_api_url: Annotated[str, AfterValidator(_web)] = TELEGRAM
    database_url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr(_DEFAULT_DATABASE)
    redis_url: Annotated[SecretStr, _scheme_of("redis", "rediss", "unix")] | None = None
    smtp_url: Annotated[SecretStr, _scheme_of("smtp", "smtps")] | None = None
    mail_from: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/Moscow"
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_listen: str | None = None
    status_listen: str | None = None
    secret_key: Annotated[SecretStr, Field(min_length=KEY_LENGTH)] | None = None
    tap_limit: Annotated[int, Field(ge=0)] = 20
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("mail_from")
    @classmethod
    def _sender_with_server(cls, value: str | None, others: ValidationInfo) -> str | None:
        _require(value is not None or others.data.get("smtp_url") is None)
        return value

    @field_validator("webhook_url")
    @classmethod
    def _webhook_address(cls, value: str | None, others: ValidationInfo) -> str | None:
        if value is None:
            return None
        address = urlsplit(value)
        _require(address.hostname)
        _require(_own_server_or_public(address, others.data.get("bot_api_url", TELEGRAM)))
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret_of_webhook(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        _require(value is not None or others.data.get("webhook_url") is None)
        _require(value is None or _WEBHOOK_SECRET.fullmatch(value.get_secret_value()))
        return value

    @field_validator("webhook_listen")
    @classmethod
    def _listen_with_webhook(cls, value: str | None, others: ValidationInfo) -> str | None:
        _require(value is not None or others.data.get("webhook_url") is None)
        return value

    @field_validator("webhook_listen", "status_listen")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        _require(value is None or all(place_of(value)))
        return value

    @field_validator("status_listen")
    @classmethod
    def _apart_from_webhook(cls, value: str | None, others: ValidationInfo) -> str | None:
        """What is measured is nobody's business on the public port."""
        _require(value is None or value != others.data.get("webhook_listen"))
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The portal's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def secrets(self) -> list[str]:
        """Whatever must never be printed."""
        kept = [value for _, value in self if isinstance(value, SecretStr)]
        passwords = [urlsplit(value.get_secret_value()).password for value in kept]
        whole = [self.bot_token, self.webhook_secret, self.secret_key]
        return [secret for secret in (*passwords, *(value.get_secret_value() for value in whole if value)) if secret]


def read_settings(**given: object) -> Settings:
    """The settings of the environment and `.env` (or the file that ENV_FILE names); `given` ones go before both.

    Raises: WrongSetting, for the first wrong one.
    """
    try:
        return Settings(_env_file=os.environ.get("ENV_FILE", ROOT / ".env"), **given)  # type: ignore[arg-type]
    except ValidationError as wrong:
        first = str(wrong.errors(include_input=False, include_context=False)[0]["loc"][0])
    raise WrongSetting(first.upper())
