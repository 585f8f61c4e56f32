"""The check of an exercise tells right from wrong, and what is still wrong."""

import pytest

from helpers import exercises
from helpers.errors import AnswerError, RefusedError

WANTED = {"ann@example.com": "confirmed", "bob@example.net": "not confirmed", "three": 3}


def test_all_right() -> None:
    done = exercises.check(dict(WANTED), WANTED)
    assert done.wrong == []
    assert exercises.RIGHT in repr(done)
    assert exercises.RIGHT in done._repr_html_()


def test_what_is_still_wrong_and_what_was_not_tried() -> None:
    done = exercises.check({"ann@example.com": "confirmed", "three": 4}, WANTED)
    assert done.wrong == [
        "bob@example.net should be not confirmed, and is not tried.",
        "three should be 3, and is 4.",
    ]
    assert "Not yet: bob@example.net" in repr(done)
    assert exercises.RIGHT not in done._repr_html_()


def test_what_came_of_a_call() -> None:
    def refuse(code: str) -> None:
        raise RefusedError(code, "No.")

    def mistake() -> None:
        raise AnswerError("Not what a function can be blamed for.")

    assert exercises.came_of(str, "ann") == "fine"
    assert exercises.came_of(refuse, "NotAuthorizedException") == "NotAuthorizedException"
    with pytest.raises(AnswerError):
        exercises.came_of(mistake)


@pytest.mark.parametrize("code", ["ExpiredTokenException", "TooManyRequestsException"])
def test_what_says_nothing_of_the_call_is_no_outcome(code: str) -> None:
    def refuse() -> None:
        raise RefusedError(code, "Later.")

    with pytest.raises(RefusedError, match=code):
        exercises.came_of(refuse)


def test_a_solution_is_shown_by_its_name() -> None:
    assert "def handler" in exercises.solution("keep_the_password").code
    with pytest.raises(AnswerError, match=r"There are: .*keep_the_password"):
        exercises.solution("nothing")
