"""What an engine is given when nobody says otherwise."""

CONTEXT = 2048  # tokens


def threads() -> int:
    """One for each core that does its own arithmetic, at most 8."""
    import psutil

    return max(1, min(8, psutil.cpu_count(logical=False) or 1))
