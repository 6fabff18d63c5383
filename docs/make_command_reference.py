"""Makes docs/guide/command-line.md from the commands themselves.

python docs/make_command_reference.py
"""

from pathlib import Path
from typing import Any

import typer

from studio.cli.app import command_line

OUT = Path(__file__).parent / "guide" / "command-line.md"
_HEAD = """# Command line

Everything that the window does, a command does too, through the same code; a session file made by
one opens in the other. `gate-studio [FILE]` without a command opens the window, with a dataset, an
experiment or a session.

With `--json` a command prints one JSON object on standard output and nothing else there; progress
and messages go to standard error. Exit status: 0 done, 1 a problem with the run, 2 a usage error,
130 interrupted (what is finished is saved).

`python docs/make_command_reference.py` makes this page.
"""


def reference() -> str:
    """The page: usage, help and options of every command."""
    return "\n".join((_HEAD, *_sections("gate-studio", typer.main.get_command(command_line()))))


def _sections(path: str, group: Any) -> list[str]:  # noqa: ANN401 - typer's and click's groups
    sections = []
    for name, command in group.commands.items():
        if command.hidden:
            continue
        title = f"{path} {name}"
        if hasattr(command, "commands"):
            sections += _sections(title, command)
            continue
        context = typer.Context(command, info_name=title)
        sections.append(f"## {title.removeprefix('gate-studio ')}\n")
        usage = " ".join(command.get_usage(context).split()).removeprefix("Usage: ")
        sections.append(f"```\n{usage}\n```\n")
        sections.append(_paragraphs(command.help or ""))
        records = [p.get_help_record(context) for p in command.params if p.name != "help"]
        rows = [_row(*record) for record in records if record and record[0].startswith("-")]
        if rows:
            sections += ["\n| option | does |\n| --- | --- |", *rows]
        sections.append("")
    return sections


def _row(names: str, text: str) -> str:
    names, text = (" ".join(part.split()).replace("|", "\\|") for part in (names, text))
    return f"| `{names}` | {text} |"


def _paragraphs(text: str) -> str:
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join(part for part in parts if part)


if __name__ == "__main__":
    OUT.write_text(reference(), encoding="utf-8")
    print(f"wrote {OUT}")
