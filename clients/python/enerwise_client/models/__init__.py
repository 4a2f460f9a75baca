"""Contains all the data models used in inputs/outputs"""

from .accept import Accept
from .accuracy_shape import AccuracyShape
from .action import Action
from .added_app import AddedApp
from .added_device import AddedDevice
from .added_device_serves import AddedDeviceServes
from .added_person import AddedPerson
from .alternative_shape import AlternativeShape
from .alternative_shape_text import AlternativeShapeText
from .answers_shape import AnswersShape
from .app_shape import AppShape
from .apps_page import AppsPage
from .asset_page import AssetPage
from .asset_shape import AssetShape
from .audit_check import AuditCheck
from .audit_line import AuditLine
from .audit_line_payload import AuditLinePayload
from .audit_page import AuditPage
from .auth_state import AuthState
from .auth_state_permissions import AuthStatePermissions
from .bar_shape import BarShape
from .baseline_shape import BaselineShape
from .baseline_shape_name import BaselineShapeName
from .baseline_shape_text import BaselineShapeText
from .because_shape import BecauseShape
from .because_shape_facts import BecauseShapeFacts
from .because_shape_text import BecauseShapeText
from .bidding_shape import BiddingShape
from .bill_shape import BillShape
from .block_shape import BlockShape
from .block_shape_actions_item import BlockShapeActionsItem
from .block_shape_deed import BlockShapeDeed
from .block_shape_level import BlockShapeLevel
from .block_shape_words import BlockShapeWords
from .block_why_shape import BlockWhyShape
from .book_shape import BookShape
from .book_shape_state import BookShapeState
from .cancelled_shape import CancelledShape
from .cancelled_shape_outcome import CancelledShapeOutcome
from .carbon_day import CarbonDay
from .carbon_shape import CarbonShape
from .cause_shape import CauseShape
from .cause_shape_group import CauseShapeGroup
from .changed_me import ChangedMe
from .changed_password import ChangedPassword
from .changed_person import ChangedPerson
from .channel_accuracy import ChannelAccuracy
from .channel_forecast import ChannelForecast
from .channel_page import ChannelPage
from .check_shape import CheckShape
from .check_shape_text import CheckShapeText
from .comms_loss_shape import CommsLossShape
from .connection_shape import ConnectionShape
from .consent_decision import ConsentDecision
from .consent_question import ConsentQuestion
from .contact_lost_shape import ContactLostShape
from .contact_lost_shape_text import ContactLostShapeText
from .contact_shape import ContactShape
from .curtailment_page import CurtailmentPage
from .curtailment_request import CurtailmentRequest
from .curtailment_shape import CurtailmentShape
from .day_accuracy import DayAccuracy
from .day_peak import DayPeak
from .demand_shape import DemandShape
from .device_answer import DeviceAnswer
from .device_brief import DeviceBrief
from .device_brief_serves import DeviceBriefServes
from .device_command import DeviceCommand
from .device_command_page import DeviceCommandPage
from .device_decision import DeviceDecision
from .device_detail import DeviceDetail
from .device_detail_serves import DeviceDetailServes
from .device_form import DeviceForm
from .device_limit import DeviceLimit
from .device_page import DevicePage
from .device_question import DeviceQuestion
from .device_shape import DeviceShape
from .device_value import DeviceValue
from .discovery import Discovery
from .done_shape import DoneShape
from .done_shape_acked_ms import DoneShapeAckedMs
from .done_shape_facts import DoneShapeFacts
from .download_statement_form import DownloadStatementForm
from .ended import Ended
from .entry_proof_shape import EntryProofShape
from .failure_shape import FailureShape
from .fault import Fault
from .finding_page import FindingPage
from .finding_shape import FindingShape
from .first_run import FirstRun
from .forecast_shape import ForecastShape
from .found_shape import FoundShape
from .gap_shape import GapShape
from .goal_shape import GoalShape
from .goal_shape_goal import GoalShapeGoal
from .grant_shape import GrantShape
from .grants_page import GrantsPage
from .graph_answer import GraphAnswer
from .graph_answer_data_type_0 import GraphAnswerDataType0
from .graph_error import GraphError
from .graph_error_extensions import GraphErrorExtensions
from .graph_error_locations_item import GraphErrorLocationsItem
from .graph_question import GraphQuestion
from .graph_question_variables_type_0 import GraphQuestionVariablesType0
from .group_members import GroupMembers
from .group_shape import GroupShape
from .groups_page import GroupsPage
from .halt_request import HaltRequest
from .halt_shape import HaltShape
from .halt_shape_by import HaltShapeBy
from .halts_shape import HaltsShape
from .health_brief import HealthBrief
from .health_brief_status import HealthBriefStatus
from .introspection import Introspection
from .invitation import Invitation
from .issued_key import IssuedKey
from .jwks import Jwks
from .jwks_keys_item import JwksKeysItem
from .key_shape import KeyShape
from .key_shape_scopes import KeyShapeScopes
from .keys_page import KeysPage
from .lane_shape import LaneShape
from .lease_page import LeasePage
from .lease_shape import LeaseShape
from .level_shape import LevelShape
from .limit_shape import LimitShape
from .limits_shape import LimitsShape
from .line_shape import LineShape
from .live_shape import LiveShape
from .market_page import MarketPage
from .market_shape import MarketShape
from .market_shape_settings import MarketShapeSettings
from .match_shape import MatchShape
from .me import Me
from .meters_refused import MetersRefused
from .meters_request import MetersRequest
from .meters_told import MetersTold
from .missed_day import MissedDay
from .missed_day_why import MissedDayWhy
from .mode_request import ModeRequest
from .mode_request_mode import ModeRequestMode
from .mode_shape import ModeShape
from .move_shape import MoveShape
from .network_page import NetworkPage
from .new_app import NewApp
from .new_device import NewDevice
from .new_device_serves import NewDeviceServes
from .new_device_signs import NewDeviceSigns
from .new_device_signs_additional_property import NewDeviceSignsAdditionalProperty
from .new_grant import NewGrant
from .new_grant_role import NewGrantRole
from .new_group import NewGroup
from .new_key import NewKey
from .new_key_scopes import NewKeyScopes
from .new_passkey import NewPasskey
from .new_passkey_credential import NewPasskeyCredential
from .new_person import NewPerson
from .new_person_kind import NewPersonKind
from .news_shape import NewsShape
from .node_shape import NodeShape
from .notice_counts import NoticeCounts
from .notice_page import NoticePage
from .notice_shape import NoticeShape
from .notice_shape_done import NoticeShapeDone
from .notice_shape_effect import NoticeShapeEffect
from .notice_shape_level import NoticeShapeLevel
from .notice_shape_todo import NoticeShapeTodo
from .notice_shape_what import NoticeShapeWhat
from .o_auth_error import OAuthError
from .onward import Onward
from .orders_request import OrdersRequest
from .orders_request_side_item import OrdersRequestSideItem
from .orders_told import OrdersTold
from .orders_told_outcome_item import OrdersToldOutcomeItem
from .override_request import OverrideRequest
from .override_request_action import OverrideRequestAction
from .own_orders_shape import OwnOrdersShape
from .own_orders_shape_side_item import OwnOrdersShapeSideItem
from .own_orders_shape_state_item import OwnOrdersShapeStateItem
from .own_shape import OwnShape
from .own_shape_stage_item import OwnShapeStageItem
from .part_shape import PartShape
from .part_shape_status import PartShapeStatus
from .partner_shape import PartnerShape
from .passkey_answer import PasskeyAnswer
from .passkey_answer_credential import PasskeyAnswerCredential
from .passkey_question import PasskeyQuestion
from .passkey_question_options import PasskeyQuestionOptions
from .passkey_shape import PasskeyShape
from .passkeys_page import PasskeysPage
from .past_shape import PastShape
from .past_shape_power_w import PastShapePowerW
from .past_shape_soc_ratio import PastShapeSocRatio
from .pause_request import PauseRequest
from .paused_shape import PausedShape
from .peak_shape import PeakShape
from .peaks_shape import PeaksShape
from .people_page import PeoplePage
from .person_shape import PersonShape
from .person_shape_kind import PersonShapeKind
from .personal_data import PersonalData
from .personal_data_apps_item import PersonalDataAppsItem
from .personal_data_audit_item import PersonalDataAuditItem
from .personal_data_codes_item import PersonalDataCodesItem
from .personal_data_consents_item import PersonalDataConsentsItem
from .personal_data_keys_item import PersonalDataKeysItem
from .personal_data_outside_links_item import PersonalDataOutsideLinksItem
from .personal_data_passkeys_item import PersonalDataPasskeysItem
from .personal_data_person import PersonalDataPerson
from .personal_data_roles_item import PersonalDataRolesItem
from .personal_data_sessions_item import PersonalDataSessionsItem
from .phrase_shape import PhraseShape
from .phrase_shape_facts import PhraseShapeFacts
from .phrase_shape_text import PhraseShapeText
from .place_shape import PlaceShape
from .plan_brief import PlanBrief
from .plan_core_shape import PlanCoreShape
from .plan_core_shape_band import PlanCoreShapeBand
from .plan_core_shape_goal import PlanCoreShapeGoal
from .plan_core_shape_power_w import PlanCoreShapePowerW
from .plan_item import PlanItem
from .plan_item_goal import PlanItemGoal
from .plan_page import PlanPage
from .plan_shape import PlanShape
from .plan_shape_band import PlanShapeBand
from .plan_shape_goal import PlanShapeGoal
from .plan_shape_power_w import PlanShapePowerW
from .position_shape import PositionShape
from .position_shape_state import PositionShapeState
from .preview_request import PreviewRequest
from .preview_request_goal import PreviewRequestGoal
from .preview_shape import PreviewShape
from .preview_shape_goal import PreviewShapeGoal
from .preview_shape_refused import PreviewShapeRefused
from .preview_shape_totals import PreviewShapeTotals
from .price_now_shape import PriceNowShape
from .price_shape import PriceShape
from .priced_shape import PricedShape
from .priced_shape_facts import PricedShapeFacts
from .priced_shape_text import PricedShapeText
from .probe_request import ProbeRequest
from .probe_shape import ProbeShape
from .problem_details import ProblemDetails
from .profile_page import ProfilePage
from .profile_shape import ProfileShape
from .proof_shape import ProofShape
from .push_end import PushEnd
from .push_key import PushKey
from .push_keys import PushKeys
from .push_subscription import PushSubscription
from .push_subscription_kinds_item import PushSubscriptionKindsItem
from .push_subscription_language import PushSubscriptionLanguage
from .push_tried import PushTried
from .read_savings_bucket import ReadSavingsBucket
from .read_support_report_form import ReadSupportReportForm
from .reading_shape import ReadingShape
from .readings_request import ReadingsRequest
from .readings_request_columns import ReadingsRequestColumns
from .recovery_codes import RecoveryCodes
from .refused_shape import RefusedShape
from .refused_shape_facts import RefusedShapeFacts
from .reset_request import ResetRequest
from .restore_shape import RestoreShape
from .resume_request import ResumeRequest
from .row_shape import RowShape
from .row_shape_words import RowShapeWords
from .row_shape_words_additional_property import RowShapeWordsAdditionalProperty
from .safety_shape import SafetyShape
from .saml_answer import SamlAnswer
from .savings_shape import SavingsShape
from .savings_shape_bucket import SavingsShapeBucket
from .search_request import SearchRequest
from .search_shape import SearchShape
from .search_shape_state import SearchShapeState
from .seat_shape import SeatShape
from .series_shape import SeriesShape
from .series_shape_columns import SeriesShapeColumns
from .series_shape_quality import SeriesShapeQuality
from .series_shape_times import SeriesShapeTimes
from .server_health import ServerHealth
from .server_health_status import ServerHealthStatus
from .session_shape import SessionShape
from .sessions_page import SessionsPage
from .sign_check import SignCheck
from .sign_in import SignIn
from .sign_request import SignRequest
from .sign_shape import SignShape
from .sign_shape_state import SignShapeState
from .sign_shape_verdict_type_0 import SignShapeVerdictType0
from .site_audit_line import SiteAuditLine
from .site_audit_line_payload import SiteAuditLinePayload
from .site_audit_page import SiteAuditPage
from .site_brief import SiteBrief
from .site_health import SiteHealth
from .site_health_status import SiteHealthStatus
from .site_page import SitePage
from .site_shape import SiteShape
from .slot_page import SlotPage
from .slot_shape import SlotShape
from .slot_shape_state import SlotShapeState
from .sources_kwh import SourcesKwh
from .sources_shape import SourcesShape
from .stage_shape import StageShape
from .stage_shape_stage import StageShapeStage
from .standing_shape import StandingShape
from .step_up import StepUp
from .stop_request import StopRequest
from .stop_shape import StopShape
from .stop_shape_acked_ms import StopShapeAckedMs
from .support_report import SupportReport
from .support_report_config import SupportReportConfig
from .support_report_devices_item import SupportReportDevicesItem
from .support_report_door import SupportReportDoor
from .support_report_faults_item import SupportReportFaultsItem
from .support_report_figures import SupportReportFigures
from .support_report_health_item import SupportReportHealthItem
from .support_report_versions import SupportReportVersions
from .taken_shape import TakenShape
from .today_shape import TodayShape
from .token_answer import TokenAnswer
from .token_form import TokenForm
from .token_shown_form import TokenShownForm
from .totals_shape import TotalsShape
from .totp_code import TotpCode
from .totp_enrolment import TotpEnrolment
from .trades_shape import TradesShape
from .trip_shape import TripShape
from .turned import Turned
from .user_info import UserInfo
from .version_shape import VersionShape
from .warmth_shape import WarmthShape
from .watchdog_shape import WatchdogShape
from .watchdog_shape_kind import WatchdogShapeKind
from .why_shape import WhyShape

__all__ = (
    "Accept",
    "AccuracyShape",
    "Action",
    "AddedApp",
    "AddedDevice",
    "AddedDeviceServes",
    "AddedPerson",
    "AlternativeShape",
    "AlternativeShapeText",
    "AnswersShape",
    "AppShape",
    "AppsPage",
    "AssetPage",
    "AssetShape",
    "AuditCheck",
    "AuditLine",
    "AuditLinePayload",
    "AuditPage",
    "AuthState",
    "AuthStatePermissions",
    "BarShape",
    "BaselineShape",
    "BaselineShapeName",
    "BaselineShapeText",
    "BecauseShape",
    "BecauseShapeFacts",
    "BecauseShapeText",
    "BiddingShape",
    "BillShape",
    "BlockShape",
    "BlockShapeActionsItem",
    "BlockShapeDeed",
    "BlockShapeLevel",
    "BlockShapeWords",
    "BlockWhyShape",
    "BookShape",
    "BookShapeState",
    "CancelledShape",
    "CancelledShapeOutcome",
    "CarbonDay",
    "CarbonShape",
    "CauseShape",
    "CauseShapeGroup",
    "ChangedMe",
    "ChangedPassword",
    "ChangedPerson",
    "ChannelAccuracy",
    "ChannelForecast",
    "ChannelPage",
    "CheckShape",
    "CheckShapeText",
    "CommsLossShape",
    "ConnectionShape",
    "ConsentDecision",
    "ConsentQuestion",
    "ContactLostShape",
    "ContactLostShapeText",
    "ContactShape",
    "CurtailmentPage",
    "CurtailmentRequest",
    "CurtailmentShape",
    "DayAccuracy",
    "DayPeak",
    "DemandShape",
    "DeviceAnswer",
    "DeviceBrief",
    "DeviceBriefServes",
    "DeviceCommand",
    "DeviceCommandPage",
    "DeviceDecision",
    "DeviceDetail",
    "DeviceDetailServes",
    "DeviceForm",
    "DeviceLimit",
    "DevicePage",
    "DeviceQuestion",
    "DeviceShape",
    "DeviceValue",
    "Discovery",
    "DoneShape",
    "DoneShapeAckedMs",
    "DoneShapeFacts",
    "DownloadStatementForm",
    "Ended",
    "EntryProofShape",
    "FailureShape",
    "Fault",
    "FindingPage",
    "FindingShape",
    "FirstRun",
    "ForecastShape",
    "FoundShape",
    "GapShape",
    "GoalShape",
    "GoalShapeGoal",
    "GrantShape",
    "GrantsPage",
    "GraphAnswer",
    "GraphAnswerDataType0",
    "GraphError",
    "GraphErrorExtensions",
    "GraphErrorLocationsItem",
    "GraphQuestion",
    "GraphQuestionVariablesType0",
    "GroupMembers",
    "GroupShape",
    "GroupsPage",
    "HaltRequest",
    "HaltShape",
    "HaltShapeBy",
    "HaltsShape",
    "HealthBrief",
    "HealthBriefStatus",
    "Introspection",
    "Invitation",
    "IssuedKey",
    "Jwks",
    "JwksKeysItem",
    "KeyShape",
    "KeyShapeScopes",
    "KeysPage",
    "LaneShape",
    "LeasePage",
    "LeaseShape",
    "LevelShape",
    "LimitShape",
    "LimitsShape",
    "LineShape",
    "LiveShape",
    "MarketPage",
    "MarketShape",
    "MarketShapeSettings",
    "MatchShape",
    "Me",
    "MetersRefused",
    "MetersRequest",
    "MetersTold",
    "MissedDay",
    "MissedDayWhy",
    "ModeRequest",
    "ModeRequestMode",
    "ModeShape",
    "MoveShape",
    "NetworkPage",
    "NewApp",
    "NewDevice",
    "NewDeviceServes",
    "NewDeviceSigns",
    "NewDeviceSignsAdditionalProperty",
    "NewGrant",
    "NewGrantRole",
    "NewGroup",
    "NewKey",
    "NewKeyScopes",
    "NewPasskey",
    "NewPasskeyCredential",
    "NewPerson",
    "NewPersonKind",
    "NewsShape",
    "NodeShape",
    "NoticeCounts",
    "NoticePage",
    "NoticeShape",
    "NoticeShapeDone",
    "NoticeShapeEffect",
    "NoticeShapeLevel",
    "NoticeShapeTodo",
    "NoticeShapeWhat",
    "OAuthError",
    "Onward",
    "OrdersRequest",
    "OrdersRequestSideItem",
    "OrdersTold",
    "OrdersToldOutcomeItem",
    "OverrideRequest",
    "OverrideRequestAction",
    "OwnOrdersShape",
    "OwnOrdersShapeSideItem",
    "OwnOrdersShapeStateItem",
    "OwnShape",
    "OwnShapeStageItem",
    "PartnerShape",
    "PartShape",
    "PartShapeStatus",
    "PasskeyAnswer",
    "PasskeyAnswerCredential",
    "PasskeyQuestion",
    "PasskeyQuestionOptions",
    "PasskeyShape",
    "PasskeysPage",
    "PastShape",
    "PastShapePowerW",
    "PastShapeSocRatio",
    "PausedShape",
    "PauseRequest",
    "PeakShape",
    "PeaksShape",
    "PeoplePage",
    "PersonalData",
    "PersonalDataAppsItem",
    "PersonalDataAuditItem",
    "PersonalDataCodesItem",
    "PersonalDataConsentsItem",
    "PersonalDataKeysItem",
    "PersonalDataOutsideLinksItem",
    "PersonalDataPasskeysItem",
    "PersonalDataPerson",
    "PersonalDataRolesItem",
    "PersonalDataSessionsItem",
    "PersonShape",
    "PersonShapeKind",
    "PhraseShape",
    "PhraseShapeFacts",
    "PhraseShapeText",
    "PlaceShape",
    "PlanBrief",
    "PlanCoreShape",
    "PlanCoreShapeBand",
    "PlanCoreShapeGoal",
    "PlanCoreShapePowerW",
    "PlanItem",
    "PlanItemGoal",
    "PlanPage",
    "PlanShape",
    "PlanShapeBand",
    "PlanShapeGoal",
    "PlanShapePowerW",
    "PositionShape",
    "PositionShapeState",
    "PreviewRequest",
    "PreviewRequestGoal",
    "PreviewShape",
    "PreviewShapeGoal",
    "PreviewShapeRefused",
    "PreviewShapeTotals",
    "PricedShape",
    "PricedShapeFacts",
    "PricedShapeText",
    "PriceNowShape",
    "PriceShape",
    "ProbeRequest",
    "ProbeShape",
    "ProblemDetails",
    "ProfilePage",
    "ProfileShape",
    "ProofShape",
    "PushEnd",
    "PushKey",
    "PushKeys",
    "PushSubscription",
    "PushSubscriptionKindsItem",
    "PushSubscriptionLanguage",
    "PushTried",
    "ReadingShape",
    "ReadingsRequest",
    "ReadingsRequestColumns",
    "ReadSavingsBucket",
    "ReadSupportReportForm",
    "RecoveryCodes",
    "RefusedShape",
    "RefusedShapeFacts",
    "ResetRequest",
    "RestoreShape",
    "ResumeRequest",
    "RowShape",
    "RowShapeWords",
    "RowShapeWordsAdditionalProperty",
    "SafetyShape",
    "SamlAnswer",
    "SavingsShape",
    "SavingsShapeBucket",
    "SearchRequest",
    "SearchShape",
    "SearchShapeState",
    "SeatShape",
    "SeriesShape",
    "SeriesShapeColumns",
    "SeriesShapeQuality",
    "SeriesShapeTimes",
    "ServerHealth",
    "ServerHealthStatus",
    "SessionShape",
    "SessionsPage",
    "SignCheck",
    "SignIn",
    "SignRequest",
    "SignShape",
    "SignShapeState",
    "SignShapeVerdictType0",
    "SiteAuditLine",
    "SiteAuditLinePayload",
    "SiteAuditPage",
    "SiteBrief",
    "SiteHealth",
    "SiteHealthStatus",
    "SitePage",
    "SiteShape",
    "SlotPage",
    "SlotShape",
    "SlotShapeState",
    "SourcesKwh",
    "SourcesShape",
    "StageShape",
    "StageShapeStage",
    "StandingShape",
    "StepUp",
    "StopRequest",
    "StopShape",
    "StopShapeAckedMs",
    "SupportReport",
    "SupportReportConfig",
    "SupportReportDevicesItem",
    "SupportReportDoor",
    "SupportReportFaultsItem",
    "SupportReportFigures",
    "SupportReportHealthItem",
    "SupportReportVersions",
    "TakenShape",
    "TodayShape",
    "TokenAnswer",
    "TokenForm",
    "TokenShownForm",
    "TotalsShape",
    "TotpCode",
    "TotpEnrolment",
    "TradesShape",
    "TripShape",
    "Turned",
    "UserInfo",
    "VersionShape",
    "WarmthShape",
    "WatchdogShape",
    "WatchdogShapeKind",
    "WhyShape",
)
