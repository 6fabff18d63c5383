"""The structure of the code keeps what the architecture promises beyond the import contracts."""

import ast
from collections import defaultdict

from support import ROOT

MOST_FILES = 15
STUDIO = ROOT / "studio"


def test_no_folder_holds_more_files_than_a_reader_can_overlook() -> None:
    counts = {
        folder.relative_to(ROOT).as_posix(): sum(
            path.name != "__init__.py" for path in folder.glob("*.py")
        )
        for folder in (STUDIO, *(path for path in STUDIO.rglob("*") if path.is_dir()))
    }
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


def test_no_two_public_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path in STUDIO.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_every_folder_of_the_code_is_named_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = sorted(path.parent for path in STUDIO.glob("*/__init__.py"))
    assert [folder.name for folder in packages if f"`{folder.name}" not in text] == []
