/** Client identifiers as nginx and mod_uid make and write them: four words of 32 bits (nginx: ngx_http_userid_create_uid). */

/** The words in the order they stand in, as nginx's logs show them: little-endian readings of the sixteen bytes. */
export type ClientId = Buffer;

const ID_BYTES = 16;

/** Characters of an identifier's base64 without its "==", behind which a mark may stand. */
export const ID_CHARS = 22;

/** nginx: the lowest byte is the version. */
const FIRST_SEQUENCE_V2 = 0x03030302;
const SEQUENCE_STEP = 0x100;

/** What a process counts its identifiers with. */
export interface IdSequence {
  readonly start: number;
  nextV1: number;
  nextV2: number;
}

/** The time and the process tell two sequences apart. */
export function createIdSequence(microseconds: number, pid: number): IdSequence {
  return { start: ((Math.floor(microseconds / 20) << 16) | pid) >>> 0, nextV1: 1, nextV2: FIRST_SEQUENCE_V2 };
}

export type IdVersion = "v1" | "on";

/** `service`: `userid_service`'s number, or the four bytes of the server's address. */
export function createId(version: IdVersion, service: number | Buffer, seconds: number, sequence: IdSequence): ClientId {
  const id = Buffer.alloc(ID_BYTES);
  if (version === "v1") {
    id.writeUInt32LE(typeof service === "number" ? service >>> 0 : 0, 0);
    id.writeUInt32LE(seconds, 4);
    id.writeUInt32LE(sequence.start, 8);
    id.writeUInt32LE(sequence.nextV1, 12);
    sequence.nextV1 = (sequence.nextV1 + SEQUENCE_STEP) >>> 0;
    return id;
  }
  if (typeof service === "number") id.writeUInt32BE(service >>> 0, 0);
  else service.copy(id, 0, 0, 4);
  id.writeUInt32BE(seconds, 4);
  id.writeUInt32BE(sequence.start, 8);
  id.writeUInt32BE(sequence.nextV2, 12);
  sequence.nextV2 = (sequence.nextV2 + SEQUENCE_STEP) >>> 0;
  if (sequence.nextV2 < FIRST_SEQUENCE_V2) sequence.nextV2 = FIRST_SEQUENCE_V2;
  return id;
}

/** The identifier in a cookie's value of at least `ID_CHARS` characters, whatever follows them; undefined when they are no base64. */
export function decodeId(cookie: string): ClientId | undefined {
  const text = cookie.slice(0, ID_CHARS);
  return /^[A-Za-z0-9+/]{22}$/.test(text) ? Buffer.from(text, "base64") : undefined;
}

export function encodeId(id: ClientId): string {
  return id.toString("base64");
}

/** As logs and variables show it: `uid=0100007F…`. */
export function renderId(name: string, id: ClientId): string {
  const words = [0, 4, 8, 12].map((at) => id.readUInt32LE(at).toString(16).toUpperCase().padStart(8, "0"));
  return `${name}=${words.join("")}`;
}

/** nginx: an identifier without a sequence number is none. */
export function isId(id: ClientId): boolean {
  return id.readUInt32LE(12) !== 0;
}
