"""The edge function stays within what cloudfront-js-2.0 documents.

Source: "JavaScript runtime 2.0 features for CloudFront Functions" in the CloudFront Developer
Guide, and its quotas (10 KB a function).
"""

import re
from pathlib import Path

import pytest

SOURCE = Path("functions/edge/playback.js").read_text()
MAX_BYTES = 10 * 1024

STRING_OR_COMMENT = re.compile(
    r"/\*.*?\*/|//[^\n]*|'(?:\\.|[^'\\\n])*'|= /(?:\\.|[^/\\\n])+/;", re.DOTALL
)
CODE = STRING_OR_COMMENT.sub(lambda found: "''" if found[0][0] == "'" else "", SOURCE)

METHODS = {
    *("test", "exec", "indexOf", "hasOwnProperty", "call", "keys", "assign", "stringify"),
    *("toString", "from", "floor", "now", "isInteger"),
    *("kvs", "get", "exists", "validateToken"),
}
NOT_DOCUMENTED = {
    "optional chaining or ??": r"\?\.|\?\?",
    "spread": r"\.\.\.",
    "destructuring": r"\b(?:const|let|var)\s*[\[{]|function\s*\w*\([^)]*[\[{]",
    "a default parameter": r"function\s*\w*\([^)]*=",
    "for-of": r"\bfor\s*\([^;)]*\bof\b",
    "a class": r"\bclass\b|\bextends\b",
    "a generator": r"function\s*\*|\byield\b",
    "an optional catch binding": r"\bcatch\s*\{",
    "a collection": r"\b(?:Map|Set|WeakMap|WeakSet|Proxy|Reflect|BigInt|Intl)\b",
    "a timer or the network": r"\b(?:setTimeout|setInterval|setImmediate|fetch|XMLHttpRequest)\b",
    "code from text": r"\beval\b|\bFunction\s*\(",
    "an async closure": r"async\s*\(|async\s+\w+\s*=>|=\s*async\b|^[ \t]+async\b",
    "an await inside an expression": r"(?<!= )\bawait\b|\bawait\b.*\)\s*[.\[]",
    "an export": r"\bexport\b",
    "a module of Node": r"\brequire\b|\bprocess\b",
}


def test_the_function_fits_the_quota() -> None:
    assert len(SOURCE.encode()) < MAX_BYTES


@pytest.mark.parametrize("feature", NOT_DOCUMENTED)
def test_the_function_uses_no_syntax_that_is_not_documented(feature: str) -> None:
    found = re.search(NOT_DOCUMENTED[feature], CODE, re.MULTILINE)
    assert found is None, found


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        ("optional chaining or ??", "a?.b"),
        ("spread", "f(...a)"),
        ("destructuring", "const { a } = b"),
        ("a default parameter", "function f(a = 1) {}"),
        ("for-of", "for (const a of b) {}"),
        ("a collection", "new Map()"),
        ("an async closure", "list.map(async (a) => a)"),
        ("an await inside an expression", "f(await g())"),
        ("an optional catch binding", "try {} catch {}"),
    ],
)
def test_the_check_sees_such_syntax(feature: str, code: str) -> None:
    assert re.search(NOT_DOCUMENTED[feature], code, re.MULTILINE)


def test_every_method_that_is_called_is_documented() -> None:
    assert set(re.findall(r"\.(\w+)\s*\(", CODE)) <= METHODS


def test_the_one_module_is_cloudfront_and_nothing_outlives_a_request() -> None:
    assert re.findall(r"^import .*$", SOURCE, re.MULTILINE) == ["import cf from 'cloudfront';"]
    assert SOURCE.startswith("import cf from 'cloudfront';")
    assert "async function handler(event)" in SOURCE
    assert re.findall(r"^(?:let|var)\b.*$", CODE, re.MULTILINE) == []
