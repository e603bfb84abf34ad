/** The id of a session, and its version, out of OpenSSL's serialized form (SSL_SESSION_ASN1: version, protocol, cipher, id, …). */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;

/** Hexadecimal; "" without a session. */
export function sessionIdOf(session: Buffer | undefined): string {
  if (session === undefined) return "";
  const [, , , id] = firstElements(session, 4);
  return id?.tag === OCTET_STRING ? id.content.toString("hex") : "";
}

/** 0x0303 for TLS 1.2; 0 for what cannot be read. */
export function sessionProtocol(session: Buffer): number {
  const [, protocol] = firstElements(session, 2);
  return protocol?.tag === INTEGER && protocol.content.length === 2 ? protocol.content.readUInt16BE(0) : 0;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

function firstElements(session: Buffer, count: number): readonly Element[] {
  const whole = readElement(session, 0);
  if (whole?.tag !== SEQUENCE) return [];
  const elements: Element[] = [];
  for (let at = 0; elements.length < count; ) {
    const element = readElement(whole.content, at);
    if (element === undefined) break;
    elements.push(element);
    at = element.end;
  }
  return elements;
}

function readElement(bytes: Buffer, at: number): (Element & { readonly end: number }) | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + lengthBytes;
  if (lengthBytes > 4 || start > bytes.length) return undefined;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
  const end = start + length;
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(start, end), end };
}
