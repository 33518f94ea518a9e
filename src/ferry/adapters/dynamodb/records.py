"""What a task leaves behind: its chained timeline and its pull requests."""

from __future__ import annotations

from ferry.adapters.dynamodb.table import Item, Table, put, wire
from ferry.domain.errors import Conflict
from ferry.domain.task import Event, PullRequest
from ferry.domain.timeline import chained

ATTEMPTS = 10


class Records(Table):
    def add_event(self, task_id: str, kind: str, detail: str, *, once: str = "") -> bool:
        pk = f"TASK#{task_id}"
        mark = {"pk": pk, "sk": f"ONCE#{once}"}
        for _ in range(ATTEMPTS):
            if once and self._get(*mark.values()):
                return False
            last = self._query(pk, "EVENT#", newest=True, limit=1)
            number = int(last[0]["sk"].removeprefix("EVENT#")) + 1 if last else 1
            previous = _event(last[0]).chain if last else ""
            event = chained(Event(at=self._now(), kind=kind, detail=detail, previous=previous))
            item = {"pk": pk, "sk": f"EVENT#{number:06d}", "data": event.model_dump_json()}
            items = [item, mark] if once else [item]
            try:
                self._write([put(self._name, one, "attribute_not_exists(pk)") for one in items])
            except Conflict:
                continue
            return True
        raise Conflict(f"the timeline of task {task_id} is being written by too many at once")

    def events(self, task_id: str) -> list[Event]:
        return [_event(item) for item in self._query(f"TASK#{task_id}", "EVENT#")]

    def put_pull_request(self, task_id: str, pull: PullRequest) -> None:
        own = {"pk": f"TASK#{task_id}", "sk": f"PR#{pull.repo}", "data": pull.model_dump_json()}
        back = {"pk": f"PR#{pull.repo}#{pull.number}", "sk": "TASK", "task_id": task_id}
        self._write([put(self._name, own), put(self._name, back)])

    def drop_pull_request(self, task_id: str, repo: str) -> None:
        own = self._get(f"TASK#{task_id}", f"PR#{repo}")
        if own is None:
            return
        pull = PullRequest.read(own["data"], f"record {own['sk']}")
        keys = [{"pk": own["pk"], "sk": own["sk"]}, {"pk": f"PR#{pull.repo}#{pull.number}", "sk": "TASK"}]
        self._write([{"Delete": {"TableName": self._name, "Key": wire(key)}} for key in keys])

    def pull_requests(self, task_id: str) -> list[PullRequest]:
        items = self._query(f"TASK#{task_id}", "PR#")
        found = [PullRequest.read(item["data"], f"record {item['sk']}") for item in items]
        return sorted(found, key=lambda pull: pull.position)

    def task_of_pull_request(self, repo: str, number: int) -> str | None:
        item = self._get(f"PR#{repo}#{number}", "TASK")
        return str(item["task_id"]) if item else None


def _event(item: Item) -> Event:
    return Event.read(item["data"], f"record {item['pk']} {item['sk']}")
