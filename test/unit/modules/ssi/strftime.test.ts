import { expect, it } from "vitest";
import { strftime } from "../../../../src/modules/ssi/strftime.ts";

const MOMENT = new Date(Date.UTC(2024, 1, 9, 13, 4, 5));

it.each([
  ["%A, %d-%b-%Y %H:%M:%S %Z", "Friday, 09-Feb-2024 13:04:05 GMT"],
  ["%a %B %e %I:%M %p %y", "Fri February  9 01:04 PM 24"],
  ["%F %T %D %R %r", "2024-02-09 13:04:05 02/09/24 13:04 01:04:05 PM"],
  ["%j %u %w %U %W %C", "040 5 5 05 06 20"],
  ["%c|%x|%X|%h|%k|%l", "Fri Feb  9 13:04:05 2024|02/09/24|13:04:05|Feb|13| 1"],
  ["%s %z %% %n%t%Q %", "1707483845 +0000 % \n\t%Q %"],
])("strftime() writes %j as date(1) does", (format, written) => {
  expect(strftime(format, MOMENT, "gmt")).toBe(written);
});

it("strftime() counts weeks from the first Sunday or Monday of a year", () => {
  expect(strftime("%U %W %j", new Date(Date.UTC(2023, 0, 1)), "gmt")).toBe("01 00 001");
  expect(strftime("%U %W %j", new Date(Date.UTC(2023, 11, 31)), "gmt")).toBe("53 52 365");
});
