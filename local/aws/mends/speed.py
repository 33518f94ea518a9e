"""What moto's interpreter does too often, keeps too long or says too loudly."""

from __future__ import annotations

import functools
import sys
import threading
from typing import Any


def reuse_clients() -> None:
    """A boto3 client was made for every task (30 to 60 ms, not thread-safe), for `localhost`, which may be IPv6."""
    import boto3
    from botocore.config import Config
    from moto.core.models import botocore_stubber
    from moto.settings import moto_server_port
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

    lock = threading.Lock()
    config = Config(
        parameter_validation=False,
        retries={"total_max_attempts": 1},
        read_timeout=90_000,
        max_pool_connections=100,
        proxies={},
    )

    @functools.cache
    def made(service: Any, region: str, port: str) -> Any:
        session = boto3.session.Session("local", "local", region_name=region)
        return session.client(service, endpoint_url=f"http://127.0.0.1:{port}", config=config)

    anew = lambda_eval_utils.boto_client_for

    def client(region: str, service: str, state_credentials: Any = None) -> Any:
        if botocore_stubber.enabled:  # a test that mocks AWS in this process
            return anew(region, service, state_credentials)
        with lock:
            return made(service, region, moto_server_port())

    lambda_eval_utils.boto_client_for = client


def parse_once() -> None:
    """A definition was parsed by ANTLR at every start (100 to 200 ms for 50 states), and a JSON path at every use."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
    from moto.stepfunctions.parser.asl.utils import json_path

    AmazonStateLanguageParser.parse = staticmethod(functools.lru_cache(64)(AmazonStateLanguageParser.parse))
    json_path.parse = functools.lru_cache(4096)(json_path.parse)


def forget_threads() -> None:
    """Every state left its finished thread in a global list, so memory only grew."""
    from moto.stepfunctions.parser import utils

    class Forgetful(list[threading.Thread]):
        def append(self, thread: threading.Thread) -> None:
            """Nobody reads the list."""

    kept = utils.TMP_THREADS
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get("TMP_THREADS") is kept:
            module.TMP_THREADS = Forgetful()  # type: ignore[attr-defined]


def log_no_failures() -> None:
    """Each failed state was described in full at every level, though Retry and Catch deal with failures."""
    from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent

    EvalComponent._log_failure_event_exception = lambda self, failure_event_exception: None
    EvalComponent._log_exception = lambda self, exception: None


def find_services_once() -> None:
    """Each request listed the folders of moto itself, to learn which service its host is."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    find = DomainDispatcherApplication.get_backend_for_host
    DomainDispatcherApplication.get_backend_for_host = functools.lru_cache(1024)(find)
