import { expect, test } from "vitest";
import { TrafficMeter } from "../../../../../src/http/connection/http2/traffic-meter.ts";

const MEGABYTE = 1_048_576;

test("eight megabytes are free, one octet more is a flood", () => {
  const meter = new TrafficMeter();
  expect(meter.isHonest(8 * MEGABYTE)).toBe(true);
  expect(meter.isHonest(8 * MEGABYTE + 8)).toBe(false);
});

test("what requests and answers carry is held to a client's credit", () => {
  const meter = new TrafficMeter();
  meter.payloadBytes = MEGABYTE;
  expect(meter.isHonest(16 * MEGABYTE)).toBe(true);
  expect(meter.isHonest(16 * MEGABYTE + 8)).toBe(false);
});

test("a meter knows whether anything came since it was last looked at", () => {
  const meter = new TrafficMeter();
  expect(meter.hasMoved(24)).toBe(true);
  meter.isHonest(24);
  expect(meter.hasMoved(24)).toBe(false);
});
