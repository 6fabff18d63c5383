"""The menu entry, icons and file type: installed for a user by the real script."""

import os
import shutil
import sqlite3
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support import ROOT
from unit.sessions.make_sessions import new_comparison

from studio.sessions import SessionFile

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="desktop entries are of Linux desktops"
)

SPEC = "{http://www.freedesktop.org/standards/shared-mime-info}"
TYPE = ET.parse(ROOT / "packaging/gate-studio-mime.xml").getroot()[0]  # noqa: S314 - our own file
INSTALLED = {
    "applications/gate-studio.desktop",
    "mime/packages/gate-studio-mime.xml",
    "icons/hicolor/scalable/apps/gate-studio.svg",
    "icons/hicolor/scalable/mimetypes/application-x-gate-studio.svg",
}
BASIC_TOOLS = (
    "cat",
    "cp",
    "dirname",
    "grep",
    "mkdir",
    "rm",
    "rmdir",
    "sed",
    "sh",
    "touch",
    "uname",
)
DESKTOP_TOOLS = ("update-desktop-database", "update-mime-database")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder whose name has all that an entry must quote, and its command."""
    folder = tmp_path / '100% of "my" $HOME & `more\\'
    shutil.copytree(ROOT / "packaging", folder / "packaging")
    shutil.copytree(ROOT / "resources", folder / "resources")
    command = folder / ".venv/bin/gate-studio"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "user data"
    folder.mkdir()
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs without any tool of a desktop."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in BASIC_TOOLS:
        (folder / name).symlink_to(shutil.which(name) or pytest.fail(f"there is no {name}"))
    return folder


def script(
    checkout: Path, data: Path | str, *options: str, path: object = "", status: int = 0
) -> str:
    """Runs the script; what it said."""
    programs = str(path) or f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    ended = subprocess.run(
        ["/bin/sh", checkout / "packaging/install_desktop.sh", *options],
        env={"PATH": programs, "HOME": str(checkout), "XDG_DATA_HOME": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def entry(path: Path) -> dict[str, str]:
    parser = ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read(path)
    return dict(parser["Desktop Entry"])


def program_of(exec_value: str) -> list[str]:
    """The words of an Exec value: unescaped as a value, then read as a shell reads quotes."""
    quoted = exec_value.replace("\\\\", "\\")
    read = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\n' {quoted}"], capture_output=True, text=True, check=True
    )
    return [word.replace("%%", "%") for word in read.stdout.splitlines()]


def has_magic(content: bytes, rule: ET.Element = TYPE) -> bool:
    """Whether the type's magic, a match within a match, is in the content."""
    found = rule.find(f".//{SPEC}match") if rule is TYPE else rule
    value, offset = found.get("value", ""), int(found.get("offset", ""))
    if found.get("type") == "big32":
        wanted = int(value, 16).to_bytes(4, "big")
    else:
        wanted = value.encode().decode("unicode_escape").encode()
    is_here = content[offset : offset + len(wanted)] == wanted
    return is_here and all(has_magic(content, inner) for inner in found)


def test_a_session_file_has_the_magic_of_its_type_while_open_and_when_closed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "work.gates"
    with SessionFile.create(path, tmp_path / "locks") as session:
        session.begin(new_comparison())
        assert has_magic(path.read_bytes())
    assert has_magic(path.read_bytes())


def test_another_database_is_no_session(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE something (id INTEGER)")
    database.close()
    assert path.read_bytes().startswith(b"SQLite format 3\0")
    assert not has_magic(path.read_bytes())


def test_the_entry_opens_the_type_that_is_defined_and_the_icons_bear_its_names() -> None:
    described = entry(ROOT / "packaging/gate-studio.desktop")
    defined = TYPE.get("type", "")
    assert described["MimeType"] == f"{defined};"
    assert [glob.get("pattern") for glob in TYPE.iter(f"{SPEC}glob")] == ["*.gates"]
    icons = {TYPE.find(f"{SPEC}icon").get("name"), described["Icon"]}
    assert icons == {path.stem for path in (ROOT / "resources/icons").glob("*.svg")}
    assert defined.replace("/", "-") in icons


def test_the_store_page_names_the_entry_and_the_type() -> None:
    page = ET.parse(ROOT / "packaging/gate-studio.metainfo.xml").getroot()  # noqa: S314 - our own
    assert page.findtext("launchable") == "gate-studio.desktop"
    assert page.findtext("provides/mediatype") == TYPE.get("type")
    assert page.findtext("name") == entry(ROOT / "packaging/gate-studio.desktop")["Name"]


def test_the_installed_entry_starts_the_command_of_a_checkout_with_any_name(
    checkout: Path, data: Path
) -> None:
    script(checkout, data)
    installed = entry(data / "applications/gate-studio.desktop")
    command = str(checkout / ".venv/bin/gate-studio")
    assert program_of(installed.pop("Exec")) == ["env", command, "%f"]
    plain = entry(ROOT / "packaging/gate-studio.desktop")
    assert plain.pop("Exec") == "gate-studio %f"
    assert installed == plain


def test_gio_starts_the_installed_entry_with_the_session(
    checkout: Path, data: Path, tmp_path: Path
) -> None:
    gio = shutil.which("gio") or pytest.skip("there is no gio to start it with")
    said, session = tmp_path / "said", tmp_path / "my work.gates"
    os.mkfifo(said)
    session.touch()
    (checkout / ".venv/bin/gate-studio").write_text(f"#!/bin/sh\nprintf %s \"$*\" >'{said}'\n")
    script(checkout, data)
    entry_path = data / "applications/gate-studio.desktop"
    subprocess.run([gio, "launch", entry_path, session], check=True)
    assert said.read_text() == str(session)


def test_without_a_virtual_environment_the_command_on_the_path_is_taken(
    checkout: Path, data: Path, bare: Path
) -> None:
    (checkout / ".venv/bin/gate-studio").rename(bare / "gate-studio")
    script(checkout, data, path=bare)
    installed = entry(data / "applications/gate-studio.desktop")
    assert program_of(installed["Exec"]) == [str(bare / "gate-studio"), "%f"]


def test_without_any_command_nothing_is_installed(checkout: Path, data: Path, bare: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    assert "make install-desktop" in script(checkout, data, path=bare, status=1)
    assert not list(data.iterdir())


def test_install_then_uninstall_leaves_nothing_behind(checkout: Path, data: Path) -> None:
    script(checkout, data)
    assert files(data).keys() >= INSTALLED
    script(checkout, data, "--uninstall")
    assert not list(data.iterdir())


def test_installing_again_changes_nothing_and_so_does_uninstalling_again(
    checkout: Path, data: Path
) -> None:
    script(checkout, data)
    once = files(data)
    script(checkout, data)
    assert files(data) == once
    script(checkout, data, "--uninstall")
    assert "removed" not in script(checkout, data, "--uninstall")
    assert not list(data.iterdir())


def test_what_other_programs_installed_stays(checkout: Path, data: Path) -> None:
    others = {name.replace("gate-studio", "other"): b"" for name in INSTALLED}
    others["applications/other.desktop"] = (
        b"[Desktop Entry]\nType=Application\nName=Other\nExec=true\nMimeType=application/x-other;\n"
    )
    others["mime/packages/other-mime.xml"] = (
        f'<mime-info xmlns="{SPEC[1:-1]}"><mime-type type="application/x-other">'
        '<glob pattern="*.other"/></mime-type></mime-info>'
    ).encode()
    for name, content in others.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(content)
    script(checkout, data)
    script(checkout, data, "--uninstall")
    left = files(data)
    assert others.items() <= left.items()
    assert not [name for name, content in left.items() if b"gate-studio" in content]


def test_missing_desktop_tools_are_told_and_stop_nothing(
    checkout: Path, data: Path, bare: Path
) -> None:
    said = script(checkout, data, path=bare)
    assert all(f"{name} is not installed" in said for name in DESKTOP_TOOLS)
    assert files(data).keys() == INSTALLED
    script(checkout, data, "--uninstall", path=bare)
    assert not list(data.iterdir())


def test_a_failing_desktop_tool_is_told_and_stops_nothing(
    checkout: Path, data: Path, bare: Path
) -> None:
    for name in DESKTOP_TOOLS:
        (bare / name).write_text("#!/bin/sh\necho the disk is odd\nexit 1\n")
        (bare / name).chmod(0o755)
    said = script(checkout, data, path=bare)
    assert "update-mime-database failed" in said
    assert "the disk is odd" in said
    assert files(data).keys() == INSTALLED


def test_without_the_variable_it_installs_below_the_home_folder(checkout: Path) -> None:
    script(checkout, "")
    assert files(checkout / ".local/share").keys() >= INSTALLED


@pytest.mark.parametrize(("data", "options", "status"), [("data", (), 1), ("/tmp", ("--all",), 2)])  # noqa: S108 - nothing is written
def test_a_relative_data_folder_and_unknown_options_are_refused(
    checkout: Path, data: str, options: tuple[str, ...], status: int
) -> None:
    assert "Error: " in script(checkout, data, *options, status=status)


def test_the_desktop_knows_a_session_by_its_content_and_by_its_name(
    checkout: Path, data: Path, tmp_path: Path
) -> None:
    tools = [shutil.which(name) for name in ("gio", "update-mime-database")]
    if None in tools:
        pytest.skip("there is no desktop to ask: gio, update-mime-database")
    script(checkout, data)
    with SessionFile.create(tmp_path / "renamed", tmp_path / "locks") as session:
        session.begin(new_comparison())
    (tmp_path / "damaged.gates").write_text("no database")
    for name in ("renamed", "damaged.gates"):
        answer = subprocess.run(
            [str(tools[0]), "info", "-a", "standard::content-type", str(tmp_path / name)],
            env={"XDG_DATA_HOME": str(data), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "application/x-gate-studio" in answer.stdout
