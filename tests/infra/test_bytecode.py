"""Layers carry the bytecode of the runtime, and of botocore's data what is called."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ServiceModel
from botocore.regions import EndpointResolver
from botocore.session import get_session

from infra import botocore_data, bytecode

RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_bytecode_is_used_whatever_time_its_source_has(tmp_path: Path) -> None:
    module = tmp_path / "word.py"
    module.write_text("WORD = 'compiled'\n")
    python = bytecode.interpreter(RUNNING)
    assert python
    bytecode.compile_folder(tmp_path, python)
    module.write_text("WORD = 'read again'\n")
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; import word; print(word.WORD)"
    said = subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout == "compiled\n"


def test_a_traceback_names_a_module_by_where_it_stands_in_lambda(tmp_path: Path) -> None:
    (tmp_path / "word.py").write_text("")
    bytecode.compile_folder(tmp_path, sys.executable)
    (compiled,) = tmp_path.rglob("*.pyc")
    assert b"/opt/word.py" in compiled.read_bytes()
    assert str(tmp_path).encode() not in compiled.read_bytes()


def test_bytecode_of_another_version_is_not_made() -> None:
    assert bytecode.interpreter("3.2") is None


def test_every_service_that_the_code_calls_is_kept_and_can_be_called(tmp_path: Path) -> None:
    wanted = botocore_data.services()
    assert {"dynamodb", "s3", "cloudfront-keyvaluestore"} <= wanted
    for name in (*wanted, "ec2"):
        (tmp_path / name).mkdir()
    (tmp_path / "endpoints.json").write_text(json.dumps({"partitions": []}))
    botocore_data.keep(tmp_path, wanted)
    assert {one.name for one in tmp_path.iterdir()} == {*wanted, "endpoints.json"}
    known = get_session().get_available_services()
    assert wanted <= set(known)


def test_every_endpoint_of_what_is_called_stays_and_no_other(tmp_path: Path) -> None:
    wanted, data = botocore_data.services(), get_session().get_data("endpoints")
    (tmp_path / "endpoints.json").write_text(json.dumps(data))
    botocore_data.keep(tmp_path, wanted)
    text = (tmp_path / "endpoints.json").read_text()
    assert len(text) < 100_000
    whole, kept = EndpointResolver(data), EndpointResolver(json.loads(text))
    regions = [region for one in data["partitions"] for region in one["regions"]]
    assert len(regions) > 30
    for name in wanted:
        assert get_session().get_service_model(name).endpoint_prefix == name
        for region in regions:
            found = kept.construct_endpoint(name, region)
            assert found == whole.construct_endpoint(name, region), (name, region)


@pytest.mark.parametrize("service", sorted(botocore_data.services()))
def test_of_a_services_description_its_texts_alone_are_gone(tmp_path: Path, service: str) -> None:
    whole = _described(service)
    file = tmp_path / service / "the-version" / "service-2.json.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.compress(json.dumps(whole).encode()))
    (tmp_path / "endpoints.json").write_text(json.dumps({"partitions": []}))
    botocore_data.keep(tmp_path, {service})
    kept = json.loads(gzip.decompress(file.read_bytes()))
    assert len(json.dumps(kept)) < len(json.dumps(whole)) * 0.8
    asked, told = ServiceModel(whole, service), ServiceModel(kept, service)
    assert _parameters(told) == _parameters(asked)
    for name in whole["operations"]:
        one, other = asked.operation_model(name), told.operation_model(name)
        assert _shape(other.input_shape) == _shape(one.input_shape)
        assert _shape(other.output_shape) == _shape(one.output_shape)


def _parameters(model: ServiceModel) -> list[tuple[str, str]]:
    """What an endpoint is found by, which S3 asks its description for."""
    return [(one.name, one.type) for one in model.client_context_parameters]


def _described(service: str) -> dict[str, Any]:
    found: dict[str, Any] = (
        get_session().get_component("data_loader").load_service_model(service, "service-2")
    )
    return found


def _shape(shape: Any, around: tuple[str, ...] = ()) -> Any:
    """A shape and all in it, down to where it comes again."""
    if shape is None or shape.name in around:
        return shape and shape.name
    inner = dict(getattr(shape, "members", {}))
    inner |= {
        part: getattr(shape, part) for part in ("key", "value", "member") if hasattr(shape, part)
    }
    within = (*around, shape.name)
    members = {name: _shape(one, within) for name, one in inner.items()}
    return shape.name, shape.type_name, shape.serialization, shape.metadata, members


@pytest.mark.parametrize(
    ("code", "found"),
    [("aws.client('athena')", "athena"), ("client(name)", ""), ("get('athena')", "")],
)
def test_a_service_is_found_where_its_client_is_made(
    code: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calls.py").write_text(code)
    monkeypatch.setattr(botocore_data, "_CODE", [tmp_path])
    assert botocore_data.services() == {"sts"} | ({found} if found else set())
