/** The text of one command, `name key="value" … -->`, as it stands behind `<!--#` (nginx: ngx_http_ssi_parse). */

/** nginx: NGX_HTTP_SSI_COMMAND_LEN, NGX_HTTP_SSI_PARAM_LEN, NGX_HTTP_SSI_MAX_PARAMS. */
const NAME_LENGTH_MAX = 32;
export const PARAMS_MAX = 16;

export interface SsiParam {
  readonly key: string;
  /** As written, with its backslashes. */
  readonly value: string;
}

export interface SsiCommand {
  readonly kind: "command";
  readonly name: string;
  readonly params: readonly SsiParam[];
  /** Offset of what follows the command. */
  readonly end: number;
}

/** `mistake`: the command is void up to the next "-->" behind `end`; `more`: the text ends before the command does. */
export type CommandReading =
  | SsiCommand
  | { readonly kind: "mistake"; readonly message: string; readonly end: number }
  | { readonly kind: "more" };

const MORE = { kind: "more" } as const;

/** Reads from `start`, the offset behind `<!--#`. */
export function readCommand(text: string, start: number, valueLengthMax: number): CommandReading {
  const nameAt = skipSpace(text, start);
  const nameEnd = findIn(text, /[ \r\n\t-]/g, nameAt + 1);
  if (nameEnd - nameAt > NAME_LENGTH_MAX)
    return mistake(`the "${text.slice(nameAt, nameAt + NAME_LENGTH_MAX + 1)}..." SSI command is too long`, nameAt);
  if (nameEnd >= text.length) return MORE;
  const name = text.slice(nameAt, nameEnd);
  const params: SsiParam[] = [];
  for (let at = nameEnd; ; ) {
    at = skipSpace(text, at);
    if (at === text.length) return MORE;
    if (text[at] === "-") return readEnd(text, at, name, params);
    const reading = readParam(text, at, name, valueLengthMax);
    if (!("value" in reading)) return reading;
    // One too many is kept, so that it can be told of.
    if (params.length <= PARAMS_MAX) params.push(reading);
    at = reading.end;
    const next = text[at];
    if (next !== undefined && !/[ \r\n\t-]/.test(next)) {
      return mistake(
        `unexpected "${next}" symbol after "${reading.value}" value of "${reading.key}" parameter in "${name}" SSI command`,
        at,
      );
    }
  }
}

function readEnd(text: string, at: number, name: string, params: readonly SsiParam[]): CommandReading {
  for (const [offset, expected] of ["-", "-", ">"].entries()) {
    const found = text[at + offset];
    if (found === undefined) return MORE;
    if (found !== expected) return mistake(`unexpected "${found}" symbol in "${name}" SSI command`, at + offset);
  }
  return { kind: "command", name, params, end: at + 3 };
}

type ParamReading = (SsiParam & { readonly end: number }) | Exclude<CommandReading, SsiCommand>;

function readParam(text: string, start: number, command: string, valueLengthMax: number): ParamReading {
  const keyEnd = findIn(text, /[ \r\n\t=-]/g, start + 1);
  const key = text.slice(start, Math.min(keyEnd, start + NAME_LENGTH_MAX + 1));
  if (key.length > NAME_LENGTH_MAX) return mistake(`too long "${key}..." parameter in "${command}" SSI command`, keyEnd);
  if (keyEnd >= text.length) return MORE;
  if (text[keyEnd] === "-") return mistake(`invalid "${key}-" parameter in "${command}" SSI command`, keyEnd);
  const equalsAt = skipSpace(text, keyEnd);
  const equals = text[equalsAt];
  if (equals === undefined) return MORE;
  if (equals !== "=") return mistake(`unexpected "${equals}" symbol after "${key}" parameter in "${command}" SSI command`, equalsAt);
  const quoteAt = skipSpace(text, equalsAt + 1);
  const quote = text[quoteAt];
  if (quote === undefined) return MORE;
  if (quote !== '"' && quote !== "'") {
    return mistake(`unexpected "${quote}" symbol before value of "${key}" parameter in "${command}" SSI command`, quoteAt);
  }
  const valueEnd = endOfValue(text, quoteAt + 1, quote);
  const value = text.slice(quoteAt + 1, Math.min(valueEnd, quoteAt + 2 + valueLengthMax));
  if (value.length > valueLengthMax)
    return mistake(`too long "${value}..." value of "${key}" parameter in "${command}" SSI command`, quoteAt + 1 + valueLengthMax);
  return valueEnd === text.length ? MORE : { key, value, end: valueEnd + 1 };
}

/** Offset of the closing quote; the text's length where it is not there yet. */
function endOfValue(text: string, start: number, quote: string): number {
  const stop = quote === '"' ? /["\\]/g : /['\\]/g;
  for (let at = start; ; ) {
    at = findIn(text, stop, at);
    if (text[at] !== "\\") return at;
    at += 2;
    if (at > text.length) return text.length;
  }
}

function skipSpace(text: string, at: number): number {
  return findIn(text, /[^ \r\n\t]/g, at);
}

/** The offset of the first match from `at` on, or the text's length. */
function findIn(text: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.index ?? text.length;
}

function mistake(message: string, end: number): CommandReading & { readonly kind: "mistake" } {
  return { kind: "mistake", message, end };
}
