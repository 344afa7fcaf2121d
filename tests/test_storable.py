"""What is said of JSON text without parsing it holds for what it says."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from stripe_integrations import storable

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=8) | st.sampled_from(["\0", "\ud800", "1.5", ", 2e3", "[7.", "\\u0000"])
DOCUMENTS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | NUMBERS | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)
FORMS = ({}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False})


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_text_that_is_called_clean_says_nothing_to_clean(document):
    for form in FORMS:
        text = json.dumps(document, **form)
        parsed = json.loads(text)
        if storable.is_clean(text):
            assert storable.clean_json(parsed) is parsed


def test_ordinary_text_is_called_clean():
    text = json.dumps({"id": "prod_1", "name": "Größe 1.5", "amount": 1000, "list": [1, -2]})
    assert storable.is_clean(text)
    assert not storable.is_clean('{"percent": 12.5}')
    assert not storable.is_clean('{"name": "\\u0000"}')
