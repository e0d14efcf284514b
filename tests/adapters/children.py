"""Runs a function in a process of its own, forked from this one: quick, since torch is loaded.

The child may be limited or killed without harm to the tests.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkProcess

_FORK = multiprocessing.get_context("fork")


def result_of_child(function: Callable[[], str]) -> str:
    """What `function` returned in a child, which must end well."""
    ours, theirs = _FORK.Pipe(duplex=False)
    with running_child(lambda: theirs.send(function())) as child:
        theirs.close()
        said: str = ours.recv()
        child.join()
    ours.close()
    assert child.exitcode == 0
    return said


@contextmanager
def running_child(function: Callable[[], object]) -> Iterator[ForkProcess]:
    """A child that runs `function`; it is killed at the end if it still runs."""
    child = _FORK.Process(target=function)
    child.start()
    try:
        yield child
    finally:
        child.kill()
        child.join()
