"""An event, whole, with notes at the members that matter."""

import json

import pytest

from helpers import events, show
from helpers.errors import AnswerError

NOTES = {"userName": "the name", "request.userAttributes.email": "<not verified>", "response": "!"}


@pytest.mark.parametrize("source", events.sources())
def test_all_of_it_is_there(source: str) -> None:
    sent = events.sample(source)
    assert json.loads(repr(show.event(sent))) == sent


def test_what_matters_is_marked() -> None:
    shown = show.event(events.sample("PreSignUp_SignUp", userName="ann"), NOTES)
    text, page = repr(shown), shown._repr_html_()
    assert '  "userName": "ann",  ← the name' in text.splitlines()
    assert "&quot;userName&quot;: &quot;ann&quot;,</b>  <i>← the name</i>" in page
    assert "<i>← &lt;not verified&gt;</i>" in page
    assert page.count("<b>") == len(NOTES)


def test_a_note_at_nothing() -> None:
    with pytest.raises(AnswerError, match="There is no nobody in this event"):
        show.event(events.sample("PreSignUp_SignUp"), {"nobody": "here"})
