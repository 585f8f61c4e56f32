"""Clean-up removes what was made, in any state, and says what it could not."""

from functools import partial

from helpers import cloud, cognito, experiments, known_users, triggers
from helpers.cleanup import Made


def test_it_removes_all_that_was_made_and_nothing_else(outputs: dict[str, str], name: str) -> None:
    pool, table = outputs["UserPoolId"], outputs["TableName"]
    function = outputs["AutoConfirmFunctionArn"]
    other = f"{name}-other"
    for each in (name, other):
        cognito.admin_create_user(pool, each, f"{each}@example.com")
    known_users.fill(table, [{"UserEmail": f"{name}@example.com", "UserName": name}])
    triggers.set_trigger(pool, "PreSignUp", function)
    made = Made()
    for _ in range(2):
        made.user(pool, name)
        made.known_user(table, f"{name}@example.com")
        made.trigger(pool, "PreSignUp", function)
    frame = made.clean_up()
    assert list(frame["What"]) == [
        "trigger PreSignUp",
        f"known user {name}@example.com",
        f"user {name}",
    ]
    assert set(frame["Result"]) == {"removed"}
    assert triggers.table(pool).empty
    assert cognito.admin_get_user(pool, name) is None
    assert cognito.admin_get_user(pool, other) is not None
    assert made.clean_up().empty
    cognito.admin_delete_user(pool, other)


def test_what_is_gone_already_is_fine(outputs: dict[str, str], name: str) -> None:
    made = Made()
    made.user(outputs["UserPoolId"], name)
    made.user("us-east-1_gone", name)
    made.trigger("us-east-1_gone", "PreSignUp", outputs["AutoConfirmFunctionArn"])
    assert set(made.clean_up()["Result"]) == {"was not there"}


def test_without_a_stack_there_is_no_other_code(place: cloud.Cloud) -> None:
    made = Made()
    made.note("other code", "auto_confirm", partial(experiments.restore, "auto_confirm"))
    assert made.clean_up()["Result"].tolist() == ["was not there"]
    assert made.clean_up().empty


def test_what_cannot_be_removed_is_told_and_kept(outputs: dict[str, str], name: str) -> None:
    made = Made()
    made.user(outputs["UserPoolId"], name)
    made.known_user("", "a@b.c")
    for _ in range(2):
        results = made.clean_up().set_index("What")["Result"]
        assert results["known user a@b.c"].startswith("not removed: ")


def test_unless_agreed_it_only_shows_what_there_is(outputs: dict[str, str], name: str) -> None:
    pool, made = outputs["UserPoolId"], Made()
    cognito.admin_create_user(pool, name, f"{name}@example.com")
    made.user(pool, name)
    for answer in (False, "yes", None):
        assert made.clean_up(answer)["Result"].tolist() == ["kept"]  # type: ignore[arg-type]
    assert cognito.admin_get_user(pool, name) is not None
    assert made.clean_up()["Result"].tolist() == ["removed"]
