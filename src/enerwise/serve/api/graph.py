"""The same reads as a graph: sites, what stands there, what was measured, the plan and the notices in one question.

Columns travel as one scalar: a field for every number would cost more than everything else. What a caller may not see
is not there, as in the rest of the API.
"""

# The library's decorator is typed for a plug-in of its own, which we do without.
# mypy: disable-error-code="untyped-decorator"

import json
from dataclasses import dataclass
from typing import Annotated, Any, Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from enerwise.core.errors import EnerwiseError
from enerwise.core.time import Instant
from enerwise.serve.api import columns as read
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.face import Desk, Face
from enerwise.serve.api.notices import PARTS, Notice, notices, told
from enerwise.serve.api.plan_pages import pages_of
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.routes.sites import asset_shape, site_shape
from enerwise.serve.api.shapes.sites import AssetShape
from enerwise.serve.api.wire import plain

Columns = NewType("Columns", object)
COLUMNS: Final = strawberry.scalar(name="Columns", description="Columns or facts as JSON.", serialize=plain)
From = Annotated[str | None, strawberry.argument(name="from", description="Else a day before `to`.")]
To = Annotated[str | None, strawberry.argument(name="to", description="Else now; excluded.")]


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, and of what."""

    face: Face
    caller: Caller

    @property
    def now(self) -> Instant:
        """The moment of the question."""
        return self.face.clock.now()

    def seen(self) -> list[Desk]:
        """Return what the caller may see, by id."""
        found = sorted(self.face.desks.items())
        return [desk for site, desk in found if self.caller.may(Action.SEE, site)]


Asked = Info[Context, None]


@strawberry.type(name="Asset", description="One asset of a site.")
class AssetNode:
    """One asset."""

    desk: strawberry.Private[Desk]
    shape: strawberry.Private[AssetShape]
    id: str
    kind: str
    name: str
    is_controllable: bool

    @strawberry.field(description="The facts of its kind, as `GET /sites/{site}/assets/{asset}` tells them.")
    def facts(self) -> Columns:
        return Columns(self.shape.model_dump())

    @strawberry.field(description="Quantities of this asset in columns.")
    def series(
        self,
        info: Asked,
        quantities: list[str] = ["power_w"],  # noqa: B006  # strawberry copies it
        start: From = None,
        end: To = None,
        step_s: int | None = None,
        points: int | None = None,
        as_of: str | None = None,
    ) -> Columns:
        keys = [f"{self.id}.{each}" for each in quantities]
        return _series(self.desk, info, keys, start, end, step_s, points, as_of)


@strawberry.type(name="Notice", description="What needs somebody, or is good to know.")
class NoticeNode:
    """One notice."""

    notice: strawberry.Private[Notice]
    id: str
    level: str
    cause: str
    subject: str
    count: int

    @strawberry.field(description="Since when, UTC.")
    def since(self) -> str:
        return str(plain(self.notice.since))

    @strawberry.field(description="What happened, what it means, what was done and what can be done, by language.")
    def text(self) -> Columns:
        return Columns({part: told(self.notice, part) for part in PARTS})


@strawberry.type(name="Plan", description="The plan in force.")
class PlanNode:
    """One plan; its columns are those of ``GET /sites/{site}/plan``."""

    id: str
    made_at: str
    goal: str
    step_s: int
    is_provisional: bool
    start_utc: Columns
    power_w: Columns
    price: Columns
    level: Columns
    lanes: Columns
    totals: Columns
    changes: Columns
    past: Columns


PLAN_FIELDS: Final = tuple(PlanNode.__annotations__)


@strawberry.type(name="Site", description="One site.")
class SiteNode:
    """One site."""

    desk: strawberry.Private[Desk]
    id: str
    name: str
    timezone: str
    is_demo: bool

    @strawberry.field(description="Everything that `GET /sites/{site}` tells.")
    def facts(self, info: Asked) -> Columns:
        return Columns(site_shape(self.desk, info.context.now).model_dump())

    @strawberry.field(description="All assets, in the order of the site file.")
    def assets(self) -> list[AssetNode]:
        return [_asset(self.desk, asset_shape(each, self.desk.site)) for each in self.desk.site]

    @strawberry.field(description="Channels that hold readings.")
    def channels(self) -> list[str]:
        return [str(each) for each in self.desk.store.keys()]  # noqa: SIM118  # a store, no dictionary

    @strawberry.field(description="Channels in columns, such as `grid.power_w`.")
    def series(
        self,
        info: Asked,
        keys: list[str],
        start: From = None,
        end: To = None,
        step_s: int | None = None,
        points: int | None = None,
        as_of: str | None = None,
    ) -> Columns:
        return _series(self.desk, info, keys, start, end, step_s, points, as_of)

    @strawberry.field(description="The plan in force; null where there is none.")
    def plan(self, info: Asked) -> PlanNode | None:
        found = pages_of(self.desk).newest(self.desk, info.context.now)
        facts = json.loads(found) if found is not None else None
        return None if facts is None else PlanNode(**{name: facts[name] for name in PLAN_FIELDS})

    @strawberry.field(description="What is wrong or worth knowing, the most urgent first.")
    def notices(self, info: Asked) -> list[NoticeNode]:
        found = notices(self.desk, info.context.now)
        return [_notice(each) for each in found]


@strawberry.type(name="Query")
class Query:
    """Where every question begins."""

    @strawberry.field(description="The sites that the caller may see, by id.")
    def sites(self, info: Asked) -> list[SiteNode]:
        return [_site(each) for each in info.context.seen()]

    @strawberry.field(description="One site; an error where there is none that the caller may see.")
    def site(self, info: Asked, id: str) -> SiteNode:
        found = next((each for each in info.context.seen() if each.site.id == id), None)
        if found is None:
            raise Trouble(404, "no-such-site", f"there is no site {id[:80]!r} that you may see")
        return _site(found)


SCHEMA: Final = strawberry.Schema(Query, config=StrawberryConfig(auto_camel_case=False, scalar_map={Columns: COLUMNS}))


def answer(
    context: Context, query: str, variables: dict[str, Any] | None = None, operation: str | None = None
) -> dict[str, Any]:
    """Return data and errors; what broke on our side is raised.

    Raises:
        Exception: A mistake in a resolver.
    """
    found = SCHEMA.execute_sync(query, variables, context_value=context, operation_name=operation)
    answered: dict[str, Any] = {"data": found.data}
    if found.errors:
        answered["errors"] = [_told(each) for each in found.errors]
    return answered


def _told(error: GraphQLError) -> dict[str, Any]:
    match error.original_error:
        case None | GraphQLError():
            return dict(error.formatted)
        case Trouble() as trouble:
            return {**error.formatted, "extensions": {"code": trouble.code, "status": trouble.status}}
        case EnerwiseError():
            return {**error.formatted, "extensions": {"code": "store-silent", "status": 503}}
        case mistake:
            raise mistake


def _site(desk: Desk) -> SiteNode:
    site = desk.site
    return SiteNode(desk=desk, id=site.id, name=site.name, timezone=site.timezone, is_demo=desk.is_demo)


def _asset(desk: Desk, shape: AssetShape) -> AssetNode:
    facts = {name: getattr(shape, name) for name in ("id", "kind", "name", "is_controllable")}
    return AssetNode(desk=desk, shape=shape, **facts)


def _notice(notice: Notice) -> NoticeNode:
    facts = {name: getattr(notice, name) for name in ("id", "level", "cause", "subject", "count")}
    return NoticeNode(notice=notice, **facts)


def _series(
    desk: Desk,
    info: Asked,
    keys: list[str],
    start: str | None,
    end: str | None,
    step_s: int | None,
    points: int | None,
    as_of: str | None,
) -> Columns:
    asked = read.question(info.context.now, keys=keys, start=start, end=end, step_s=step_s, points=points, as_of=as_of)
    return Columns(read.columns(desk.store, asked))
