"""Texts of the catalogue as somebody chooses among them by button."""

from hashlib import blake2s

KEY_BYTES = 6
"""Of a few hundred texts no two have one key; and where they had, one of them would be chosen."""


def key_of(text: str) -> str:
    """A short name of a text, the same at any time: a button cannot carry the text itself."""
    return blake2s(text.encode(), digest_size=KEY_BYTES).hexdigest()
