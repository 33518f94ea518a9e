"""What GitHub hands out by signed links of another host: archives, and the logs of Actions."""

from __future__ import annotations

import hashlib
import hmac
import io
import zipfile

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from local.standins.github.http import ApiError, world
from local.standins.github.records import Job

routes = Blueprint("downloads", __name__)


def download_link(path: str) -> str:
    """A signed link that needs no credential; on another host it refuses one, like the blob stores behind GitHub."""
    return f"{world().download_url}/_download/{path}?sig={signature(path)}"


def signature(path: str) -> str:
    return hmac.new(world().download_key, path.encode(), hashlib.sha256).hexdigest()


def check_link(path: str) -> None:
    if "Authorization" in request.headers and world().download_url != world().settings.url:
        raise ApiError(400, "Authentication information is not given in the correct format: use the link alone")
    if not hmac.compare_digest(request.args.get("sig", ""), signature(path)):
        raise ApiError(403, "Signature did not match")


@routes.get("/_download/<repo>/legacy.tar.gz/<sha>")
def archive(repo: str, sha: str) -> ResponseReturnValue:
    check_link(f"{repo}/legacy.tar.gz/{sha}")
    top = f"{world().urls.org}-{repo}-{sha[:7]}"
    data = world().opened(repo).run("archive", "--format=tar.gz", f"--prefix={top}/", sha)
    name = {"Content-Disposition": f"attachment; filename={top}.tar.gz"}
    return Response(data, mimetype="application/x-gzip", headers=name)


@routes.get("/_download/jobs/<int:id_>.txt")
def job_log_text(id_: int) -> ResponseReturnValue:
    check_link(f"jobs/{id_}.txt")
    return Response(world().log_file(id_).read_bytes(), mimetype="text/plain")


@routes.get("/_download/runs/<int:id_>.zip")
def run_log_zip(id_: int) -> ResponseReturnValue:
    check_link(f"runs/{id_}.zip")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for index, job in enumerate(world().store.all(Job, run=id_)):
            if world().log_file(job.id).exists():
                archive.write(world().log_file(job.id), f"{index}_{job.name.replace('/', '_')}.txt")
    return Response(buffer.getvalue(), mimetype="application/zip")
