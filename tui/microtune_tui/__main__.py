"""`python -m microtune_tui`: the command line where no `microtune` is on the path."""

from microtune_tui.cli import main

if __name__ == "__main__":
    main()
