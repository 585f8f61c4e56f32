"""A prediction, as a reader makes one: choose, press, be told why, and try another."""

from collections.abc import Callable

from playwright.sync_api import expect
from reader import Notebook

QUESTION = 'prompts.predict("auto_confirm", "other_name")'


def test_choose_press_and_read_why(opened: Callable[[str], Notebook]) -> None:
    notebook = opened("01_auto_confirm")
    notebook.walk_to("guess_name.answer(")
    shown = notebook.output(QUESTION)
    see = shown.get_by_role("button", name="See")
    expect(see).to_be_disabled()
    for answer, told in [("no account", "No. Only a handler"), ("an account that waits", "Yes. ")]:
        expect(shown).not_to_contain_text(told)
        shown.get_by_label(answer).check()
        see.click()
        expect(shown).to_contain_text(told)
    notebook.run(QUESTION)
    expect(shown).to_contain_text("No. Only a handler")  # the first guess is kept
    told = "You said: no account. Only a handler"
    expect(notebook.run("guess_name.answer(")).to_contain_text(told)
