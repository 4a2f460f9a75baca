from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.block_why_shape import BlockWhyShape
    from ..models.news_shape import NewsShape


T = TypeVar("T", bound="WhyShape")


@_attrs_define
class WhyShape:
    """Reasons of a plan that need the solver; none where its goal is not cost.

    Attributes:
        id (str):
        before (None | str):
        blocks (list[BlockWhyShape]):
        news (NewsShape | None):
    """

    id: str
    before: None | str
    blocks: list[BlockWhyShape]
    news: NewsShape | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.news_shape import NewsShape  # noqa: PLC0415

        id = self.id

        before: None | str
        before = self.before

        blocks = []
        for blocks_item_data in self.blocks:
            blocks_item = blocks_item_data.to_dict()
            blocks.append(blocks_item)

        news: dict[str, Any] | None
        if isinstance(self.news, NewsShape):
            news = self.news.to_dict()
        else:
            news = self.news

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "before": before,
                "blocks": blocks,
                "news": news,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.block_why_shape import BlockWhyShape  # noqa: PLC0415
        from ..models.news_shape import NewsShape  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_before(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        before = _parse_before(d.pop("before"))

        blocks = []
        _blocks = d.pop("blocks")
        for blocks_item_data in _blocks:
            blocks_item = BlockWhyShape.from_dict(blocks_item_data)

            blocks.append(blocks_item)

        def _parse_news(data: object) -> NewsShape | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                news_type_0 = NewsShape.from_dict(data)

                return news_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewsShape | None, data)

        news = _parse_news(d.pop("news"))

        why_shape = cls(
            id=id,
            before=before,
            blocks=blocks,
            news=news,
        )

        why_shape.additional_properties = d
        return why_shape

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
