/** A peer's health as plain data, for another process: every process has its own clock, so that times become ages. */

import type { PeerHealth } from "../peer.ts";

export interface AgedHealth {
  readonly fails: number;
  /** Null: never. */
  readonly failedAgoMs: number | null;
  readonly checkedAgoMs: number | null;
}

/** Undefined: it never failed. */
export function ageHealth(health: PeerHealth, nowMs: number): AgedHealth | undefined {
  if (health.failedAtMs === Number.NEGATIVE_INFINITY) return undefined;
  return { fails: health.fails, failedAgoMs: ageOf(health.failedAtMs, nowMs), checkedAgoMs: ageOf(health.checkedAtMs, nowMs) };
}

/** Of what several processes tell the latest failure counts. */
export function adoptAged(health: PeerHealth, { fails, failedAgoMs, checkedAgoMs }: AgedHealth, nowMs: number): void {
  const failedAtMs = timeOf(failedAgoMs, nowMs);
  if (failedAtMs <= health.failedAtMs) return;
  health.fails = fails;
  health.failedAtMs = failedAtMs;
  health.checkedAtMs = timeOf(checkedAgoMs, nowMs);
}

function ageOf(atMs: number, nowMs: number): number | null {
  return atMs === Number.NEGATIVE_INFINITY ? null : nowMs - atMs;
}

function timeOf(ageMs: number | null, nowMs: number): number {
  return ageMs === null ? Number.NEGATIVE_INFINITY : nowMs - ageMs;
}
