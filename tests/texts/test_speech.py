"""What calls are given of a text is what aiogram makes of it."""

from aiogram.utils.formatting import Bold, Italic, Text, TextLink, Underline
from hypothesis import given
from hypothesis import strategies as st

from handlers.speech import content

_WORDS = st.text(st.sampled_from("курс x\n🎓👩‍🏫é"), max_size=6)
_KINDS = st.sampled_from([Text, Bold, Italic, Underline, lambda *body: TextLink(*body, url="https://example.org")])
_TEXTS = st.recursive(
    _WORDS, lambda parts: st.builds(lambda kind, body: kind(*body), _KINDS, st.lists(parts, max_size=4)), max_leaves=20
)


@given(_TEXTS)
def test_words_and_formatting_stand_where_aiogram_puts_them(text: Text | str) -> None:
    expected = (text if isinstance(text, Text) else Text(text)).as_kwargs()
    given = content(text)
    assert given | {"entities": given["entities"] or []} == expected
