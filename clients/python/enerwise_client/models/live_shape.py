from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.answers_shape import AnswersShape
    from ..models.because_shape import BecauseShape
    from ..models.lease_shape import LeaseShape
    from ..models.mode_shape import ModeShape
    from ..models.node_shape import NodeShape
    from ..models.notice_counts import NoticeCounts
    from ..models.plan_brief import PlanBrief
    from ..models.price_now_shape import PriceNowShape


T = TypeVar("T", bound="LiveShape")


@_attrs_define
class LiveShape:
    """A snapshot.

    Attributes:
        site (str):
        seq (int):
        at (str):
        timezone (str):
        state (str):
        why (str):
        is_demo (bool):
        mode (ModeShape): The mode that people chose, and the one in force.
        goal (str):
        nodes (list[NodeShape]):
        price (PriceNowShape): What energy costs now.
        devices (list[AnswersShape]):
        because (list[BecauseShape]):
        leases (list[LeaseShape]):
        plan (PlanBrief): Which plan is in force.
        notices (NoticeCounts): How many notices of each level there are.
    """

    site: str
    seq: int
    at: str
    timezone: str
    state: str
    why: str
    is_demo: bool
    mode: ModeShape
    goal: str
    nodes: list[NodeShape]
    price: PriceNowShape
    devices: list[AnswersShape]
    because: list[BecauseShape]
    leases: list[LeaseShape]
    plan: PlanBrief
    notices: NoticeCounts
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        site = self.site

        seq = self.seq

        at = self.at

        timezone = self.timezone

        state = self.state

        why = self.why

        is_demo = self.is_demo

        mode = self.mode.to_dict()

        goal = self.goal

        nodes = []
        for nodes_item_data in self.nodes:
            nodes_item = nodes_item_data.to_dict()
            nodes.append(nodes_item)

        price = self.price.to_dict()

        devices = []
        for devices_item_data in self.devices:
            devices_item = devices_item_data.to_dict()
            devices.append(devices_item)

        because = []
        for because_item_data in self.because:
            because_item = because_item_data.to_dict()
            because.append(because_item)

        leases = []
        for leases_item_data in self.leases:
            leases_item = leases_item_data.to_dict()
            leases.append(leases_item)

        plan = self.plan.to_dict()

        notices = self.notices.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "site": site,
                "seq": seq,
                "at": at,
                "timezone": timezone,
                "state": state,
                "why": why,
                "is_demo": is_demo,
                "mode": mode,
                "goal": goal,
                "nodes": nodes,
                "price": price,
                "devices": devices,
                "because": because,
                "leases": leases,
                "plan": plan,
                "notices": notices,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.answers_shape import AnswersShape  # noqa: PLC0415
        from ..models.because_shape import BecauseShape  # noqa: PLC0415
        from ..models.lease_shape import LeaseShape  # noqa: PLC0415
        from ..models.mode_shape import ModeShape  # noqa: PLC0415
        from ..models.node_shape import NodeShape  # noqa: PLC0415
        from ..models.notice_counts import NoticeCounts  # noqa: PLC0415
        from ..models.plan_brief import PlanBrief  # noqa: PLC0415
        from ..models.price_now_shape import PriceNowShape  # noqa: PLC0415

        d = dict(src_dict)
        site = d.pop("site")

        seq = d.pop("seq")

        at = d.pop("at")

        timezone = d.pop("timezone")

        state = d.pop("state")

        why = d.pop("why")

        is_demo = d.pop("is_demo")

        mode = ModeShape.from_dict(d.pop("mode"))

        goal = d.pop("goal")

        nodes = []
        _nodes = d.pop("nodes")
        for nodes_item_data in _nodes:
            nodes_item = NodeShape.from_dict(nodes_item_data)

            nodes.append(nodes_item)

        price = PriceNowShape.from_dict(d.pop("price"))

        devices = []
        _devices = d.pop("devices")
        for devices_item_data in _devices:
            devices_item = AnswersShape.from_dict(devices_item_data)

            devices.append(devices_item)

        because = []
        _because = d.pop("because")
        for because_item_data in _because:
            because_item = BecauseShape.from_dict(because_item_data)

            because.append(because_item)

        leases = []
        _leases = d.pop("leases")
        for leases_item_data in _leases:
            leases_item = LeaseShape.from_dict(leases_item_data)

            leases.append(leases_item)

        plan = PlanBrief.from_dict(d.pop("plan"))

        notices = NoticeCounts.from_dict(d.pop("notices"))

        live_shape = cls(
            site=site,
            seq=seq,
            at=at,
            timezone=timezone,
            state=state,
            why=why,
            is_demo=is_demo,
            mode=mode,
            goal=goal,
            nodes=nodes,
            price=price,
            devices=devices,
            because=because,
            leases=leases,
            plan=plan,
            notices=notices,
        )

        live_shape.additional_properties = d
        return live_shape

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
