import { expect, test } from "vitest";
import { SentFrames } from "../../../../../src/http/connection/http2/sent-frames.ts";
import { FRAME_TYPE, frame, settings, u32 } from "../../../../harness/http2-frames.ts";

const goaway = (code: number, text = ""): Buffer => frame(FRAME_TYPE.goaway, 0, 0, Buffer.concat([u32(1), u32(code), Buffer.from(text)]));
/** A payload that looks like the frame that is searched. */
const misleading = frame(FRAME_TYPE.data, 0, 1, Buffer.concat([goaway(1), goaway(2)]));
const harmless = Buffer.concat([settings(), misleading, goaway(0), frame(FRAME_TYPE.data, 1, 1), frame(FRAME_TYPE.ping, 1, 0, "12345678")]);

/** The piece of `bytes`, in pieces of `size`, that the fault was found in; -1 for none. */
function pieceWithFault(bytes: Buffer, size: number): number {
  const sent = new SentFrames();
  for (let at = 0; at < bytes.length; at += size) if (sent.haveFault(Buffer.from(bytes.subarray(at, at + size)))) return at / size;
  return -1;
}

const sizes = Array.from({ length: harmless.length + 40 }, (_, index) => index + 1);

test("GOAWAY with an error is found wherever the bytes are split", () => {
  const bytes = Buffer.concat([harmless, goaway(9, "why")]);
  for (const size of sizes) expect(pieceWithFault(bytes, size)).toBe(Math.floor((harmless.length + 16) / size));
});

test("nothing else is taken for it", () => {
  for (const size of sizes) expect(pieceWithFault(harmless, size)).toBe(-1);
});
