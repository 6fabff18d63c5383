from studio.runs.execution.turn_order import turn_order


def test_contenders_take_turns_in_abba_order() -> None:
    rounds = [turn_order(["A", "B", "C"], turn) for turn in range(4)]
    assert rounds == [["A", "B", "C"], ["C", "B", "A"], ["A", "B", "C"], ["C", "B", "A"]]


def test_each_position_in_a_round_is_held_equally_often() -> None:
    first = [turn_order(["A", "B"], turn)[0] for turn in range(100)]
    assert first.count("A") == first.count("B") == 50
