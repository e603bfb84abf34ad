import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { TICKET_KEY } from "../../../src/http/connection/tls/ticket-key.ts";
import { adoptTicketKey, readCarriedTicketKey } from "../../../src/process/carried-ticket-key.ts";
import { createServices } from "../../../src/process/services.ts";

test("the ticket key of a master is that of its workers", () => {
  const key = randomBytes(48);
  const master = createServices();
  master.shared(TICKET_KEY, () => key);
  const worker = createServices();
  adoptTicketKey(readCarriedTicketKey(master), worker);
  expect(worker.shared(TICKET_KEY, () => randomBytes(48))).toEqual(key);
});

test("a configuration without TLS carries no ticket key", () => {
  expect(readCarriedTicketKey(createServices())).toBeUndefined();
  const worker = createServices();
  adoptTicketKey(undefined, worker);
  expect([...worker.sharedEntries()]).toEqual([]);
});
