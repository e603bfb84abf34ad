import { describe, expect, test } from "vitest";
import { workerEnvironment } from "../../../src/process/worker-environment.ts";

const ENVIRONMENT = {
  TZ: "UTC",
  PATH: "/bin",
  HOME: "/root",
  SECRET: "x",
  NODE_OPTIONS: "--y",
  UV_THREADPOOL_SIZE: "8",
  SSL_CERT_FILE: "/c",
};

describe("workerEnvironment()", () => {
  test("keeps TZ and what the runtime reads, nothing else", () => {
    expect(workerEnvironment([], ENVIRONMENT)).toEqual({ TZ: "UTC", NODE_OPTIONS: "--y", UV_THREADPOOL_SIZE: "8", SSL_CERT_FILE: "/c" });
  });

  test("keeps what env names, sets what env gives a value, and leaves out what is not there", () => {
    const made = workerEnvironment(["PATH", "HOME=/", "EMPTY=", "A=b=c", "GONE"], ENVIRONMENT);
    expect(made).toMatchObject({ PATH: "/bin", HOME: "/", EMPTY: "", A: "b=c" });
    expect(made).not.toHaveProperty("GONE");
    expect(made).not.toHaveProperty("SECRET");
  });

  test("reads the configuration's bytes as UTF-8", () => {
    expect(workerEnvironment([Buffer.from("N=é").toString("latin1")], {})).toEqual({ N: "é" });
  });
});
