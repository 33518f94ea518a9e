"""`submit_result`: the only way a conversation ends well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from ferry.agentkit.messages import ToolSpec
from ferry.agentkit.tool import ToolError, parse, spec_of
from ferry.domain.errors import NoResult

RE_ASKS = 2
NAME = "submit_result"

R = TypeVar("R", bound=BaseModel)


class Submitted(Exception):
    """The conversation is over; `result` is what it was for."""

    def __init__(self, result: BaseModel) -> None:
        super().__init__("result submitted")
        self.result = result


class SubmitResult(Generic[R]):
    """A tool whose arguments are the result. Wrong or missing ones are asked for again, `RE_ASKS` times in all.

    check: raises ToolError when a well-formed result is still wrong.
    """

    def __init__(self, model: type[R], check: Callable[[R], object]) -> None:
        self._model = model
        self._check = check
        self._asked = 0

    independent = False
    seconds = 120.0

    @property
    def spec(self) -> ToolSpec:
        return spec_of(self._model, NAME)

    def call(self, arguments: Mapping[str, Any] | None) -> str:
        """Raises Submitted; ToolError to ask again; NoResult when that was done often enough."""
        try:
            result = parse(self._model, arguments)
            self._check(result)
        except ToolError as error:
            raise ToolError(self.ask_again(f"the result is not valid: {error}")) from error
        raise Submitted(result)

    def ask_again(self, why: str) -> str:
        """What to tell the model; NoResult when it was told `RE_ASKS` times."""
        self._asked += 1
        if self._asked > RE_ASKS:
            raise NoResult(f"no valid result after asking {RE_ASKS} times again; the last fault: {why}")
        return f"{why}. Call {NAME} with a valid result."
