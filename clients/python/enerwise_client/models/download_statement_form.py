from typing import Literal

DownloadStatementForm = Literal["csv", "pdf"]

DOWNLOAD_STATEMENT_FORM_VALUES: set[DownloadStatementForm] = {
    "csv",
    "pdf",
}


def check_download_statement_form(value: str) -> DownloadStatementForm:
    if value in DOWNLOAD_STATEMENT_FORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DOWNLOAD_STATEMENT_FORM_VALUES!r}")
