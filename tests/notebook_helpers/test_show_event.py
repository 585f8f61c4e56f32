"""An event, whole, with notes at the members that matter."""

import json

import pytest

from helpers import events, show
from helpers.errors import AnswerError

NOTES = {"userName": "the name", "request.userAttributes.email": "<not verified>", "response": "!"}


@pytest.mark.parametrize("source", events.sources())
def test_all_of_it_is_there(source: str) -> None:
    sent = events.sample(source)
    assert json.loads(repr(show.event(sent, {}))) == sent


@pytest.mark.parametrize("source", events.sources())
def test_notes_of_ours_are_at_members_that_there_are(source: str) -> None:
    notes = events.notes(source)
    assert repr(show.event(events.sample(source))).count("  ← ") == len(notes)


@pytest.mark.parametrize("service", events.services())
def test_all_of_a_services_event_is_there_a_line_for_each_member(service: str) -> None:
    sent = events.of_service(service)
    shown = repr(show.event(sent))
    assert json.loads(shown) == sent
    assert max(line.count('": ') for line in shown.splitlines() if '"body"' not in line) == 1


@pytest.mark.parametrize("service", events.services())
def test_in_brief_all_of_it_is_there_as_well(service: str) -> None:
    sent = events.of_service(service)
    shown = repr(show.event(sent, {}, brief=True))
    assert json.loads(shown) == sent


def test_in_brief_only_what_matters_has_a_line_of_its_own() -> None:
    sent = events.of_service("dynamodb")
    notes = {"Records.0.eventName": "what", "Records.0.dynamodb.NewImage": "after"}
    shown = show.event(sent, notes, brief=True)
    lines = repr(shown).splitlines()
    assert '      "eventName": "MODIFY",  ← what' in lines
    (image,) = (line for line in lines if "← after" in line)
    assert image.startswith('        "NewImage": {"Number": {"S": "61"}, "Price": {"N": "615"}},')
    assert json.loads("".join(line.partition("  ←")[0] for line in lines)) == sent
    assert len(lines) < len(shown.lines) + 1 < len(repr(show.event(sent, notes)).splitlines()) / 2


def test_what_matters_is_marked_in_a_list() -> None:
    shown = show.event(events.of_service("sqs"), {"Records.0.messageId": "which one"})
    assert "<i>← which one</i>" in shown._repr_html_()


def test_what_matters_is_marked() -> None:
    shown = show.event(events.sample("PreSignUp_SignUp", userName="ann"), NOTES)
    text, page = repr(shown), shown._repr_html_()
    assert '  "userName": "ann",  ← the name' in text.splitlines()
    assert "&quot;userName&quot;: &quot;ann&quot;,</b>  <i>← the name</i>" in page
    assert "<i>← &lt;not verified&gt;</i>" in page
    assert page.count("<b>") == len(NOTES)


def test_a_line_that_is_wrapped_goes_on_further_in() -> None:
    page = show.event(events.sample("PreSignUp_SignUp", userName="ann"), NOTES)._repr_html_()
    assert '<span style="display: block; padding-left: 6ch; text-indent: -6ch"><b>  &quot;' in page
    assert 'padding-left: 10ch; text-indent: -10ch"><b>      &quot;email' in page
    assert page.count("\n</span>") == page.count("<span") == page.count("\n")


def test_in_brief_members_that_share_a_line_stay_at_one_indent_where_it_is_wrapped() -> None:
    notes = {"Records.0.attributes.ApproximateReceiveCount": "how often"}
    page = show.event(events.of_service("sqs"), notes, brief=True)._repr_html_()
    (line,) = (each for each in page.split("\n</span>") if "SentTimestamp" in each)
    assert "padding-left: 8ch; text-indent: -8ch" in line
    whole = '<span style="display: inline-block; padding-left: 4ch; text-indent: -4ch">&quot;'
    assert f"{whole}SentTimestamp&quot;" in line
    assert f"{whole}SenderId&quot;" in line


def test_a_note_at_nothing() -> None:
    with pytest.raises(AnswerError, match="There is no nobody in this event"):
        show.event(events.sample("PreSignUp_SignUp"), {"nobody": "here"})
