import { expect, test } from "vitest";
import { ResetBudget } from "../../../../../src/http/connection/http2/reset-budget.ts";

test("a budget bears two hundred resets at once and no more", () => {
  const budget = new ResetBudget(0);
  for (let i = 0; i < 200; i++) expect(budget.spend(0)).toBe(true);
  expect(budget.spend(0)).toBe(false);
});

test("a budget that was spent grows by thirty-three a second", () => {
  const budget = new ResetBudget(0);
  for (let i = 0; i < 200; i++) budget.spend(0);
  for (let i = 0; i < 33; i++) expect(budget.spend(1000)).toBe(true);
  expect(budget.spend(1000)).toBe(false);
});

test("a budget never holds more than its burst", () => {
  const budget = new ResetBudget(0);
  for (let i = 0; i < 200; i++) expect(budget.spend(3_600_000)).toBe(true);
  expect(budget.spend(3_600_000)).toBe(false);
});
