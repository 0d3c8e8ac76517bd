"""An edition's code version is a hash of exactly the modules that make figures."""

import ast
from importlib import resources

import pytest

from bluelamp.index.operations.frozen import FIGURE_MODULES

pytestmark = pytest.mark.any_engine


def imported(module: str) -> set[str]:
    """The modules of ours that a module names, whole or in a function."""
    package, _, name = module.rpartition(".")
    source = (resources.files(package) / f"{name}.py").read_text(encoding="utf-8")
    named = {n.module for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ImportFrom) and n.module}
    return {m for m in named if m.startswith("bluelamp.")}


def test_every_module_that_figures_are_made_with_is_hashed_and_no_other() -> None:
    reached, waiting = set[str](), {"bluelamp.index.domain.method"}
    while waiting:
        module = waiting.pop()
        reached.add(module)
        waiting |= imported(module) - reached
    assert reached == {f"{package}.{name}" for package, names in FIGURE_MODULES.items() for name in names}
