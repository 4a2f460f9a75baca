import { expect, test } from "vitest";

import { addressOf, EMPTY, furthest, isShortName, shortName, signVerdict, unitOf } from "./draft";

test("an address is four numbers or a name, with a port if it is not 502", () => {
  expect(addressOf("192.168.1.20")).toBe("192.168.1.20:502");
  expect(addressOf(" inverter.local:1502 ")).toBe("inverter.local:1502");
  for (const wrong of ["", "192.168.1", "192.168.1.256", "300.1.1.1", "a b", "host:0", "host:70000", "http://192.168.1.20", "-x"]) expect(addressOf(wrong), wrong).toBeNull();
});

test("a unit is a whole number from 0 to 255", () => {
  expect(unitOf("126")).toBe(126);
  for (const wrong of ["", "256", "-1", "1.5", "one"]) expect(unitOf(wrong), wrong).toBeNull();
});

test("short names are made of long ones, and differ from those there are", () => {
  expect(shortName("Batterie im Keller")).toBe("batterie-im-keller");
  expect(shortName("Wärmepumpe Süd", ["waermepumpe-sued"])).toBe("waermepumpe-sued-2");
  expect(shortName("42")).toBe("device");
  expect(isShortName(shortName("  Größe & Co. "))).toBe(true);
  expect(isShortName("2nd")).toBe(false);
});

test("no step is open before the one before it is answered, and a turned sign holds", () => {
  const asked = { ...EMPTY, address: "192.168.1.20:502" };
  const connected = { ...asked, profile: "sunspec_meter", serves: { meter: "grid" } };
  expect(furthest(EMPTY, [])).toBe("find");
  expect(furthest(asked, [])).toBe("connect");
  expect(furthest(connected, ["meter", "pv"])).toBe("sign");
  expect(furthest({ ...connected, signs: { meter: "turned" } }, ["meter"])).toBe("sign");
  expect(furthest({ ...connected, signs: { meter: "unsure" } }, ["meter"])).toBe("name");
  expect(furthest({ ...connected, signs: { meter: "right" }, name: "Meter", id: "meter" }, ["meter"])).toBe("save");
});

test("half of a kettle must be seen", () => {
  expect(signVerdict(300, 2280, 2000)).toBe("right");
  expect(signVerdict(300, -1690, 2000)).toBe("turned");
  expect(signVerdict(300, 900, 2000)).toBe("unclear");
});
