/** nginx's command line (nginx.org, Command-line parameters): flags may stand together, a value behind its flag or as the next word. */

export const SIGNAL_WORDS = ["stop", "quit", "reopen", "reload"] as const;

export type SignalWord = (typeof SIGNAL_WORDS)[number];

/** Paths and directives are latin1, as everything of a configuration. */
export interface ConfigOptions {
  /** -c */
  readonly conf: string | undefined;
  /** -p */
  readonly prefix: string | undefined;
  /** -g */
  readonly directives: string | undefined;
  /** -e */
  readonly errorLog: string | undefined;
}

export interface Options extends ConfigOptions {
  /** -?, -h */
  readonly help: boolean;
  /** -v, -V */
  readonly version: "none" | "short" | "long";
  /** -t, -T */
  readonly test: "none" | "check" | "dump";
  /** -q */
  readonly quiet: boolean;
  /** -s */
  readonly signal: SignalWord | undefined;
}

/** Why the command line makes no sense, in nginx's words. */
export interface OptionError {
  readonly error: string;
}

/** What is missing when a flag's value is. */
const VALUE_NAMES = { p: "directory name", e: "file name", c: "file name", g: "parameter", s: "parameter" } as const;

type ValueFlag = keyof typeof VALUE_NAMES;

interface Reading {
  readonly flags: Set<string>;
  readonly values: Map<ValueFlag, string>;
}

/** `args` are the words behind the program's name. */
export function parseOptions(args: readonly string[]): Options | OptionError {
  const reading: Reading = { flags: new Set(), values: new Map() };
  for (let at = 0; at < args.length; ) {
    const outcome = readWord(args, at, reading);
    if (typeof outcome !== "number") return outcome;
    at = outcome;
  }
  const { flags, values } = reading;
  const signal = values.get("s");
  const signalWord = SIGNAL_WORDS.find((word) => word === signal);
  if (signal !== undefined && signalWord === undefined) return { error: `invalid option: "-s ${signal}"` };
  return {
    help: flags.has("?") || flags.has("h"),
    version: flags.has("V") ? "long" : flags.has("v") ? "short" : "none",
    test: flags.has("T") ? "dump" : flags.has("t") ? "check" : "none",
    quiet: flags.has("q"),
    signal: signalWord,
    conf: values.get("c"),
    prefix: values.get("p"),
    directives: values.get("g"),
    errorLog: values.get("e"),
  };
}

/** Reads one word of flags, with the word behind it where that is a value. Returns where the next one is. */
function readWord(args: readonly string[], at: number, reading: Reading): number | OptionError {
  const word = args[at] ?? "";
  if (word === "--help" || word === "--version") {
    reading.flags.add(word === "--help" ? "h" : "v");
    return at + 1;
  }
  if (!word.startsWith("-")) return { error: `invalid option: "${word}"` };
  for (let index = 1; index < word.length; index++) {
    const flag = word.charAt(index);
    if (!isValueFlag(flag)) {
      if (!"?hvVtTq".includes(flag)) return { error: `invalid option: "${flag}"` };
      reading.flags.add(flag);
      continue;
    }
    const isNextWord = index === word.length - 1;
    const value = isNextWord ? args[at + 1] : word.slice(index + 1);
    if (value === undefined) return { error: `option "-${flag}" requires ${VALUE_NAMES[flag]}` };
    reading.values.set(flag, asBytes(value));
    return isNextWord ? at + 2 : at + 1;
  }
  return at + 1;
}

function isValueFlag(flag: string): flag is ValueFlag {
  return flag in VALUE_NAMES;
}

/** Node.js gives words as UTF-16; a configuration's bytes are latin1. */
export function asBytes(word: string): string {
  return Buffer.from(word).toString("latin1");
}
