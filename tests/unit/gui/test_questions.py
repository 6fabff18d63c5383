from pathlib import Path

from studio.gui.questions import comment_of, read_questions
from studio.paths import experiments


def test_every_example_asks_a_question_and_says_how_it_is_answered() -> None:
    questions = read_questions(experiments().values())
    assert len(questions) == len(experiments())
    for question in questions:
        assert question.heading.endswith("?")
        assert question.text.endswith(".")
        assert 5 <= question.seconds <= 300
        assert question.sample or question.drawing
        assert all(len(line) > 1 for line in question.drawing)


def test_a_file_without_comments_is_called_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "my-data.toml"
    path.write_text('name = "x"\n')
    assert comment_of(path) == ("My data", "")
