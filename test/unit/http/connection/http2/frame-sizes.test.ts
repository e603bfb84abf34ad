import { describe, expect, test } from "vitest";
import { type FrameFault, FrameSizes } from "../../../../../src/http/connection/http2/frame-sizes.ts";
import { frame, get, headers, PREFACE, settings, windowUpdate } from "../../../../harness/http2-frames.ts";

const PADDED = 8;
const WITH_PRIORITY = 32;
const filler = (bytes: number): Buffer => Buffer.alloc(bytes);

function faultIn(...frames: readonly Buffer[]): FrameFault | undefined {
  return new FrameSizes(PREFACE.length).faultIn(Buffer.concat([PREFACE, ...frames]));
}

describe("a frame is unsound", () => {
  test.each([
    ["PRIORITY of four octets", "length", frame(2, 0, 1, filler(4))],
    ["PRIORITY of six octets", "length", frame(2, 0, 1, filler(6))],
    ["RST_STREAM of three octets", "length", frame(3, 0, 1, filler(3))],
    ["RST_STREAM of five octets", "length", frame(3, 0, 1, filler(5))],
    ["SETTINGS of five octets", "length", frame(4, 0, 0, filler(5))],
    ["SETTINGS that acknowledge with content", "length", frame(4, 1, 0, filler(6))],
    ["PUSH_PROMISE of three octets", "length", frame(5, 0, 1, filler(3))],
    ["PING of seven octets", "length", frame(6, 0, 0, filler(7))],
    ["GOAWAY of seven octets", "length", frame(7, 0, 0, filler(7))],
    ["WINDOW_UPDATE of five octets", "length", frame(8, 0, 0, filler(5))],
    ["DATA of more than 16384 octets", "length", frame(0, 0, 1, filler(16_385))],
    ["padded DATA without a length of its padding", "length", frame(0, PADDED, 1)],
    ["DATA with more padding than content", "padding", frame(0, PADDED, 1, Buffer.of(2, 0))],
    ["HEADERS too short for their priority", "length", frame(1, WITH_PRIORITY, 1, filler(4))],
    [
      "HEADERS whose padding leaves no room for their priority",
      "padding",
      frame(1, PADDED | WITH_PRIORITY, 1, Buffer.of(1, 0, 0, 0, 0, 0)),
    ],
  ] as const)("%s", (_name, fault, bytes) => {
    expect(faultIn(bytes)).toBe(fault);
  });
});

describe("a frame is sound", () => {
  test.each([
    ["DATA of 16384 octets", frame(0, 0, 1, filler(16_384))],
    ["empty DATA", frame(0, 0, 1)],
    ["DATA that is all padding", frame(0, PADDED, 1, Buffer.of(1, 0))],
    ["HEADERS with priority", frame(1, WITH_PRIORITY, 1, filler(5))],
    ["HEADERS with padding and priority", frame(1, PADDED | WITH_PRIORITY, 1, Buffer.of(1, 0, 0, 0, 0, 0, 0))],
    ["empty SETTINGS", frame(4, 0, 0)],
    ["SETTINGS that acknowledge", frame(4, 1, 0)],
    ["GOAWAY with debug data", frame(7, 0, 0, filler(20))],
    ["a frame of an unknown type", frame(200, 255, 1, filler(3))],
  ])("%s", (_name, bytes) => {
    expect(faultIn(bytes)).toBeUndefined();
  });
});

test("an unsound frame is found behind sound ones however the bytes are split", () => {
  const sound = Buffer.concat([
    PREFACE,
    settings([4, 100]),
    headers(1, get("/")),
    frame(0, PADDED, 1, Buffer.of(2, 0, 0, 65)),
    windowUpdate(0, 1),
  ]);
  const whole = Buffer.concat([sound, frame(6, 0, 0, filler(7))]);
  for (let at = 1; at < whole.length; at++) {
    const sizes = new FrameSizes(PREFACE.length);
    const first = sizes.faultIn(whole.subarray(0, at));
    // What is known of a frame's head is enough: behind a fault nothing more is asked.
    expect(first ?? sizes.faultIn(whole.subarray(at)), `split at ${at}`).toBe("length");
    if (at <= sound.length) expect(first, `split at ${at}`).toBeUndefined();
  }
  const byByte = new FrameSizes(PREFACE.length);
  expect([...sound].every((byte) => byByte.faultIn(Buffer.of(byte)) === undefined)).toBe(true);
  expect([...whole.subarray(sound.length)].some((byte) => byByte.faultIn(Buffer.of(byte)) === "length")).toBe(true);
});
