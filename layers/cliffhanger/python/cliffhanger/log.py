"""The structured log: one logger for a function, one JSON line for each thing that happened.

The line has what a search needs and no more: `location` says nothing that the message does not, and
a second copy of the stack costs more than the line. `correlation_id` is the app's request, wherever
its work has come to.

What opens something (a token, a receipt, a signed URL) is not logged. Exceptions may quote their
input all the same, so what looks like one is cut out of every line on its way out.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cliffhanger import correlation

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

_HIDDEN = "***"
_SECRETS = re.compile(
    r"(?<=input_value=).*?(?=, input_type=)"  # what pydantic quotes, cut or not
    r"|(?<=/tokens/)[^\s/:?'\"]+"  # Google's purchase token, in the URL of a failed call
    r"|(?<=X-Amz-Signature=)\w+|(?<=X-Amz-Credential=)[^&\s]+|(?<=X-Amz-Security-Token=)[^&\s]+"
    r"|(?<=[Bb]earer )\S+"
    r"|eyJ[\w-]{6,}(?:\.[\w-]*)+"  # a JWT, a JWS, a JWE
    r"|[\w.~+%=-]{80,}",  # a key or a token of a store; names and digests are shorter
    re.DOTALL,
)
_ENCODER = json.JSONEncoder(default=str, separators=(",", ":"), ensure_ascii=False)
_SHORTEST = 16  # characters; nothing shorter opens anything


@cache
def logger() -> "Logger":
    """Return the logger of this function, made at the first call."""
    from aws_lambda_powertools import Logger  # noqa: PLC0415 - slow, and not every call logs

    return Logger(
        use_rfc3339=True,
        utc=True,
        location=None,
        serialize_stacktrace=False,
        json_serializer=_line,
        json_deserializer=str,  # a message is words: it is not looked at for JSON
    )


def hidden(text: str) -> str:
    """Return a text without what may be a secret in it."""
    return text if len(text) < _SHORTEST else _SECRETS.sub(_HIDDEN, text)


def _shown(value: Any) -> Any:
    if isinstance(value, list):  # such as the notes of an exception
        return [_shown(one) for one in value]
    return hidden(value) if isinstance(value, str) else value


def _line(record: Mapping[str, Any]) -> str:
    shown = {name: _shown(one) for name, one in record.items()}
    told = correlation.current()
    if told is not None:
        shown["correlation_id"] = told
    return _ENCODER.encode(shown)
