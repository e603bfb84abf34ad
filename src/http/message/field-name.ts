/** What the parsers know of a field name, looked up once per spelling. Source: RFC 9110 section 5.1, nginx ngx_http_parse_header_line. */

import { detachText } from "./detach-text.ts";

/** How a request may use a name: nginx's alphabet, that alphabet plus underscores, any other printable byte, or not a name at all. */
export const nameForm = { plain: 0, underscored: 1, irregular: 2, refused: 3 } as const;

/** The fields that a request head acts on while it is read; `single` are those that nginx refuses to see twice. */
export const fieldRole = {
  none: 0,
  host: 1,
  connection: 2,
  contentLength: 3,
  transferEncoding: 4,
  expect: 5,
  upgrade: 6,
  single: 7,
} as const;

/** A spelling of a field name: the lower-case name, its form and its role in a request. */
export class FieldName {
  readonly raw: string;
  readonly lower: string;
  readonly form: number;
  readonly role: number;
  /** The last value of this field that held no control character: clients repeat themselves, and comparing is cheaper than searching. */
  soundValue: string;

  constructor(raw: string) {
    const form = formOf(raw);
    // only ASCII letters have a case here: toLowerCase() would change bytes above 0x7f
    const lower = form === nameForm.irregular ? raw.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : raw.toLowerCase();
    this.raw = raw;
    this.lower = lower;
    this.form = form;
    this.role = roles.get(lower) ?? fieldRole.none;
    this.soundValue = "";
  }
}

/** Printable bytes and tabs; nginx refuses NUL and CR only, we refuse every control character. */
const VALUE_CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
/** Only short values out of short texts are remembered for comparison: a slice keeps its whole text alive. */
const SOUND_VALUE_LENGTH_MAX = 256;
const SOUND_TEXT_LENGTH_MAX = 4096;

/** Places for spellings, a power of two. A new spelling takes the place of the one before it, so that hostile names cannot fill memory. */
const PLACES = 1024;
/** A longer name is looked at anew each time. */
const KEPT_NAME_LENGTH_MAX = 64;

const roles = new Map<string, number>([
  ["host", fieldRole.host],
  ["connection", fieldRole.connection],
  ["content-length", fieldRole.contentLength],
  ["transfer-encoding", fieldRole.transferEncoding],
  ["expect", fieldRole.expect],
  ["upgrade", fieldRole.upgrade],
  ["if-modified-since", fieldRole.single],
  ["if-unmodified-since", fieldRole.single],
  ["if-match", fieldRole.single],
  ["if-none-match", fieldRole.single],
  ["if-range", fieldRole.single],
  ["content-range", fieldRole.single],
  ["authorization", fieldRole.single],
]);

const spellings: FieldName[] = Array.from({ length: PLACES }, () => new FieldName("x"));

/**
 * The name at `text[from, to)`, latin1 as sent. A usual spelling is one object for ever: found by length and three of its bytes, then compared,
 * which takes half the time of a Map (that would hash the whole name).
 */
export function fieldNameAt(text: string, from: number, to: number): FieldName {
  const length = to - from;
  // factors under which none of the usual names in either case shares its place with another
  const bytes = text.charCodeAt(from) + text.charCodeAt(to - 2) * 33 + text.charCodeAt(from + (length >> 1)) * 93;
  const place = (bytes + length * 29) & (PLACES - 1);
  const raw = text.slice(from, to);
  const known = spellings[place];
  if (known !== undefined && known.raw === raw) return known;
  if (length > KEPT_NAME_LENGTH_MAX) return new FieldName(raw);
  const name = new FieldName(detachText(raw));
  if (name.form !== nameForm.refused) spellings[place] = name;
  return name;
}

/** Whether a value that was cut out of a text of `textLength` holds no control character but tabs. */
export function isSoundValue(name: FieldName, value: string, textLength: number): boolean {
  if (value === name.soundValue) return true;
  if (VALUE_CONTROL.test(value)) return false;
  if (value.length <= SOUND_VALUE_LENGTH_MAX && textLength <= SOUND_TEXT_LENGTH_MAX) name.soundValue = value;
  return true;
}

/** Where the first control character of a line is, tabs apart; -1 without one. */
export function controlAt(line: string): number {
  return line.search(VALUE_CONTROL);
}

function formOf(raw: string): number {
  if (/^[A-Za-z0-9-]+$/.test(raw)) return nameForm.plain;
  if (/^[A-Za-z0-9_-]+$/.test(raw)) return nameForm.underscored;
  return /^[^\x00-\x20\x7f:]+$/.test(raw) ? nameForm.irregular : nameForm.refused;
}
