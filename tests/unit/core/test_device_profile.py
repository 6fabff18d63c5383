"""Profiles of devices."""

from pathlib import Path

import pytest

from studio.core.errors import SpecError
from studio.core.specs.device_profile import find_profile, read_profile
from studio.paths import devices

GOOD = 'name = "Board"\nflash_kib = 64\nram_kib = 8.5\nclock_mhz = 48\nfpu = false\n'


def test_every_profile_of_the_program_can_be_read() -> None:
    profiles = {name: read_profile(path) for name, path in devices().items()}
    assert sorted(profiles) == [
        "cortex-m0plus",
        "cortex-m33",
        "cortex-m4f",
        "cortex-m7",
        "esp32-s3",
        "risc-v",
    ]
    assert all(profile.deadline_ms is None for profile in profiles.values())


def test_a_profile_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "board.toml"
    path.write_text(GOOD, encoding="utf-8")
    profile = find_profile(str(path), devices())
    assert (profile.name, profile.flash, profile.ram) == ("Board", 65_536, 8_704)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("48", '"fast"'), "clock_mhz: must be a valid number"),
        (GOOD.replace("48", "-1"), "clock_mhz: must be greater than 0"),
        (GOOD + "flahs = 3\n", "flahs: there is no such setting"),
        (GOOD.replace("ram_kib = 8.5", ""), "ram_kib: this setting is missing"),
        ("name =", "is not a TOML file"),
        (GOOD + 'core = "z80"\n', "core: must be 'cortex-m0plus'"),
    ],
)
def test_a_wrong_profile_is_told_with_its_field(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "board.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_profile(path)
    assert told in str(caught.value)
    assert "board.toml" in str(caught.value)


def test_an_unknown_name_is_told_with_the_profiles_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no profile 'cortex-m5'") as caught:
        find_profile("cortex-m5", devices())
    assert "cortex-m4f" in str(caught.value)
    with pytest.raises(SpecError, match="cannot be read"):
        find_profile(str(tmp_path / "none.toml"), devices())
