"""What is written comes out as it is."""

import pytest

from enerwise.serve.console import complain, say


@pytest.mark.parametrize("text", ["SHA-256 E8:AB:5A:O:8B", "[red]Haus[/red]", "a [link=x] b"])
def test_nothing_of_a_text_is_taken_for_markup_or_a_picture(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(text)
    complain(text)
    told = capsys.readouterr()
    assert (told.out, told.err) == (f"{text}\n", f"{text}\n")
