/** Dates of fields: written in the one form that may be sent, read in the three that may arrive. Source: RFC 9110 section 5.6.7, nginx ngx_parse_http_time. */

/** Memory of written dates, a power of two: "now" and the usual modification times are asked for again and again. */
const PLACES = 64;
const writtenSeconds = new Float64Array(PLACES).fill(Number.NaN);
const writtenDates: string[] = new Array<string>(PLACES).fill("");

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TIME = "([0-9]{2}):([0-9]{2}):([0-9]{2})";
const IMF_FIXDATE = new RegExp(`^[^, ]*, *([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ${TIME}`);
const RFC850 = new RegExp(`^[^, ]*, *([0-9]{2})-([A-Z][a-z]{2})-([0-9]{2}) ${TIME}`);
const ASCTIME = new RegExp(`^[^, ]* +([A-Z][a-z]{2})  ?([0-9]{1,2}) ${TIME} ([0-9]{4})`);
/** Seconds of 400 Gregorian years: Date.UTC takes a year below 100 for one of the 20th century, so years are moved up and back. */
const SECONDS_OF_400_YEARS = 12_622_780_800;

/** `Sun, 06 Nov 1994 08:49:37 GMT` for whole seconds since the epoch. */
export function formatHttpDate(seconds: number): string {
  const place = seconds & (PLACES - 1);
  if (writtenSeconds[place] === seconds) return writtenDates[place] ?? "";
  const date = new Date(seconds * 1000).toUTCString();
  writtenSeconds[place] = seconds;
  writtenDates[place] = date;
  return date;
}

/** Seconds since the epoch; undefined for anything but the three forms with a day that exists. Weekday and zone are not looked at, as in nginx. */
export function parseHttpDate(value: string): number | undefined {
  const fixed = IMF_FIXDATE.exec(value);
  if (fixed !== null) return secondsOf(Number(fixed[3]), fixed[2], fixed[1], fixed[4], fixed[5], fixed[6]);
  const old = RFC850.exec(value);
  if (old !== null) return secondsOf(centuryOf(Number(old[3])), old[2], old[1], old[4], old[5], old[6]);
  const asc = ASCTIME.exec(value);
  if (asc !== null) return secondsOf(Number(asc[6]), asc[1], asc[2], asc[3], asc[4], asc[5]);
  return undefined;
}

/** nginx: two digits below 70 are of this century. */
function centuryOf(year: number): number {
  return year < 70 ? 2000 + year : 1900 + year;
}

function secondsOf(
  year: number,
  monthName: string | undefined,
  dayText: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
): number | undefined {
  const month = MONTHS.indexOf(monthName ?? "");
  const day = Number(dayText);
  if (month === -1 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const date = new Date(Date.UTC(year + 400, month, day, Number(hour), Number(minute), Number(second)));
  // a day that does not exist has rolled over into another month
  if (day === 0 || date.getUTCMonth() !== month) return undefined;
  return date.getTime() / 1000 - SECONDS_OF_400_YEARS;
}
