import { expect, test } from "vitest";

import { byImportance, measured, quantityName } from "./quantities";

const say = (key: string, values?: Record<string, unknown>) => (values ? `${key} ${Object.values(values).join(" ")}` : key);
const en = (quantity: string, value: number | null) => measured({ quantity, value }, say, "en").replaceAll("\u202f", " ");

test("powers say which way they go", () => {
  expect(en("power_w", 1350)).toBe("devices.taken 1.35 kW");
  expect(en("power_w", -240)).toBe("devices.given 240 W");
  expect(en("power_w", 0)).toBe("0 W");
});

test("every unit is written as people read it, unknown is a dash", () => {
  expect(en("soc_ratio", 0.66)).toBe("66 %");
  expect(en("cell_voltage_min_v", 3.2514)).toBe("3.251 V");
  expect(en("frequency_hz", 49.987)).toBe("49.99 Hz");
  expect(en("insulation_ohm", 512_000)).toBe("512 kΩ");
  expect(en("imported_wh", 1_234_500)).toBe("1,235 kWh");
  expect(en("temperature_degc", null)).toBe("–");
  expect(measured({ quantity: "temperature_degc", value: 24.25 }, say, "de")).toBe("24,3 °C");
});

test("a quantity without a name is shown as it is called", () => {
  expect(quantityName("fan_speed_hz", say)).toBe("fan speed hz");
});

test("power and level come first, the rest keeps its order", () => {
  const value = (quantity: string) => ({ role: "battery", asset: "battery", quantity, value: 1, at: null });
  expect(byImportance(["alarm_code", "soc_ratio", "voltage_l1_v", "power_w"].map(value)).map((each) => each.quantity)).toEqual(["power_w", "soc_ratio", "alarm_code", "voltage_l1_v"]);
});
