import { expect, test } from "vitest";

import { agentWords } from "./agents";

test("browsers are told by the two words people know", () => {
  expect(agentWords("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36")).toBe("Chrome, Linux");
  expect(agentWords("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1")).toBe("Safari, iOS");
  expect(agentWords("curl/8.5")).toBe("curl/8.5");
  expect(agentWords("")).toBe("–");
});
