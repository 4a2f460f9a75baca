/** A browser by its own long name, in the two words a person knows it by. Names of products are never translated. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [[/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Firefox\//, "Firefox"], [/Chrom(?:e|ium)\//, "Chrome"], [/Safari\//, "Safari"]];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [[/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]];

export function agentWords(agent: string): string {
  const named = [BROWSERS, SYSTEMS].map((list) => list.find(([sign]) => sign.test(agent))?.[1]).filter(Boolean).join(", ");
  return named || agent.slice(0, 60) || "–";
}
