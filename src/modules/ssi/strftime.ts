/** A moment written as a format says (POSIX strftime, C locale): for `config timefmt`. */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;
const DAY_MS = 86_400_000;

/** `zone`: the process's own, or Greenwich. An unknown conversion stays as it is written. */
export function strftime(format: string, date: Date, zone: "local" | "gmt"): string {
  const offsetMinutes = zone === "gmt" ? 0 : -date.getTimezoneOffset();
  const facts: Facts = {
    date: new Date(date.getTime() + offsetMinutes * 60_000),
    seconds: Math.floor(date.getTime() / 1000),
    offsetMinutes,
    zoneName: zone === "gmt" ? "GMT" : zoneNameOf(date),
  };
  return render(format, facts);
}

interface Facts {
  /** Its UTC parts are those of the zone. */
  readonly date: Date;
  readonly seconds: number;
  readonly offsetMinutes: number;
  readonly zoneName: string;
}

function render(format: string, facts: Facts): string {
  return format.replace(/%([\s\S])/g, (written, conversion: string) => CONVERSIONS.get(conversion)?.(facts) ?? written);
}

const pad = (value: number, width = 2, filler = "0"): string => String(value).padStart(width, filler);
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;
const dayOfYear = (date: Date): number => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS);
/** Weeks of the year that began on this weekday. */
const weekOf = (date: Date, weekday: number): number => Math.floor((dayOfYear(date) + 7 - ((date.getUTCDay() - weekday + 7) % 7)) / 7);
const dayName = (date: Date): string => DAYS[date.getUTCDay()] ?? "";
const monthName = (date: Date): string => MONTHS[date.getUTCMonth()] ?? "";

const CONVERSIONS: ReadonlyMap<string, (facts: Facts) => string> = new Map<string, (facts: Facts) => string>([
  ["a", ({ date }) => dayName(date).slice(0, 3)],
  ["A", ({ date }) => dayName(date)],
  ["b", ({ date }) => monthName(date).slice(0, 3)],
  ["B", ({ date }) => monthName(date)],
  ["c", (facts) => render("%a %b %e %H:%M:%S %Y", facts)],
  ["C", ({ date }) => pad(Math.floor(date.getUTCFullYear() / 100))],
  ["d", ({ date }) => pad(date.getUTCDate())],
  ["D", (facts) => render("%m/%d/%y", facts)],
  ["e", ({ date }) => pad(date.getUTCDate(), 2, " ")],
  ["F", (facts) => render("%Y-%m-%d", facts)],
  ["h", ({ date }) => monthName(date).slice(0, 3)],
  ["H", ({ date }) => pad(date.getUTCHours())],
  ["I", ({ date }) => pad(hour12(date))],
  ["j", ({ date }) => pad(dayOfYear(date) + 1, 3)],
  ["k", ({ date }) => pad(date.getUTCHours(), 2, " ")],
  ["l", ({ date }) => pad(hour12(date), 2, " ")],
  ["m", ({ date }) => pad(date.getUTCMonth() + 1)],
  ["M", ({ date }) => pad(date.getUTCMinutes())],
  ["n", () => "\n"],
  ["p", ({ date }) => (date.getUTCHours() < 12 ? "AM" : "PM")],
  ["r", (facts) => render("%I:%M:%S %p", facts)],
  ["R", (facts) => render("%H:%M", facts)],
  ["s", ({ seconds }) => String(seconds)],
  ["S", ({ date }) => pad(date.getUTCSeconds())],
  ["t", () => "\t"],
  ["T", (facts) => render("%H:%M:%S", facts)],
  ["u", ({ date }) => String(date.getUTCDay() || 7)],
  ["U", ({ date }) => pad(weekOf(date, 0))],
  ["w", ({ date }) => String(date.getUTCDay())],
  ["W", ({ date }) => pad(weekOf(date, 1))],
  ["x", (facts) => render("%m/%d/%y", facts)],
  ["X", (facts) => render("%H:%M:%S", facts)],
  ["y", ({ date }) => pad(date.getUTCFullYear() % 100)],
  ["Y", ({ date }) => String(date.getUTCFullYear())],
  ["z", ({ offsetMinutes }) => zoneOffset(offsetMinutes)],
  ["Z", ({ zoneName }) => zoneName],
  ["%", () => "%"],
]);

function zoneOffset(minutes: number): string {
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(distance / 60))}${pad(distance % 60)}`;
}

function zoneNameOf(date: Date): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}
