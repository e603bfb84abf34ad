/** What OpenSSL's serialized form of a session tells (SSL_SESSION_ASN1: version, protocol, cipher, id, …, and what may be there by its tag). */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
/** The group that keys were exchanged in (kex_group, [19]); OpenSSL 3.0 and later. It is that of this handshake, also in a session taken up again. */
const KEY_EXCHANGE_GROUP = 0xb3;

/** Hexadecimal; "" without a session. */
export function sessionIdOf(session: Buffer | undefined): string {
  if (session === undefined) return "";
  const [, , , id] = elementsOf(session);
  return id?.tag === OCTET_STRING ? id.content.toString("hex") : "";
}

/** 0x0303 for TLS 1.2; 0 for what cannot be read. */
export function sessionProtocol(session: Buffer): number {
  const [, protocol] = elementsOf(session);
  return protocol?.tag === INTEGER && protocol.content.length === 2 ? protocol.content.readUInt16BE(0) : 0;
}

/** IANA's number of the group, as 29 for X25519; 0 where keys were exchanged without one. */
export function sessionGroup(session: Buffer | undefined): number {
  if (session === undefined) return 0;
  const explicit = elementsOf(session).find(({ tag }) => tag === KEY_EXCHANGE_GROUP);
  const group = explicit === undefined ? undefined : readElement(explicit.content, 0);
  if (group?.tag !== INTEGER || group.content.length === 0 || group.content.length > 4) return 0;
  return group.content.readIntBE(0, group.content.length);
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** Those that are whole, in their order; none of what is no session. */
function elementsOf(session: Buffer): readonly Element[] {
  const whole = readElement(session, 0);
  if (whole?.tag !== SEQUENCE) return [];
  const elements: Element[] = [];
  for (let at = 0; ; ) {
    const element = readElement(whole.content, at);
    if (element === undefined) return elements;
    elements.push(element);
    at = element.end;
  }
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
