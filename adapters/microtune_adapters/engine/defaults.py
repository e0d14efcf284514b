"""What an engine is given when nobody says otherwise."""

CONTEXT = 2048  # tokens


SMALL = 64_000_000  # bytes of a base


def threads(base_bytes: int) -> int:
    """One for each core that does its own arithmetic, at most 8; one alone for a small base.

    llama.cpp's threads wait for each other actively after every product. With the products of a
    small base that is most of the time, and on a busy machine two threads are slower than one.
    """
    import psutil

    if base_bytes < SMALL:
        return 1
    return max(1, min(8, psutil.cpu_count(logical=False) or 1))
