"""Test runners, each with its own way to say what became of every single test."""

from ferry.agentkit.runners.detect import Project, projects
from ferry.agentkit.runners.runner import Canary, Runner, Unreadable

__all__ = ["Canary", "Project", "Runner", "Unreadable", "projects"]
