/** Why a PCRE pattern cannot be translated, as a value for diagnostics and as the error that unwinds the parser. */

/** A pattern's mistake, or a construct without an equal in JavaScript; `start` and `end` are byte offsets in the pattern. */
export interface PatternRefusal {
  /** As nginx says it when PCRE refuses the pattern too; the pattern itself is not named. */
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hint: string | undefined;
}

/** Carries a refusal out of the parser; never leaves `translatePcre`. */
export class PatternError extends Error {
  readonly refusal: PatternRefusal;

  constructor(refusal: PatternRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Refuses what PCRE refuses too, in PCRE's words. */
export function invalid(message: string, start: number, end: number, hint?: string): never {
  throw new PatternError({ message: `pcre2_compile() failed: ${message}`, start, end, hint });
}

/** Refuses what PCRE accepts and JavaScript has no equal for. */
export function unsupported(construct: string, start: number, end: number, hint: string): never {
  throw new PatternError({ message: `${construct} is not supported`, start, end, hint });
}
