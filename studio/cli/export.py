"""gate-studio export."""


def export() -> None:
    """Placeholder."""
