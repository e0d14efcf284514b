#!/usr/bin/env python3
"""Reads and parses every message of an mbox with Python's `mailbox`, and does nothing with them."""

import json
import mailbox
import sys


def main() -> None:
    box = mailbox.mbox(sys.argv[1], create=False)
    print(json.dumps({"messages": sum(1 for _ in box)}))


if __name__ == "__main__":
    main()
