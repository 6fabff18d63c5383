from pathlib import Path

from studio.gui.pages.data.example_experiments import comment_of, read_example_experiment
from studio.paths import experiments


def test_every_example_has_a_question_and_says_how_it_is_answered() -> None:
    questions = [read_example_experiment(path) for path in experiments().values()]
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
