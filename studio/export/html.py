"""HTML from plain values; whatever is no Html already is escaped."""

import html
from collections.abc import Iterable, Sequence

from studio.export.report_style import STYLE


class Html(str):
    """Text that is HTML and goes in as it is."""

    __slots__ = ()


_VOID = frozenset({"meta", "path", "line", "polyline", "polygon", "circle", "rect"})


def tag(name: str, /, *children: str, **attributes: object) -> Html:
    """An element; class_ is class, and underscores in other names of attributes are hyphens."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    if name in _VOID:
        return Html(f"<{name}{given}>" if name == "meta" else f"<{name}{given}/>")
    return Html(f"<{name}{given}>{joined(children)}</{name}>")


def joined(parts: Iterable[str]) -> Html:
    """Parts behind each other."""
    return Html("".join(part if isinstance(part, Html) else html.escape(part) for part in parts))


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], marked: Iterable[bool] = ()
) -> Html:
    """A table whose first column names the rows; marked rows stand out."""
    marks = iter(marked)
    body = []
    for first, *others in rows:
        cells = (tag("th", first, scope="row"), *(tag("td", cell) for cell in others))
        body.append(tag("tr", *cells, **({"class": "differs"} if next(marks, False) else {})))
    head = tag("tr", *(tag("th", heading, scope="col") for heading in headings))
    whole = tag("table", tag("thead", head), tag("tbody", *body))
    return tag("div", whole, class_="scroll")


def document(title: str, body: Iterable[str]) -> str:
    """A whole page that may load nothing, whatever is in it."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Html(STYLE)),
    )
    page = tag("html", head, tag("body", tag("main", *body)), lang="en-GB")
    return f"<!doctype html>\n{page}\n"
