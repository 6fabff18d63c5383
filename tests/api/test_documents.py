"""What the documents show of Python is run: the guide's examples, and the notebook's cells."""

import importlib.util
import json
import re
from pathlib import Path

from commands import run_python
from support import ROOT
from tiny import write_temperatures

NOTEBOOK = ROOT / "docs" / "examples" / "compare.ipynb"


def test_the_examples_of_the_guide_run_one_after_another(home: Path) -> None:
    write_temperatures(home / "temperatures.csv")
    text = (ROOT / "docs" / "guide" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 7
    printed = run_python(home, "\n".join(blocks))
    assert "wave.gates 3 of 3" in printed
    assert "GRU - LSTM" in printed.replace("−", "-")
    assert "torch.Size([1, 6, 2])" in printed
    assert printed.splitlines()[-1] == "hiden_size: there is no such option. Write hidden_size."


def test_the_notebook_runs_and_holds_the_outputs_of_a_run(home: Path) -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    outputs = json.dumps([cell["outputs"] for cell in cells])
    assert "<table>" in outputs
    assert '"output_type": "error"' not in outputs
    assert str(ROOT.parent) not in outputs, "no place of a machine"
    if all(map(importlib.util.find_spec, ("nbclient", "nbformat", "ipykernel"))):
        _run_in_a_kernel(home)
        return
    lines = ("".join(cell["source"]) for cell in cells)
    code = "\n".join(lines).replace("epochs=4", "epochs=1").replace("seeds=3", "seeds=1")
    assert run_python(home, f"{code}\nprint('all cells ran')").splitlines()[-1] == "all cells ran"


def _run_in_a_kernel(home: Path) -> None:
    code = f"""
import os, warnings
warnings.simplefilter("ignore")
os.environ.pop("PYTHONWARNINGS", None)
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read({str(NOTEBOOK)!r}, as_version=4)
for cell in notebook.cells:
    cell.source = cell.source.replace("epochs=4", "epochs=1").replace("seeds=3", "seeds=1")
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
print("<progress" in str(notebook), "reading" in str(notebook))
"""
    assert run_python(home, code).split()[-1] == "True"
