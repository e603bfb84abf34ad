/**
 * Keeps frames of impossible lengths from an nghttp2 that ends the whole process over them (CVE-2026-27135: before 1.68.1 it reads on after a
 * connection error, and fails an assertion at the next such frame). Node.js 20 will not get a newer one; later releases need no guard. Such an nghttp2
 * also keeps some broken rules to itself: it says GOAWAY and falls silent, with the socket open. That is told of here, too.
 */

import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { type FrameFault, FrameSizes } from "./frame-sizes.ts";
import { SentFrames } from "./sent-frames.ts";

type WriteDone = (error?: Error | null) => void;

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

export interface GuardOwner {
  /** The client sent this; no more of what it sends is passed on. */
  unsound(fault: FrameFault): void;
  /** A GOAWAY frame with an error has been written. */
  saidFault(): void;
}

/** A stream in the socket's stead, which takes the socket over. */
export function guardFrames(socket: Socket, owner: GuardOwner): Duplex {
  const sizes = new FrameSizes(PREFACE_BYTES);
  const sent = new SentFrames();
  const write = (chunk: Buffer, done: WriteDone | undefined): void => {
    if (!sent.haveFault(chunk)) {
      socket.write(chunk, done);
      return;
    }
    socket.write(chunk, (error) => {
      done?.(error);
      owner.saidFault();
    });
  };
  let isUnsound = false;
  const guarded = new Duplex({
    allowHalfOpen: true,
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => write(chunk, done),
    writev: (chunks, done) => {
      socket.cork();
      for (const [index, { chunk }] of chunks.entries()) write(chunk, index === chunks.length - 1 ? done : undefined);
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
    if (fault !== undefined) owner.unsound(fault);
    else if (!guarded.push(chunk)) socket.pause();
  });
  socket.on("close", () => guarded.destroy());
  // What went wrong with it shows at the socket.
  guarded.on("error", () => socket.destroy());
  return guarded;
}
