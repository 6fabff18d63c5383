"""Makes docs/reliability.md: what broke version 0.1.0, tried again.

    python docs/make_reliability.py

Runs the tests that attack the program as it was attacked then, with the fuzzers, kills and random
faults of `make verify` shortened so that all of it takes about half an hour on two cores. What an
attack counts as one attempt (a kill, a fault, an input) its test records; otherwise it is the test.
"""

import datetime as dt
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
OUT = Path(__file__).parent / "reliability.md"
SHORTENED = {"FUZZ_SECONDS": "20", "FAULTS": "150"}
PLAIN = ("-n", "0", "-o", "junit_family=xunit1")
WITH_QT = ("-o", "qt_log_level_fail=WARNING", "-o", "qt_log_ignore=This plugin does not support")


@dataclass(frozen=True)
class Attack:
    """A way to break the program.

    Attributes:
        title: What is done.
        before: What came of it in version 0.1.0.
        tests: The tests that do it, as pytest takes them.
    """

    title: str
    before: str
    tests: tuple[str, ...]


CLI, UI, UNIT = "tests/cli/", "tests/ui/", "tests/unit/"
ATTACKS = (
    Attack(
        "Resuming from another folder that holds another file of the same name",
        "trained on the other file without a word",
        ((f"{CLI}test_attacks.py::test_resumed_elsewhere_a_comparison_trains_on_its_own_file_not_on"
         "_one_of_the_same_name"), f"{UNIT}runs/test_folder_recovery.py"),
    ),
    Attack(
        "Losing the session file while it trains: deleted, moved, replaced, cut short, without "
        "its folder",
        "lost without a word in 6 of 9 ways",
        ((f"{CLI}test_attacks.py::test_a_session_that_is_lost_while_it_trains_is_told_with_status_1"
         "_and_rescued_if_it_can_be"), f"{UNIT}sessions/test_vanished_files.py"),
    ),
    Attack(
        "Examples of one to three steps on the page Gates",
        "the window froze",
        (f"{UI}test_gates.py::test_examples_of_one_to_three_steps_are_shown",),
    ),
    Attack(
        "Made-up bytes for every reader and for sessions, guided by coverage",
        "11 of 864 changed MATLAB files ended the process",
        ("tests/fuzz",),
    ),
    Attack(
        "Hostile and damaged data files: bombs, false headers, changed bytes",
        "up to 14 GB of memory for 2.7 MB; errors of libraries",
        (f"{UNIT}data/test_hostile_files.py",),
    ),
    Attack(
        "The whole journey, window included, where every packet is counted",
        "telemetry of onnxruntime looked for its server",
        (f"{CLI}test_attacks.py::test_nothing_of_the_whole_journey_sends_a_packet",),
    ),
    Attack(
        "Names that are HTML, Markdown, formulas or escape sequences, on every page and in every "
        "export",
        "files of the user were painted over a verdict; the window hung",
        (f"{UI}test_plain_text.py", f"{UNIT}core/test_foreign_text.py",
         f"{UNIT}export/test_report.py::test_names_are_escaped"),
    ),
    Attack(
        "SIGKILL at random moments of a comparison that is resumed again and again",
        "held",
        (f"{CLI}test_kill.py",),
    ),
    Attack(
        "SIGKILL while saving, creating, migrating and closing; full and read-only disks",
        "17 of 102 could not be opened read-only",
        (f"{UNIT}sessions/test_crashes.py",),
    ),
    Attack(
        "Random faults of the disk (errors, full, torn writes, power cuts) and jumps of the clock "
        "over compare, resume, Save As, migration and export",
        "not tried",
        ("tests/faults",),
    ),
    Attack(
        "Hostile and changed sessions",
        "27 of 80 ended in tracebacks, 3 hung",
        (f"{UNIT}sessions/test_hostile_sessions.py", f"{UNIT}sessions/test_recovery.py"),
    ),
    Attack(
        "Killed and starved exports",
        "a process and folders stayed for ever",
        (f"{CLI}test_export_attacks.py",),
    ),
    Attack(
        "A read-only home, a relative one, a spare folder of somebody else",
        "no training at all",
        (f"{CLI}test_read_only_home.py",),
    ),
    Attack(
        "Damaged, swapped and planted kernels in the cache",
        "crashes, and code of others ran",
        (f"{UNIT}nn/fused/test_kernel_cache.py",),
    ),
    Attack(
        "Lock files of killed processes",
        "1,757 after a day",
        (f"{UNIT}sessions/test_lock_files.py",),
    ),
    Attack(
        "Experiment files that are nested too deeply or of wrong types",
        "a traceback; true counted as 1",
        (f"{UNIT}core/test_experiment_files.py",),
    ),
    Attack(
        "Too little memory",
        "tracebacks",
        (f"{CLI}test_refusals.py::test_too_little_memory_is_told_with_what_is_needed",),
    ),
    Attack(
        "SIGTERM, SIGHUP and SIGINT, in the window and in the terminal, early and late",
        "the window ended without a word",
        (f"{UI}test_start.py::test_a_signal_ends_the_window_in_order_and_says_so",
         f"{CLI}test_interrupt.py"),
    ),
    Attack(
        "The session locked by another program for longer than five seconds",
        "the training ended",
        (f"{CLI}test_attacks.py::test_a_session_that_another_program_locks_is_waited_for",),
    ),
)  # fmt: skip


@dataclass
class Tally:
    """Attempts and failures of one attack."""

    attempts: int = 0
    failures: int = 0
    skipped: int = 0


def run(attack: Attack) -> Tally:
    """Runs the tests of an attack in a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        window = WITH_QT if any(test.startswith(UI) for test in attack.tests) else ()
        command = [sys.executable, "-m", "pytest", "-q", *PLAIN, *window, *attack.tests]
        subprocess.run(  # noqa: S603 - our own tests
            [*command, f"--junitxml={report}"],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **SHORTENED},
            check=False,
        )
        return counted(ET.parse(report)) if report.exists() else Tally(failures=1)  # noqa: S314


def counted(report: "ET.ElementTree[ET.Element]") -> Tally:
    tally = Tally()
    for case in report.iter("testcase"):
        if case.find("skipped") is not None:
            tally.skipped += 1
            continue
        properties: Mapping[str, str] = {
            each.get("name", ""): each.get("value", "") for each in case.iter("property")
        }
        tally.attempts += int(properties.get("attempts", "1"))
        tally.failures += case.find("failure") is not None or case.find("error") is not None
    return tally


def page(tallies: Mapping[str, Tally]) -> str:
    """The page with its table."""
    rows = [
        f"| {attack.title} | {attack.before} | {tally.attempts:,} | {tally.failures} |"
        + (f" {tally.skipped} not possible on this machine |" if tally.skipped else " |")
        for attack in ATTACKS
        for tally in [tallies[attack.title]]
    ]
    today = dt.datetime.now(tz=dt.UTC).date()
    kernel = platform.release().partition("-")[0]
    return "\n".join(
        [
            "# Reliability",
            "",
            (
                "Made by `make attack`: what broke version 0.1.0, and what was tried besides, "
                "done again. An attempt is a kill, a fault or an input where a test makes many, "
                "otherwise the test. "
                f"Each fuzzer ran for {SHORTENED['FUZZ_SECONDS']} s; `make verify` gives it 300."
            ),
            "",
            (
                f"{today}, {os.cpu_count()} cores, {platform.system()} {kernel}, "
                f"Python {platform.python_version()}."
            ),
            "",
            "| attack | version 0.1.0 | attempts | failures | |",
            "| --- | --- | ---: | ---: | --- |",
            *rows,
            "",
        ]
    )


def main() -> None:
    tallies = {attack.title: run(attack) for attack in ATTACKS}
    OUT.write_text(page(tallies), encoding="utf-8")
    print(OUT.read_text(encoding="utf-8"))
    sys.exit(any(tally.failures for tally in tallies.values()))


if __name__ == "__main__":
    main()
