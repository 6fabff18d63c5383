"""compare and export where each series is scaled on its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from commands import environment, run, run_json

OPTIONS = (
    "--data-option", "id=store", "--window", 6, "--epochs", 2, "--seeds", 1, "--hidden-size", 4,
    "--scale-by", "series", "--out", "s.gates", "--device", "cpu",
)  # fmt: skip


def sales(home: Path, names: tuple[str, ...] = ("north", "south")) -> Path:
    lines = ["store,day,sales"]
    for size, name in zip((1, 1000), names, strict=False):
        lines += [f"{name},{day},{size * (3 + np.sin(day)):.4f}" for day in range(60)]
    path = home / "sales.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_each_series_is_scaled_and_the_exported_program_asks_which_it_reads(
    tmp_path: Path,
) -> None:
    sales(tmp_path)
    run(tmp_path, "compare", "sales.csv", *OPTIONS)
    answer = run_json(
        tmp_path, "export", "s.gates", "--contender", "GRU", "--format", "safetensors",
        "--out", "model",
    )  # fmt: skip
    assert answer["inputs"] == ["sequences", "series"]
    assert "of 2 series" in answer["check"]
    program = (
        "from model import Model; model = Model(); window = [[[3000.0]] * 6];"
        "print(float(model.predict(window, ['south'])[0, 0]));"
        "model.predict(window)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 1500 < float(done.stdout) < 4500
    assert "this model scales each series on its own" in done.stderr


def test_one_series_is_refused_with_what_to_do(tmp_path: Path) -> None:
    sales(tmp_path, ("north",))
    process = run(tmp_path, "compare", "sales.csv", *OPTIONS, status=2)
    assert process.stderr == (
        "Error: --scale-by: there are no several series to scale on their own. Leave it out.\n"
    )
