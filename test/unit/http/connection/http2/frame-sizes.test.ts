import { describe, expect, test } from "vitest";
import { FrameSizes } from "../../../../../src/http/connection/http2/frame-sizes.ts";
import { frame, get, headers, PREFACE, settings, windowUpdate } from "../../../../harness/http2-frames.ts";

const PADDED = 8;
const WITH_PRIORITY = 32;
const filler = (bytes: number): Buffer => Buffer.alloc(bytes);

function areSound(...frames: readonly Buffer[]): boolean {
  return new FrameSizes(PREFACE.length).areSound(Buffer.concat([PREFACE, ...frames]));
}

describe("a frame is unsound", () => {
  test.each([
    ["PRIORITY of four octets", frame(2, 0, 1, filler(4))],
    ["PRIORITY of six octets", frame(2, 0, 1, filler(6))],
    ["RST_STREAM of three octets", frame(3, 0, 1, filler(3))],
    ["RST_STREAM of five octets", frame(3, 0, 1, filler(5))],
    ["SETTINGS of five octets", frame(4, 0, 0, filler(5))],
    ["SETTINGS that acknowledge with content", frame(4, 1, 0, filler(6))],
    ["PUSH_PROMISE of three octets", frame(5, 0, 1, filler(3))],
    ["PING of seven octets", frame(6, 0, 0, filler(7))],
    ["GOAWAY of seven octets", frame(7, 0, 0, filler(7))],
    ["WINDOW_UPDATE of five octets", frame(8, 0, 0, filler(5))],
    ["DATA of more than 16384 octets", frame(0, 0, 1, filler(16_385))],
    ["padded DATA without a length of its padding", frame(0, PADDED, 1)],
    ["DATA with more padding than content", frame(0, PADDED, 1, Buffer.of(2, 0))],
    ["HEADERS too short for their priority", frame(1, WITH_PRIORITY, 1, filler(4))],
    ["HEADERS whose padding leaves no room for their priority", frame(1, PADDED | WITH_PRIORITY, 1, Buffer.of(1, 0, 0, 0, 0, 0))],
  ])("%s", (_name, bytes) => {
    expect(areSound(bytes)).toBe(false);
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
    expect(areSound(bytes)).toBe(true);
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
    const first = sizes.areSound(whole.subarray(0, at));
    // What is known of a frame's head is enough: once false, nothing more is asked.
    expect(first && sizes.areSound(whole.subarray(at)), `split at ${at}`).toBe(false);
    if (at <= sound.length) expect(first, `split at ${at}`).toBe(true);
  }
  const byByte = new FrameSizes(PREFACE.length);
  expect([...sound].every((byte) => byByte.areSound(Buffer.of(byte)))).toBe(true);
  expect([...whole.subarray(sound.length)].every((byte) => byByte.areSound(Buffer.of(byte)))).toBe(false);
});
