"""Notices: what needs somebody, and what is good to know."""

from typing import Literal

from pydantic import BaseModel

Text = dict[str, str]


class NoticeShape(BaseModel):
    """One cause, however often it occurred."""

    id: str
    level: Literal["act_now", "look_soon", "good_to_know"]
    cause: str
    subject: str
    since: str
    count: int
    what: Text
    effect: Text
    done: Text
    todo: Text
    is_seen: bool


class NoticePage(BaseModel):
    """Notices, the most urgent first."""

    items: list[NoticeShape]
    next: str | None = None
