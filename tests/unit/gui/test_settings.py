from pathlib import Path

from studio.gui.context.settings import Settings
from studio.paths import experiments


def test_dialogs_begin_where_the_user_last_opened_something_of_his_own(tmp_path: Path) -> None:
    own = tmp_path / "data" / "waves.csv"
    own.parent.mkdir()
    own.write_text("level\n1\n", encoding="utf-8")
    settings = Settings(tmp_path / "config")
    settings.remember(own)
    settings.remember(experiments()["forecasting"])
    for each in (settings, Settings(tmp_path / "config")):
        assert each.last_folder == str(own.parent)
        assert each.recent_paths() == [own]


def test_what_has_vanished_is_not_offered_among_the_recent_files(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "config")
    for name in ("kept.csv", "lost.csv", "kept.csv"):
        (tmp_path / name).touch()
        settings.remember(tmp_path / name)
    (tmp_path / "lost.csv").unlink()
    assert settings.recent_paths() == [tmp_path / "kept.csv"]
