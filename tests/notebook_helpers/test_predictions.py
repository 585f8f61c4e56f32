"""Predictions: asked before it happens, and answered with the reason."""

import tomllib

import nbformat
import pytest
from nbclient import NotebookClient

from helpers import prompts
from helpers.errors import AnswerError, NotAsPredictedError
from helpers.prompts import prediction

FILES = sorted(prediction.FOLDER.glob("*.toml"))
QUESTIONS = [(f.stem, name) for f in FILES for name in tomllib.loads(f.read_text("utf-8"))]


@pytest.mark.parametrize(("notebook", "name"), QUESTIONS)
def test_each_question_has_one_right_answer_and_a_reason_for_each(notebook: str, name: str) -> None:
    question = prediction.read(notebook, name)
    assert question.right in question.answers
    assert len(question.answers) >= 3
    assert all(reason.endswith((".", "!", "?")) for reason in question.answers.values())


def test_before_it_is_run_nothing_is_given_away(capsys: pytest.CaptureFixture[str]) -> None:
    guess = prompts.predict("auto_confirm", "other_name")
    shown = str(guess._repr_mimebundle_())
    assert all(answer in shown for answer in guess.question.answers)
    assert not any(reason in shown for reason in guess.question.answers.values())
    guess.answer("an account that waits for a code")
    told = capsys.readouterr().out
    assert told.startswith("An account that waits for a code. The handler leaves the event")


def test_a_wrong_guess_is_answered_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    guess = prompts.predict("auto_confirm", "other_name")
    guess.guess = "no account"
    guess.answer("an account that waits for a code")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("You said: no account. Only a handler that raises")
    assert second.startswith("An account that waits for a code.")


def test_the_text_cannot_say_what_was_not_seen() -> None:
    guess = prompts.predict("auto_confirm", "other_name")
    with pytest.raises(NotAsPredictedError, match='came out as "confirmed"'):
        guess.answer("confirmed")


def test_a_question_that_there_is_not() -> None:
    with pytest.raises(AnswerError, match="There are: other_name"):
        prompts.predict("auto_confirm", "nothing")
    with pytest.raises(AnswerError, match="There are: none"):
        prompts.predict("nobody", "nothing")


def test_in_a_notebook_it_is_chosen_and_pressed() -> None:
    source = """
from helpers import prompts
guess = prompts.predict("auto_confirm", "other_name")
asked, choice, button, told = guess._view.children
print(button.disabled, told.value)
for answer in ("no account", "an account that waits for a code"):
    choice.value = answer
    button.click()
    print(told.value)
print(guess.guess)
again = prompts.predict("auto_confirm", "other_name")
print(again._view.children[1].value, again._view.children[3].value == told.value)
again.answer("an account that waits for a code")
print(prompts.predict("auto_confirm", "other_name").guess)
guess"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    printed, shown = notebook.cells[0].outputs
    before, wrong, right, first, kept, said, _why, anew = printed.text.splitlines()
    assert before == "True "
    assert wrong.startswith("<p>No. Only a handler that raises")
    assert right.startswith("<p>Yes. The handler leaves")
    assert first == "no account"
    assert kept == "no account False"
    assert said.startswith("You said: no account. ")
    assert anew == "None"
    assert "  ( ) an account that waits for a code" in shown.data["text/plain"]
