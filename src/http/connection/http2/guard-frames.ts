/**
 * Keeps frames of impossible lengths from an nghttp2 that ends the whole process over them (CVE-2026-27135: before 1.68.1 it reads on after a
 * connection error, and fails an assertion at the next such frame). Node.js 20 will not get a newer one; later releases need no guard.
 */

import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { type FrameFault, FrameSizes } from "./frame-sizes.ts";

const PREFACE_BYTES = 24;
const FIXED_IN = [1, 68, 1] as const;

/** Whether frames must be looked at before this version of nghttp2 sees them. */
export function needsGuard(nghttp2Version: string): boolean {
  const parts = nghttp2Version.split(".").map(Number);
  for (const [index, fixed] of FIXED_IN.entries()) {
    const part = parts[index] ?? 0;
    if (part !== fixed) return part < fixed;
  }
  return false;
}

/** A stream in the socket's stead, which takes the socket over. At the first unsound frame it passes on no more and calls `onUnsound`. */
export function guardFrames(socket: Socket, onUnsound: (fault: FrameFault) => void): Duplex {
  const sizes = new FrameSizes(PREFACE_BYTES);
  let isUnsound = false;
  const guarded = new Duplex({
    allowHalfOpen: true,
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    writev: (chunks, done) => {
      socket.cork();
      for (const [index, { chunk }] of chunks.entries()) socket.write(chunk, index === chunks.length - 1 ? done : undefined);
      socket.uncork();
    },
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk) => {
    if (isUnsound) return;
    const fault = sizes.faultIn(chunk);
    isUnsound = fault !== undefined;
    if (fault !== undefined) onUnsound(fault);
    else if (!guarded.push(chunk)) socket.pause();
  });
  socket.on("close", () => guarded.destroy());
  // What went wrong with it shows at the socket.
  guarded.on("error", () => socket.destroy());
  return guarded;
}
