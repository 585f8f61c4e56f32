"""Clean-up removes what was noted, in any state, and says what it could not."""

from functools import partial

import pytest

from helpers import cleanup, cognito, experiments, known_users, stack, triggers
from helpers.errors import AnswerError, HelpersError, RefusedError
from helpers.trace import trace


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "_noted", {})
    monkeypatch.setattr(HelpersError, "afterwards", "")


def test_it_removes_all_that_was_noted_and_nothing_else(outputs: dict[str, str], name: str) -> None:
    pool, table = outputs["UserPoolId"], outputs["TableName"]
    function, email = outputs["AutoConfirmFunctionArn"], f"{name}@example.com"
    other = f"{name}-other"
    people = [{"UserEmail": email, "UserName": name}]
    known_users.fill(table, people)
    triggers.set_trigger(pool, "PreSignUp", function)
    for _ in range(2):
        cleanup.free_name(pool, name)
        cleanup.note_known_users(table, people)
        cleanup.note_trigger(pool, "PreSignUp", function)
    for each in (name, other):
        cognito.admin_create_user(pool, each, f"{each}@example.com")
    frame = cleanup.clean_up()
    assert list(frame["What"]) == ["trigger PreSignUp", f"known user {email}", f"user {name}"]
    assert set(frame["Result"]) == {"removed"}
    assert triggers.table(pool).empty
    assert cognito.admin_get_user(pool, name) is None
    assert cognito.admin_get_user(pool, other) is not None
    assert cleanup.clean_up().empty
    cognito.admin_delete_user(pool, other)


def test_freeing_names_frees_them_at_once(outputs: dict[str, str], name: str) -> None:
    pool, names = outputs["UserPoolId"], (name, f"{name}-other")
    for each in names:
        cognito.admin_create_user(pool, each, f"{each}@example.com")
    with trace(outputs["AutoConfirmFunction"]) as story:
        cleanup.free_name(pool, *names)
    assert repr(story) == "Nothing was recorded."
    assert [cognito.admin_get_user(pool, each) for each in names] == [None, None]
    assert cleanup.clean_up()["What"].tolist() == [f"user {each}" for each in reversed(names)]


@pytest.mark.parametrize("agreed", [True, False])
def test_nothing_to_remove_is_told(agreed: bool) -> None:
    assert repr(cleanup.clean_up(agreed)) == "Nothing was left behind."


def test_what_is_gone_already_is_fine(outputs: dict[str, str], name: str) -> None:
    cleanup.free_name(outputs["UserPoolId"], name)
    cleanup.note_trigger("us-east-1_gone", "PreSignUp", outputs["AutoConfirmFunctionArn"])
    assert set(cleanup.clean_up()["Result"]) == {"was not there"}


@pytest.mark.usefixtures("place")
def test_without_a_stack_there_is_no_other_code() -> None:
    cleanup.note("other code", "auto_confirm", partial(experiments.restore, "auto_confirm"))
    assert cleanup.clean_up()["Result"].tolist() == ["was not there"]
    assert cleanup.clean_up().empty


def test_what_cannot_be_removed_is_told_and_kept(outputs: dict[str, str], name: str) -> None:
    cleanup.free_name(outputs["UserPoolId"], name)
    cleanup.note_known_users("", [{"UserEmail": "a@b.c"}])
    for _ in range(2):
        results = cleanup.clean_up().set_index("What")["Result"]
        assert results["known user a@b.c"].startswith("not removed: ")


def test_unless_agreed_it_only_shows_what_there_is(outputs: dict[str, str], name: str) -> None:
    pool = outputs["UserPoolId"]
    cleanup.free_name(pool, name)
    cognito.admin_create_user(pool, name, f"{name}@example.com")
    for answer in (False, "yes", None):
        assert cleanup.clean_up(answer)["Result"].tolist() == ["kept"]  # type: ignore[arg-type]
    assert cognito.admin_get_user(pool, name) is not None
    assert cleanup.clean_up()["Result"].tolist() == ["removed"]


def test_after_a_clean_up_errors_say_how_to_begin_again(outputs: dict[str, str], name: str) -> None:
    def shown() -> str:
        (line,) = RefusedError("UserNotFoundException", "No.")._render_traceback_()
        return line

    cleanup.clean_up(False)
    assert "You have cleaned up" not in shown()
    cleanup.clean_up()
    assert "You have cleaned up. Run the notebook from the top" in shown()
    with pytest.raises(AnswerError, match="are gone"):
        cleanup.free_name(outputs["UserPoolId"], name)
    stack.deploy(outputs["AutoConfirmFunction"].rpartition("-")[0])
    assert "You have cleaned up" not in shown()
    cleanup.free_name(outputs["UserPoolId"], name)
