"""Tasks: ``TASK#id / META`` with the one live run of each ticket at ``TICKET#key / RUN``."""

from __future__ import annotations

from typing import Any

from ferry.adapters.dynamodb.table import Item, Table, put
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.task import Task, TaskStatus

ATTEMPTS = 5


class Tasks(Table):
    def create_task(self, task: Task) -> bool:
        run = {**_run_key(task.ticket_key), "task_id": task.id, "run": task.run, "live": True}
        try:
            self._write(
                [
                    put(self._name, _item(task, 1), "attribute_not_exists(pk)"),
                    put(self._name, run, "attribute_not_exists(pk) OR live = :no", no=False),
                ]
            )
        except Conflict:
            return False
        return True

    def live_run(self, ticket_key: str) -> str | None:
        run = self._get(*_run_key(ticket_key).values())
        return str(run["task_id"]) if run and run["live"] else None

    def last_run(self, ticket_key: str) -> int:
        run = self._get(*_run_key(ticket_key).values())
        return int(run["run"]) if run else 0

    def task(self, id: str) -> Task:
        return _task(self._meta(id))

    def tasks(self) -> list[Task]:
        return [_task(item) for item in self._list("TASKS")]

    def task_page(self, *, status: TaskStatus | None, limit: int, after: str) -> tuple[list[Task], str]:
        found: list[Task] = []
        start = _start_key(after)
        while True:
            items, start = self._list_page("TASKS", limit, start)
            for item in items:
                task = _task(item)
                if status in (None, task.status):
                    if len(found) == limit:
                        return found, f"{found[-1].created_at}|{found[-1].id}"
                    found.append(task)
            if not start:
                return found, ""

    def update_task(self, id: str, **fields: Any) -> Task:
        for _ in range(ATTEMPTS):
            item = self._meta(id)
            before = _task(item)
            after = Task.read({**before.dump(), **fields, "updated_at": self._now()}, f"task {id}")
            try:
                self._write(self._change(before, after, int(item["version"])))
            except Conflict:
                continue
            return after
        raise Conflict(f"task {id} is being changed by too many at once")

    def _change(self, before: Task, after: Task, version: int) -> list[dict[str, Any]]:
        actions = [put(self._name, _item(after, version + 1), "version = :version", version=version)]
        if before.status.ended != after.status.ended:
            run = {
                **_run_key(after.ticket_key),
                "task_id": after.id,
                "run": after.run,
                "live": not after.status.ended,
            }
            actions.append(put(self._name, run, "task_id = :id OR live = :no", id=after.id, no=False))
        return actions

    def _meta(self, id: str) -> Item:
        item = self._get(f"TASK#{id}", "META")
        if item is None:
            raise NotFound(f"no task {id}: see `python -m ferry list`")
        return item


def _item(task: Task, version: int) -> Item:
    return {
        "pk": f"TASK#{task.id}",
        "sk": "META",
        "data": task.model_dump_json(),
        "version": version,
        "list": "TASKS",
        "listed_at": task.created_at,
    }


def _start_key(after: str) -> Item:
    if not after:
        return {}
    at, bar, id = after.partition("|")
    if not (at and bar and id):
        raise ValueError("after: is not what a page before gave as `next`")
    return {"list": "TASKS", "listed_at": at, "pk": f"TASK#{id}", "sk": "META"}


def _task(item: Item) -> Task:
    return Task.read(item["data"], f"record {item['pk']}")


def _run_key(ticket_key: str) -> dict[str, str]:
    return {"pk": f"TICKET#{ticket_key}", "sk": "RUN"}
