/** TLS alerts that are sent before OpenSSL is asked at all. Source: RFC 8446 section 6. */

const FATAL = 2;
const ALERT_RECORD = 21;
const DESCRIPTIONS = { internal_error: 80, unrecognized_name: 112 } as const;

/** A record of its own, with the version that every client takes. */
export function alertRecord(description: keyof typeof DESCRIPTIONS): Buffer {
  return Buffer.from([ALERT_RECORD, 3, 1, 0, 2, FATAL, DESCRIPTIONS[description]]);
}
