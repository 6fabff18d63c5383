"""How often a page draws what trains."""

from studio.gui.jobs.draw_pacing import EARLY_SECONDS, DrawPacing


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def begun(parts: int) -> tuple[DrawPacing, Clock]:
    clock = Clock()
    pacing = DrawPacing(parts, clock)
    pacing.begin()
    return pacing, clock


def test_every_part_is_drawn_twice_a_second_while_training_is_new() -> None:
    pacing, _ = begun(6)
    assert 6 * pacing.pause(0.001) <= 500


def test_every_part_is_drawn_once_a_second_afterwards() -> None:
    pacing, clock = begun(6)
    clock.now += EARLY_SECONDS
    assert 500 < 6 * pacing.pause(0.001) <= 1000


def test_dear_drawing_takes_a_small_share_of_a_core() -> None:
    pacing, clock = begun(6)
    clock.now += EARLY_SECONDS
    assert 0.01 / (pacing.pause(0.01) / 1000) <= 0.02


def test_nothing_waits_longer_than_a_second() -> None:
    pacing, _ = begun(6)
    assert pacing.pause(5) == 1000


def test_before_any_training_a_change_is_drawn_soon() -> None:
    assert DrawPacing(6, Clock()).pause(0) < 200
