/** The present moment as logs print it, made once a second (nginx: ngx_time_update). */

export interface LogTime {
  /** `$time_local`: 22/Nov/2026:16:20:11 +0000 */
  readonly local: string;
  /** `$time_iso8601`: 2026-11-22T16:20:11+00:00 */
  readonly iso8601: string;
  /** The error log's: 2026/11/22 16:20:11 */
  readonly errorLog: string;
  /** syslog's (RFC 3164 section 4.1.2): Nov 22 16:20:11, the day padded with a blank. */
  readonly syslog: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

// A cache of the clock, no state of anyone's: every caller would make the same value.
let cachedSecond = Number.NaN;
let cached: LogTime = { local: "", iso8601: "", errorLog: "", syslog: "" };

/** The time of the system's clock in the process's time zone. */
export function currentLogTime(): LogTime {
  const second = Math.floor(Date.now() / 1000);
  if (second !== cachedSecond) {
    cachedSecond = second;
    cached = renderLogTime(second, -new Date(second * 1000).getTimezoneOffset());
  }
  return cached;
}

/** All forms of a second since the epoch, `offsetMinutes` east of Greenwich. */
export function renderLogTime(second: number, offsetMinutes: number): LogTime {
  const shifted = new Date((second + offsetMinutes * 60) * 1000);
  const year = String(shifted.getUTCFullYear());
  const month = twoDigits(shifted.getUTCMonth() + 1);
  const day = twoDigits(shifted.getUTCDate());
  const clock = `${twoDigits(shifted.getUTCHours())}:${twoDigits(shifted.getUTCMinutes())}:${twoDigits(shifted.getUTCSeconds())}`;
  const sign = offsetMinutes < 0 ? "-" : "+";
  const offset = Math.abs(offsetMinutes);
  const hours = twoDigits(Math.floor(offset / 60));
  const minutes = twoDigits(offset % 60);
  return {
    local: `${day}/${MONTHS[shifted.getUTCMonth()]}/${year}:${clock} ${sign}${hours}${minutes}`,
    iso8601: `${year}-${month}-${day}T${clock}${sign}${hours}:${minutes}`,
    errorLog: `${year}/${month}/${day} ${clock}`,
    syslog: `${MONTHS[shifted.getUTCMonth()]} ${day.replace(/^0/, " ")} ${clock}`,
  };
}

/** Milliseconds as seconds with three decimals, as `$request_time` prints them: 1034 → "1.034". Negative ones count as 0. */
export function renderSeconds(ms: number): string {
  const whole = ms > 0 ? Math.floor(ms) : 0;
  const fraction = whole % 1000;
  const padding = fraction < 10 ? "00" : fraction < 100 ? "0" : "";
  return `${(whole - fraction) / 1000}.${padding}${fraction}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
