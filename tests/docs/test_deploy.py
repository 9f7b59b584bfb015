"""Check the files that bring up a store and a cluster, as far as that goes without an engine."""

import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import requires
from typing import Any

import kubernetes_validate
import pytest
import yaml
from packaging.requirements import Requirement

from tests.helpers.project import PROJECT

DEPLOY = PROJECT / "docs" / "deploy"
# Of RayJobSpec, RayClusterSpec, HeadGroupSpec and WorkerGroupSpec, those that are of use here; from
# the types of KubeRay 1.4: rayjob_types.go and raycluster_types.go in ray-operator/apis/ray/v1.
JOB = {
    "entrypoint": str,
    "shutdownAfterJobFinishes": bool,
    "ttlSecondsAfterFinished": int,
    "activeDeadlineSeconds": int,
    "backoffLimit": int,
    "submissionMode": str,
    "runtimeEnvYAML": str,
    "suspend": bool,
    "rayClusterSpec": dict,
}
CLUSTER = {
    "rayVersion": str,
    "enableInTreeAutoscaling": bool,
    "headGroupSpec": dict,
    "workerGroupSpecs": list,
}
HEAD = {"rayStartParams": dict, "serviceType": str, "template": dict}
WORKERS = {
    "groupName": str,
    "replicas": int,
    "minReplicas": int,
    "maxReplicas": int,
    "rayStartParams": dict,
    "template": dict,
}


def _yaml(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


def _require_fields(given: Mapping[str, Any], known: Mapping[str, type]) -> None:
    for name, value in given.items():
        assert name in known, name
        assert isinstance(value, known[name]), name


@pytest.fixture
def job() -> dict[str, Any]:
    job = _yaml("rayjob.yaml")
    assert isinstance(job, dict)
    return job


def test_the_store_keeps_the_schema_of_compose() -> None:
    check = ["--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml")]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *check],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_images_are_pinned() -> None:
    services = _yaml("compose.yaml")["services"]
    images = [service["image"] for service in services.values() if "build" not in service]
    (base,) = re.findall(r"^FROM (\S+)", (PROJECT / "Dockerfile").read_text(), re.M)
    for image in [*images, base]:
        assert re.search(r":\d+\.\d+", image), image


def test_the_image_has_the_job_server_that_a_ray_job_is_handed_to() -> None:
    lock = (PROJECT / "requirements-cluster.lock").read_text()
    needs = map(Requirement, requires("ray") or [])
    of_the_server = [
        need.name.replace("_", "-")
        for need in needs
        if need.marker
        and need.marker.evaluate({"extra": "default"})
        and not need.marker.evaluate({"extra": ""})
    ]
    assert "aiohttp-cors" in of_the_server
    for name in of_the_server:
        assert re.search(rf"^{name}==", lock, re.M), name


def test_a_ray_job_has_fields_that_kuberay_knows(job: dict[str, Any]) -> None:
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    cluster = job["spec"]["rayClusterSpec"]
    _require_fields(job["spec"], JOB)
    _require_fields(cluster, CLUSTER)
    _require_fields(cluster["headGroupSpec"], HEAD)
    for group in cluster["workerGroupSpecs"]:
        _require_fields(group, WORKERS)
        assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        _require_fields(group["rayStartParams"], dict.fromkeys(group["rayStartParams"], str))


def test_its_pods_are_pods(job: dict[str, Any]) -> None:
    cluster = job["spec"]["rayClusterSpec"]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, **group["template"]}
        kubernetes_validate.validate(pod, kubernetes_validate.latest_version(), strict=True)


def test_its_ray_is_that_of_the_image(job: dict[str, Any]) -> None:
    locked = (PROJECT / "requirements-cluster.lock").read_text()
    assert f"\nray=={job['spec']['rayClusterSpec']['rayVersion']} " in locked


def test_the_image_installs_by_hashes_and_runs_as_an_ordinary_user() -> None:
    text = (PROJECT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert re.findall(r"^USER (\S+)", text, re.M) == ["sweeps"]
    copied = {name for line in re.findall(r"^COPY (.*) \S+$", text, re.M) for name in line.split()}
    let_in = re.findall(r"^!(\S+)", (PROJECT / ".dockerignore").read_text(), re.M)
    assert copied == set(let_in)
    assert all((PROJECT / name).exists() for name in copied)
