from typing import Literal

ReadSupportReportForm = Literal["json", "text"]

READ_SUPPORT_REPORT_FORM_VALUES: set[ReadSupportReportForm] = {
    "json",
    "text",
}


def check_read_support_report_form(value: str) -> ReadSupportReportForm:
    if value in READ_SUPPORT_REPORT_FORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {READ_SUPPORT_REPORT_FORM_VALUES!r}")
