from typing import Literal

NewDeviceSignsAdditionalProperty = Literal["measured", "right", "turned", "unsure"]

NEW_DEVICE_SIGNS_ADDITIONAL_PROPERTY_VALUES: set[NewDeviceSignsAdditionalProperty] = {
    "measured",
    "right",
    "turned",
    "unsure",
}


def check_new_device_signs_additional_property(value: str) -> NewDeviceSignsAdditionalProperty:
    if value in NEW_DEVICE_SIGNS_ADDITIONAL_PROPERTY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_DEVICE_SIGNS_ADDITIONAL_PROPERTY_VALUES!r}")
