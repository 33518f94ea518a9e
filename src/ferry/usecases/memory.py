"""What people do with lessons; each act is in a chain of its own for the repository, without the lesson's words."""

from __future__ import annotations

from ferry.domain.document import digest
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.lesson import Lesson, LessonKind, Origin, edited, lesson
from ferry.ports import Kept
from ferry.usecases.choose import known_repository
from ferry.usecases.world import World

ADDED, EDITED, FORGOTTEN, ACCEPTED = "lesson added", "lesson edited", "lesson forgotten", "lesson accepted"


def chain(repo: str) -> str:
    """Under this name the gate keeps who changed the lessons of `repo`."""
    return f"memory:{repo}"


def repository(name: str, world: World) -> str:
    """One that has lessons, although the forge may show it no more, else one that the forge shows. NotFound."""
    return name if "/" in name and world.memory.lessons(name) else known_repository(name, world)


def find_lesson(repo: str, id: str, world: World) -> Lesson:
    """By its id or how that begins. NotFound, Conflict where that is not clear."""
    found = [one for one in world.memory.lessons(repo) if id and one.id.startswith(id.casefold())]
    if len(found) > 1:
        raise Conflict(f"“{id[:20]}” begins the names of {len(found)} lessons of {repo}; write more of it")
    if not found:
        raise NotFound(f"{repo} has no lesson “{id[:20]}”; `/agent memory {repo}` shows all")
    return found[0]


def add_lesson(repo: str, text: str, by: str, mark: str, world: World) -> Kept:
    """mark: names what brought it, so that a second try teaches nothing twice. Conflict without words."""
    one = lesson(repo, _words(text), Origin(kind=LessonKind.PERSON, by=by, at=world.now()), mark)
    _note(ADDED, one, by, world)
    return world.memory.remember(one)


def edit_lesson(repo: str, id: str, text: str, by: str, world: World) -> Kept:
    words, at = _words(text), world.now()
    before = find_lesson(repo, id, world)
    _note(EDITED, before, by, world, {"after": _seal(edited(before, words, by, at))})
    return world.memory.edit(repo, before.id, lambda one: edited(one, words, by, at))


def forget_lesson(repo: str, id: str, by: str, world: World) -> Kept:
    one = find_lesson(repo, id, world)
    _note(FORGOTTEN, one, by, world)
    return world.memory.forget(repo, one.id)


def accept_lesson(repo: str, id: str, by: str, world: World) -> Kept:
    """What looks like an instruction is used all the same, in the words that were read: Conflict when others stand
    there by now, or nothing is suspected."""
    read = find_lesson(repo, id, world)
    if not read.kept_back:
        raise Conflict(f"lesson {read.id} of {repo} is not kept back; there is nothing to accept")
    _note(ACCEPTED, read, by, world)

    def accepted(now: Lesson) -> Lesson:
        if now.text != read.text:
            raise Conflict(f"lesson {now.id} of {repo} was edited a moment ago; please read it again")
        return now.model_copy(update={"accepted_by": by})

    return world.memory.edit(repo, read.id, accepted)


def _words(text: str) -> str:
    if not text.strip():
        raise Conflict("a lesson needs words")
    return text


def _note(kind: str, one: Lesson, by: str, world: World, more: dict[str, str] | None = None) -> None:
    """Before the act: nothing is changed that nobody recorded. Sealed, because what is forgotten must not stay here."""
    world.gate.note(chain(one.repo), kind, {"lesson": one.id, "by": by, "before": _seal(one), **(more or {})})


def _seal(one: Lesson) -> str:
    return digest(one.text)[:16]
