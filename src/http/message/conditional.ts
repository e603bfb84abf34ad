/** Whether a good answer is sent, or 304, or 412. Source: RFC 9110 section 13, in the order and with the readings of nginx's not_modified filter. */

import { matchesEntityTag } from "./etag.ts";
import { parseHttpDate } from "./http-date.ts";

/** `if_modified_since`: not looked at, the same second, or that second and later. */
export type ModifiedSinceRule = "off" | "exact" | "before";

/** What a client made its request depend on. */
export interface Preconditions {
  readonly ifMatch: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
}

/** What is known of the answer; `modifiedSeconds` is -1 without Last-Modified. */
export interface Validators {
  readonly modifiedSeconds: number;
  readonly entityTag: string | undefined;
}

/** For an answer with status 200: send it, or 304, or 412. */
export function evaluatePreconditions(wanted: Preconditions, validators: Validators, rule: ModifiedSinceRule): 200 | 304 | 412 {
  const { ifUnmodifiedSince, ifMatch, ifModifiedSince, ifNoneMatch } = wanted;
  if (ifUnmodifiedSince !== undefined && !isUnmodified(ifUnmodifiedSince, validators.modifiedSeconds)) return 412;
  if (ifMatch !== undefined && !matchesEntityTag(ifMatch, validators.entityTag, "strong")) return 412;
  if (ifModifiedSince === undefined && ifNoneMatch === undefined) return 200;
  // nginx: with both, both have to hold for a 304
  if (ifModifiedSince !== undefined && isModified(ifModifiedSince, validators.modifiedSeconds, rule)) return 200;
  if (ifNoneMatch !== undefined && !matchesEntityTag(ifNoneMatch, validators.entityTag, "weak")) return 200;
  return 304;
}

function isUnmodified(since: string, modifiedSeconds: number): boolean {
  return modifiedSeconds !== -1 && (parseHttpDate(since) ?? -1) >= modifiedSeconds;
}

function isModified(since: string, modifiedSeconds: number, rule: ModifiedSinceRule): boolean {
  if (modifiedSeconds === -1 || rule === "off") return true;
  const sinceSeconds = parseHttpDate(since) ?? -1;
  if (sinceSeconds === modifiedSeconds) return false;
  return rule === "exact" || sinceSeconds < modifiedSeconds;
}
