/** An OCSP response that is asked for when a handshake wants one, and again before it is old (nginx: ngx_ssl_stapling_update). */

import type { X509Certificate } from "node:crypto";
import type { ErrorLog } from "../../../log/error-log.ts";
import { describeSystemError } from "../../../log/system-error.ts";
import { askResponder, ResponderError } from "../../../net/ocsp/ask-responder.ts";
import { certificateId, encodeOcspRequest } from "../../../net/ocsp/certificate-id.ts";
import { DerError } from "../../../net/ocsp/der.ts";
import { parseOcspResponse } from "../../../net/ocsp/ocsp-response.ts";
import { findSignatureFault } from "../../../net/ocsp/verify-response.ts";

export interface StapleSource {
  /** Path of the certificate, as messages name it. */
  readonly name: string;
  readonly certificate: X509Certificate;
  readonly issuer: X509Certificate;
  readonly responder: URL;
  /** `ssl_stapling_verify` */
  readonly verifiesSigner: boolean;
}

/** A response, and until when it may be sent. */
interface FreshResponse {
  readonly bytes: Buffer;
  readonly validUntilMs: number;
}

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
/** nginx's tolerance for clocks that differ. */
const CLOCK_SKEW_MS = FIVE_MINUTES_MS;

export class AskedStaple {
  private readonly source: StapleSource;
  private readonly ended: AbortSignal;
  private fresh: FreshResponse | undefined = undefined;
  private refreshAtMs = 0;
  private isAsking = false;

  /** `ended` gives up a question that is under way. */
  constructor(source: StapleSource, ended: AbortSignal) {
    this.source = source;
    this.ended = ended;
  }

  /** What to send now; undefined while there is nothing fresh. Never waits: a question that is due is asked meanwhile, its failures go to `log`. */
  current(nowMs: number, log: ErrorLog): Buffer | undefined {
    if (!this.isAsking && nowMs >= this.refreshAtMs) void this.refresh(log);
    return this.fresh !== undefined && nowMs <= this.fresh.validUntilMs ? this.fresh.bytes : undefined;
  }

  /** Does not reject: failures are logged, and the next question is put off. */
  private async refresh(log: ErrorLog): Promise<void> {
    this.isAsking = true;
    let validUntilMs = 0;
    try {
      this.fresh = await this.ask();
      validUntilMs = this.fresh.validUntilMs;
    } catch (error) {
      if (!this.ended.aborted) this.tell(log, error);
    }
    // nginx: before the response expires, but not within five minutes and at least every hour.
    const nowMs = Date.now();
    this.refreshAtMs = Math.max(Math.min(validUntilMs - FIVE_MINUTES_MS, nowMs + HOUR_MS), nowMs + FIVE_MINUTES_MS);
    this.isAsking = false;
  }

  private async ask(): Promise<FreshResponse> {
    const { certificate, issuer, responder, verifiesSigner } = this.source;
    const id = certificateId(certificate, issuer);
    const bytes = await askResponder(responder, encodeOcspRequest(id), this.ended);
    const response = parseOcspResponse(bytes, id);
    if ("complaint" in response) throw new ResponderError(response.complaint);
    const nowMs = Date.now();
    const fault = findSignatureFault(response, issuer, verifiesSigner, nowMs);
    if (fault !== "") throw new ResponderError(`OCSP_basic_verify() failed (${fault})`);
    if (response.state === undefined) throw new ResponderError("certificate status not found in the OCSP response");
    const { status, thisUpdateMs, nextUpdateMs } = response.state;
    if (thisUpdateMs > nowMs + CLOCK_SKEW_MS || nextUpdateMs < nowMs - CLOCK_SKEW_MS || nextUpdateMs < thisUpdateMs) {
      throw new ResponderError("OCSP_check_validity() failed");
    }
    if (status !== "good") throw new ResponderError(`certificate status "${status}" in the OCSP response`);
    return { bytes, validUntilMs: nextUpdateMs };
  }

  private tell(log: ErrorLog, error: unknown): void {
    if (!(error instanceof Error)) throw error;
    const { responder, name } = this.source;
    const message = `${describeFailure(error)} while requesting certificate status`;
    log.write("error", undefined, message, { responder: responder.host, certificate: `"${name}"` });
  }
}

function describeFailure(error: Error): string {
  if (error instanceof ResponderError) return error.message;
  if (error instanceof DerError) return `d2i_OCSP_RESPONSE() failed (${error.message})`;
  if (error.name === "TimeoutError") return "OCSP responder timed out";
  // Where a name has several addresses, each has failed.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return `OCSP request failed (${describeSystemError(first instanceof Error ? first : error)})`;
}
