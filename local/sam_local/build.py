"""Builds the template for this machine's processor, beside the committed one, and leaves room for the local AWS."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local.aws.deploy.template import read_yaml
from local.sam_local import interpreter
from local.sam_local.docker import docker

ROOT = interpreter.ROOT
SAM = ROOT / ".venv-sam" / "bin" / "sam"
PLACE = ROOT / ".aws-sam" / "local"
IMAGE = "ferry-sam-local:latest"
_PATHS = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
ENVIRONMENT = {
    "SAM_CLI_TELEMETRY": "0",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
}


def architecture() -> str:
    """In Lambda's words: foreign code is not emulated here, so functions are built for this machine."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def build(variables: Iterable[str]) -> Path:
    """The built template; every function declares `variables`, since SAM CLI drops undeclared ones without a word.

    LookupError without the right Python; CalledProcessError when the build fails.
    """
    PLACE.mkdir(parents=True, exist_ok=True)
    source = PLACE / "template.json"
    source.write_text(json.dumps(derived(read_yaml(ROOT / "template.yaml"), architecture(), variables), indent=1))
    folders = ["--build-dir", str(PLACE / "build"), "--cache-dir", str(PLACE / "cache"), "--cached", "--parallel"]
    path = f"{interpreter.folder()}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run(
        [str(SAM), "build", "--template-file", str(source), *folders],
        env={**os.environ, **ENVIRONMENT, "PATH": path},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return PLACE / "build" / "template.yaml"


def with_layers_inside(template: Path, base: str) -> tuple[Path, str]:
    """A built template whose functions name no layers, and an image that has them in /opt as Lambda has.

    SAM CLI packs the template's layers anew for every single invocation, which takes longer than all the rest of it.
    """
    content = read_yaml(template)
    layers = sorted(
        name for name, one in content["Resources"].items() if one["Type"] == "AWS::Serverless::LayerVersion"
    )
    recipe = f"FROM {base}\n" + "".join(f"COPY {name}/ /opt/\n" for name in layers)
    (template.parent / "Dockerfile").write_text(recipe)
    docker("build", "--quiet", "--tag", IMAGE, str(template.parent))
    # SAM CLI keeps what it once made of an image, whatever became of the image since.
    if docker("images", "--quiet", rapid := f"{IMAGE.partition(':')[0]}:rapid-{architecture()}").strip():
        docker("rmi", "--force", rapid)
    del content["Globals"]["Function"]["Layers"]
    flat = template.with_name("template-without-layers.json")
    flat.write_text(json.dumps(content, indent=1))
    return flat, IMAGE


def derived(template: dict[str, Any], processor: str, variables: Iterable[str]) -> dict[str, Any]:
    """`template` with absolute paths, for `processor`, and with `variables` declared for all functions."""
    shared = template["Globals"]["Function"]
    shared["Architectures"] = [processor]
    shared["Environment"]["Variables"] |= dict.fromkeys(variables, "")
    for resource in template["Resources"].values():
        if key := _PATHS.get(resource["Type"]):
            resource["Properties"][key] = str(ROOT / resource["Properties"][key])
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Metadata"]["BuildArchitecture"] = processor
            resource["Properties"]["CompatibleArchitectures"] = [processor]
    return template
