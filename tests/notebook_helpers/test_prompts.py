"""Prompts in plain Python."""

from typing import Any

import pytest

from helpers import cloud, prompts
from helpers.errors import AnswerError

POLICY = {
    "MinimumLength": 10,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
}


def test_the_default_without_anything_else() -> None:
    assert prompts.choose("Who", ["ann", "bob"]).read() == "ann"
    assert prompts.ask("Name", default=" ann ").read() == "ann"
    assert prompts.confirm("Sure").agreed() is False
    assert prompts.confirm("Sure", default="no").agreed() is False  # type: ignore[arg-type]


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHO", "bob")
    monkeypatch.setenv("SURE", "Yes")
    assert prompts.choose("Who", ["ann", "bob"], env="WHO").read() == "bob"
    assert prompts.confirm("Sure", env="SURE").agreed() is True


@pytest.mark.parametrize(
    ("prompt", "rule"),
    [
        (lambda: prompts.choose("Who", ["ann"], env="ANSWER"), r"Who: choose one of ann\."),
        (lambda: prompts.confirm("Sure", env="ANSWER"), r"Sure: answer yes or no\."),
        (
            lambda: prompts.ask("Mail", env="ANSWER", check=prompts.check_email),
            r"Mail: enter an address",
        ),
        (
            lambda: prompts.ask("Name", env="ANSWER", taken=["Carol", "Nonsense"]),
            r"Name: nonsense is somebody else here; choose another\.",
        ),
        (
            lambda: prompts.ask_code("us-east-1_any", "ann", env="ANSWER"),
            r"Code: type the six digits of the mail\.",
        ),
        (
            lambda: prompts.ask_password(env="ANSWER", policy=POLICY),
            r"Password: it needs at least 10 characters, an uppercase letter, a number, a symbol",
        ),
    ],
)
def test_a_broken_rule_is_named(prompt: Any, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER", "nonsense")
    with pytest.raises(AnswerError, match=rule) as raised:
        prompt().read()
    assert "what the environment variable ANSWER says" in str(raised.value)


def test_a_user_name_keeps_to_cognitos_rule() -> None:
    assert prompts.check_user_name(" ann ") is None
    assert prompts.check_user_name("ζωή.👋+1") is None
    for answer in ("", "ann lee", "a" * 129, "ann\u200b", "ann\x07"):
        assert prompts.check_user_name(answer) == "use 1 to 128 characters, and no spaces."


def test_somebody_elses_name_is_theirs_in_capitals_too() -> None:
    with pytest.raises(AnswerError, match="CAROL is somebody else here"):
        prompts.ask("Name", default="CAROL", taken=["carol"]).read()


def test_no_answer_is_a_clear_error() -> None:
    with pytest.raises(AnswerError, match=r"Name: there is no answer yet\. Set the environment"):
        prompts.ask("Name", env="NAME_THAT_IS_NOT_SET").read()


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER", "")
    assert prompts.choose("Who", ["ann"], env="ANSWER").read() == "ann"
    monkeypatch.setenv("ANSWER", " yes ")
    assert prompts.confirm("Sure", env="ANSWER").agreed() is True


def test_a_default_that_is_no_option() -> None:
    with pytest.raises(AnswerError, match=r"Who: zoe is not one of ann, bob\."):
        prompts.choose("Who", ["ann", "bob"], default="zoe")


def test_nothing_to_choose_from() -> None:
    with pytest.raises(AnswerError, match="nothing to choose from"):
        prompts.choose("Who", [])


def test_the_password_itself_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER", "hunter2hunter2")
    with pytest.raises(AnswerError) as raised:
        prompts.ask_password(env="ANSWER", policy=POLICY).read()
    assert "hunter2" not in str(raised.value)


def test_in_the_sandbox_a_password_is_made_up(place: cloud.Cloud) -> None:
    if not place.is_sandbox:
        pytest.skip("elsewhere the reader has to give one")
    one, other = (prompts.ask_password(env=None, policy=POLICY) for _ in range(2))
    assert one.read() == one.read() != other.read()
    assert one.read() not in repr(one)
    assert prompts.check_password(one.read(), POLICY) is None


@pytest.mark.parametrize("length", [6, 8, 12, 99])
def test_generated_passwords_keep_to_the_policy(length: int) -> None:
    policy = POLICY | {"MinimumLength": length}
    for _ in range(50):
        assert prompts.check_password(prompts.generate_password(policy), policy) is None
