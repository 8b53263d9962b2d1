"""Where the notebooks, the policy and the layouts lie that come with arwork."""

from __future__ import annotations

from pathlib import Path

from arwork.errors import InputError

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(*parts: str) -> Path:
    """Return the path of something that ships with arwork: `shipped("params", "policy.yaml")`.

    An installed wheel keeps them inside the package (arwork/shipped), a development checkout beside it.
    InputError when neither holds it, which means that the installation is incomplete.
    """
    wanted = Path(*parts)
    for root in (_PACKAGE / "shipped", _PACKAGE.parent):
        if (root / wanted).exists():
            return root / wanted
    raise InputError(f"{wanted.as_posix()} is missing from this installation of arwork", cure="Install arwork again.")
