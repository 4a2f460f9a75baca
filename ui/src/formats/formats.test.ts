import { expect, test } from "vitest";

import { energy, money, percent, power, price, text } from "./numbers";
import { age, clock, dayAndClock, dayOf, endOfChange, soon } from "./times";

test("power changes its unit at 1000 W and back at 950 W", () => {
  expect(text(power(240, "en"))).toBe("240\u202fW");
  expect(text(power(-2440, "en"))).toBe("2.44\u202fkW");
  expect(power(999.6, "en").unit).toBe("kW");
  expect(power(970, "en", "kW").unit).toBe("kW");
  expect(power(940, "en", "kW").unit).toBe("W");
  expect(text(power(12_340, "de"))).toBe("12,3\u202fkW");
  expect(text(power(123_400, "en"))).toBe("123\u202fkW");
});

test("unknown is a dash and zero is zero", () => {
  expect(text(power(null, "en"))).toBe("–");
  expect(text(power(0, "en"))).toBe("0\u202fW");
  expect(money(-0.001, "en")).toBe("€0.00");
  expect(money(undefined, "en")).toBe("–");
});

test("energy, prices and shares", () => {
  expect(text(energy(17.94, "en"))).toBe("17.9\u202fkWh");
  expect(text(energy(0.05, "en"))).toBe("50\u202fWh");
  expect(text(energy(12_000, "en"))).toBe("12.0\u202fMWh");
  expect(price(0.279, "de")).toBe("27,9\u202fct/kWh");
  expect(percent(0.944, "en")).toBe("94\u202f%");
});

test("site time on both change days and in a zone of half hours", () => {
  expect(clock("2026-10-25T00:30:00Z", "Europe/Berlin", "en")).toBe("02:30 A");
  expect(clock("2026-10-25T01:30:00Z", "Europe/Berlin", "en")).toBe("02:30 B");
  expect(clock("2026-10-24T23:59:00Z", "Europe/Berlin", "en")).toBe("01:59");
  expect(clock("2026-10-25T02:00:00Z", "Europe/Berlin", "en")).toBe("03:00");
  expect(clock("2026-04-04T15:10:00Z", "Australia/Lord_Howe", "en")).toBe("01:40 B");
  expect(clock("2026-03-29T01:00:00Z", "Europe/Berlin", "en")).toBe("03:00");
  expect(clock("2026-05-14T14:40:00Z", "Asia/Kolkata", "en")).toBe("20:10");
  expect(dayOf("2026-05-14T22:30:00Z", "Europe/Berlin")).toBe("2026-05-15");
  expect(dayAndClock("2026-05-14T14:40:00Z", "Asia/Kolkata", "en")).toContain("20:10");
});

test("a change for now ends at the site's midnight, but not within two hours", () => {
  const end = (at: string, zone: string) => new Date(endOfChange(Date.parse(at), zone)).toISOString();
  expect(end("2026-05-14T14:40:00Z", "Europe/Berlin")).toBe("2026-05-14T22:00:00.000Z");
  expect(end("2026-05-14T21:10:00Z", "Europe/Berlin")).toBe("2026-05-14T23:10:00.000Z");
  expect(end("2026-10-25T00:30:00Z", "Europe/Berlin")).toBe("2026-10-25T23:00:00.000Z");
  expect(end("2026-05-14T10:00:00Z", "Asia/Kolkata")).toBe("2026-05-14T18:30:00.000Z");
});

test("times near now are relative, then the clock, then tomorrow", () => {
  const now = Date.parse("2026-05-14T14:40:00Z");
  const told = (at: string, language: "en" | "de" = "en") => soon(at, now, "Europe/Berlin", language);
  expect(told("2026-05-14T15:00:00Z")).toBe("in 20 min");
  expect(told("2026-05-14T19:00:00Z")).toBe("21:00");
  expect(told("2026-05-14T23:30:00Z")).toBe("tomorrow 01:30");
  expect(told("2026-05-14T23:30:00Z", "de")).toBe("morgen 01:30");
  expect(told("2026-05-17T10:00:00Z")).toContain("17 May, 12:00");
});

test("ages", () => {
  expect(age(14.2)).toBe("14\u202fs");
  expect(age(150)).toBe("3\u202fmin");
});
