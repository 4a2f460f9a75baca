/** What the server describes must be what the page reads: `npm run types` writes its description as types and compares. */
import type { AuthState, Lease, Live, Notice, Said, SiteDetail, Today } from "../src/api/shapes";
import type { Halt, Market, Own, Paused, Seat } from "../src/charts/marketShapes";
import type { PlanWhy } from "../src/charts/shapes";
import type { Match, Profile, Search } from "../src/pages/add-device/shapes";
import type { AuditLine, Grant, Group, Invitation, Key, Passkey, Person, Restore, Session } from "../src/pages/admin/shapes";
import type { AppQuestion } from "../src/pages/AskApp";
import type { BoxQuestion } from "../src/pages/AskBox";
import type { Command, DeviceBrief, DeviceDetail } from "../src/pages/devices/shapes";
import type { SignJob } from "../src/pages/devices/SignCheck";
import type { Safety } from "../src/pages/safety/shapes";
import type { components } from "./schema";

type Server = components["schemas"];
/** Names may be narrower here than the server promises (`state: "running"`); numbers, nulls and keys must agree. */
type Wide<T> = T extends Said ? Readonly<Record<string, string>> : T extends string ? string : T extends readonly (infer Each)[] ? readonly Wide<Each>[] : T extends object ? { readonly [Key in keyof T]: Wide<T[Key]> } : T;
type Reads<Page, Told extends Wide<Page>> = [Page, Told];

export type Agreed = [
  Reads<Live, Server["LiveShape"]>,
  Reads<Lease, Server["LeaseShape"]>,
  Reads<Today, Server["TodayShape"]>,
  Reads<SiteDetail, Server["SiteShape"]>,
  Reads<Notice, Server["NoticeShape"]>,
  Reads<AuthState, Server["AuthState"]>,
  Reads<DeviceBrief, Server["DeviceBrief"]>,
  Reads<DeviceDetail, Server["DeviceDetail"]>,
  Reads<Command, Server["DeviceCommand"]>,
  Reads<Profile, Server["ProfileShape"]>,
  Reads<Search, Server["SearchShape"]>,
  Reads<Match, Server["MatchShape"]>,
  Reads<SignJob, Server["SignShape"]>,
  Reads<Safety, Server["SafetyShape"]>,
  Reads<Market, Server["MarketShape"]>,
  Reads<Seat, Server["SeatShape"]>,
  Reads<Halt, Server["HaltShape"]>,
  Reads<Own, Server["OwnShape"]>,
  Reads<Paused, Server["PausedShape"]>,
  Reads<PlanWhy, Server["WhyShape"]>,
  Reads<Restore, Server["RestoreShape"]>,
  Reads<Person, Server["PersonShape"]>,
  Reads<Invitation, Server["Invitation"]>,
  Reads<Grant, Server["GrantShape"]>,
  Reads<Group, Server["GroupShape"]>,
  Reads<Key, Server["KeyShape"]>,
  Reads<Session, Server["SessionShape"]>,
  Reads<AuditLine, Server["AuditLine"]>,
  Reads<Passkey, Server["PasskeyShape"]>,
  Reads<BoxQuestion, Server["DeviceQuestion"]>,
  Reads<AppQuestion, Server["ConsentQuestion"]>,
];
