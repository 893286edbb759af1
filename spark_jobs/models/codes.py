"""Code lists: closed sets of codes with aliases, matched without regard to case, spacing or punctuation."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

_SEPARATORS = re.compile(r"[\s_\-./,()（）]+")


def folded(text: str) -> str:
    """A code without case, spacing and punctuation: ``"Ro-Ro  SHIP"`` → ``"roroship"``."""
    return _SEPARATORS.sub("", text).casefold()


@dataclass(frozen=True)
class CodeList:
    """Canonical codes with their meaning, and other spellings that mean the same.

    Args:
        name: what the list is called in help and reasons, e.g. ``ship type``.
        codes: canonical code → meaning (shown by ``--help``).
        aliases: another spelling → canonical code.
    """

    name: str
    codes: Mapping[str, str]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _folded(self) -> dict[str, str]:
        known = {folded(alias): code for alias, code in self.aliases.items()}
        known.update({folded(code): code for code in self.codes})
        return known

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """Folded spelling → the spelling as printed, for suggestions."""
        return {folded(text): text for text in [*self.aliases, *self.codes]}

    def resolve(self, text: str) -> str | None:
        """Canonical code of a spelling, or None when it is unknown."""
        return self._folded.get(folded(text))

    def nearest(self, text: str) -> str | None:
        """The known spelling most like an unknown one, or None when nothing is alike."""
        key = folded(text)
        close = difflib.get_close_matches(key, self._spellings, n=1, cutoff=0.4)
        if not close and key:
            close = [known for known in self._spellings if known.startswith(key) or key in known][:1]
        return self._spellings[close[0]] if close else None

    def unknown_reason(self, column: str, text: str) -> str:
        """The reason put on a row with an unknown code."""
        near = self.nearest(text)
        hint = f"; nearest known: {near!r}" if near else f"; known: {', '.join(list(self.codes)[:8])} …"
        return f"{column}: unknown {self.name} {text!r}{hint}"
