import { expect, test } from "vitest";

import { asCreation, asJson, asRequest, fromBase64url, refusalOf, toBase64url } from "./passkeys";

const bytes = (...values: number[]) => Uint8Array.from(values);

test("bytes go to base64url and back, without padding and without signs that addresses escape", () => {
  expect(toBase64url(bytes(251, 255, 191))).toBe("-_-_");
  expect(toBase64url(bytes(1))).toBe("AQ");
  for (const length of [0, 1, 2, 3, 4, 31, 32, 255]) {
    const made = Uint8Array.from({ length }, (_, at) => (at * 37) % 256);
    expect(fromBase64url(toBase64url(made))).toEqual(made);
    expect(toBase64url(made)).toMatch(/^[\w-]*$/);
  }
});

test("what the server asks becomes bytes where browsers want bytes, and all else stays", () => {
  const asked = asRequest({ challenge: "AQID", rpId: "localhost", userVerification: "required", allowCredentials: [{ id: "BAU", type: "public-key" }] });
  expect(asked).toEqual({ challenge: bytes(1, 2, 3), rpId: "localhost", userVerification: "required", allowCredentials: [{ id: bytes(4, 5), type: "public-key" }] });
  expect(asRequest({ challenge: "AQID" }).allowCredentials).toEqual([]);
  const made = asCreation({ challenge: "AQID", rp: { name: "Enerwise" }, user: { id: "Bg", name: "ada", displayName: "Ada" }, excludeCredentials: [{ id: "BAU", type: "public-key" }] });
  expect(made.user).toEqual({ id: bytes(6), name: "ada", displayName: "Ada" });
  expect(made.excludeCredentials).toEqual([{ id: bytes(4, 5), type: "public-key" }]);
  expect(made.rp).toEqual({ name: "Enerwise" });
});

test("the answer of a device holds what it said and nothing else", () => {
  const said = { id: "AQ", rawId: bytes(1).buffer, type: "public-key", response: { clientDataJSON: bytes(2).buffer, authenticatorData: bytes(3).buffer, signature: bytes(4).buffer, userHandle: null } };
  expect(asJson(said as unknown as PublicKeyCredential)).toEqual({ id: "AQ", rawId: "AQ", type: "public-key", response: { clientDataJSON: "Ag", authenticatorData: "Aw", signature: "BA" } });
});

test("why a browser did not answer is told by its word", () => {
  expect(refusalOf(new DOMException("", "NotAllowedError"))).toBe("cancelled");
  expect(refusalOf(new DOMException("", "SecurityError"))).toBe("address");
  expect(refusalOf(new DOMException("", "InvalidStateError"))).toBe("known");
  expect(refusalOf(new DOMException("", "DataError"))).toBe("");
  expect(refusalOf(new Error("no"))).toBe("");
});
