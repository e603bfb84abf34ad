/**
 * What a client offers, read before OpenSSL reads it: the name asks for a virtual server, whose certificates, protocols and sessions the whole
 * handshake then has. Source: RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3.
 */

export interface ClientHello {
  /** SNI as sent, latin1; "" without one. */
  readonly serverName: string;
  /** Two bytes each. */
  readonly cipherSuites: Buffer;
  /** Named groups, two bytes each; empty without the extension. */
  readonly groups: Buffer;
  /** Signature schemes, two bytes each; empty without the extension. */
  readonly signatureSchemes: Buffer;
  readonly offersTls13: boolean;
  readonly wantsOcspResponse: boolean;
  /** What the session ticket that is shown first begins with: the name of the key that sealed it. Empty without a ticket. */
  readonly ticketKeyName: Buffer;
}

const RECORD_HEAD_BYTES = 5;
const MESSAGE_HEAD_BYTES = 4;
const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const RANDOM_BYTES = 32;
const TLS_1_3 = 0x0304;

/** Several times what clients send; what is longer goes to OpenSSL as it is, and is served by the address's default server. */
export const CLIENT_HELLO_BYTES_MAX = 16_384;

const EXTENSION = {
  serverName: 0,
  statusRequest: 5,
  groups: 10,
  signatureAlgorithms: 13,
  sessionTicket: 35,
  preSharedKey: 41,
  supportedVersions: 43,
} as const;
/** RFC 5077 section 4: how servers lay tickets out. */
const TICKET_KEY_NAME_BYTES = 16;
const NOTHING = Buffer.alloc(0);

/** Of a client that asks for nothing in particular. */
export const NO_HELLO: ClientHello = {
  serverName: "",
  cipherSuites: NOTHING,
  groups: NOTHING,
  signatureSchemes: NOTHING,
  offersTls13: false,
  wantsOcspResponse: false,
  ticketKeyName: NOTHING,
};

/** A number asks for that many bytes altogether, at least; undefined: not understood, which OpenSSL shall judge. Never throws. */
export function readClientHello(bytes: Buffer): ClientHello | number | undefined {
  const message = gatherMessage(bytes);
  if (message === undefined || typeof message === "number") return message;
  const reader = new Reader(message);
  reader.skip(2 + RANDOM_BYTES);
  reader.skip(reader.uint8());
  const cipherSuites = reader.take(reader.uint16());
  reader.skip(reader.uint8());
  const hello = { ...NO_HELLO, cipherSuites };
  if (reader.isWhole && !reader.isAtEnd) readExtensions(new Reader(reader.take(reader.uint16())), hello);
  return reader.isWhole ? hello : undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readExtensions(reader: Reader, hello: Mutable<ClientHello>): void {
  while (reader.isWhole && !reader.isAtEnd) {
    const type = reader.uint16();
    const body = new Reader(reader.take(reader.uint16()));
    if (type === EXTENSION.serverName) hello.serverName = readServerName(body);
    else if (type === EXTENSION.statusRequest) hello.wantsOcspResponse = body.uint8() === 1;
    else if (type === EXTENSION.groups) hello.groups = body.take(body.uint16());
    else if (type === EXTENSION.signatureAlgorithms) hello.signatureSchemes = body.take(body.uint16());
    else if (type === EXTENSION.sessionTicket) hello.ticketKeyName = body.rest(TICKET_KEY_NAME_BYTES);
    else if (type === EXTENSION.preSharedKey) hello.ticketKeyName = readFirstIdentity(body).subarray(0, TICKET_KEY_NAME_BYTES);
    else if (type === EXTENSION.supportedVersions) hello.offersTls13 = includes(body.take(body.uint8()), TLS_1_3);
  }
}

/** One name of the kind host_name is all that there may be. */
function readServerName(body: Reader): string {
  body.skip(2);
  const isHostName = body.uint8() === 0;
  const name = body.take(body.uint16());
  return isHostName && body.isWhole && body.isAtEnd ? name.toString("latin1") : "";
}

/** RFC 8446 section 4.2.11; it comes behind all other extensions, so that it stands where both are there. */
function readFirstIdentity(body: Reader): Buffer {
  body.skip(2);
  return body.take(body.uint16());
}

function includes(versions: Buffer, wanted: number): boolean {
  for (let at = 0; at + 1 < versions.length; at += 2) if (versions.readUInt16BE(at) === wanted) return true;
  return false;
}

/** The handshake message without its head; its records are joined when it needs several. */
function gatherMessage(bytes: Buffer): Buffer | number | undefined {
  const pieces: Buffer[] = [];
  let gathered = 0;
  for (let at = 0; ; ) {
    if (at < bytes.length && bytes[at] !== HANDSHAKE_RECORD) return undefined;
    if (at + RECORD_HEAD_BYTES > bytes.length) return at + RECORD_HEAD_BYTES;
    const end = at + RECORD_HEAD_BYTES + bytes.readUInt16BE(at + 3);
    if (end > bytes.length) return end > CLIENT_HELLO_BYTES_MAX ? undefined : end;
    const piece = bytes.subarray(at + RECORD_HEAD_BYTES, end);
    if (piece.length === 0) return undefined;
    pieces.push(piece);
    gathered += piece.length;
    const message = joinMessage(pieces, gathered);
    if (message !== "incomplete") return message;
    at = end;
  }
}

/** Undefined where they begin another message, or one too long. */
function joinMessage(pieces: readonly Buffer[], gathered: number): Buffer | "incomplete" | undefined {
  const [first] = pieces;
  if (first === undefined || gathered < MESSAGE_HEAD_BYTES) return "incomplete";
  const head = first.length >= MESSAGE_HEAD_BYTES ? first : Buffer.concat(pieces.slice(0, MESSAGE_HEAD_BYTES));
  const end = MESSAGE_HEAD_BYTES + head.readUIntBE(1, 3);
  if (head[0] !== CLIENT_HELLO || end > CLIENT_HELLO_BYTES_MAX) return undefined;
  if (gathered < end) return "incomplete";
  const joined = pieces.length === 1 ? first : Buffer.concat(pieces, gathered);
  return joined.subarray(MESSAGE_HEAD_BYTES, end);
}

/** Reads forward; past the end everything is zero and `isWhole` false. */
class Reader {
  isWhole = true;
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  uint8(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) this.isWhole = false;
    return value ?? 0;
  }

  uint16(): number {
    const high = this.uint8();
    return high * 256 + this.uint8();
  }

  skip(length: number): void {
    this.at += length;
    if (this.at > this.bytes.length) this.isWhole = false;
  }

  /** What is left, up to `bytesMax`. */
  rest(bytesMax: number): Buffer {
    return this.bytes.subarray(this.at, this.at + bytesMax);
  }

  take(length: number): Buffer {
    const start = this.at;
    this.skip(length);
    return this.bytes.subarray(start, this.at);
  }
}
