/** Waits for a condition of another process: looked at every few milliseconds, with a deadline that names what was awaited. */

const LOOK_EVERY_MS = 5;

/**
 * Resolves with the first value of `look` that is not undefined.
 * Throws when `deadlineMs` passes; the message holds `what`.
 */
export async function waitUntil<T>(what: string, look: () => T | undefined | Promise<T | undefined>, deadlineMs = 10_000): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`Gave up waiting for ${what} after ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
