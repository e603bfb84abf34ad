/** The account that workers run as (nginx: the `user` directive): looked up by the master, taken on by each worker. */

import { spawnSync } from "node:child_process";
import { chownSync, readFileSync, statSync } from "node:fs";

/** Plain data: goes to workers as JSON. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** An account that does not exist, in nginx's words. */
export class SystemUserError extends Error {
  override readonly name = "SystemUserError";
}

/** nginx: the group is called as the user where the directive names none. Throws a SystemUserError. */
export function findSystemUser(name: string, group: string = name): SystemUser {
  const uid = findId("passwd", name);
  if (uid === undefined) throw new SystemUserError(`getpwnam("${name}") failed`);
  const gid = findId("group", group);
  if (gid === undefined) throw new SystemUserError(`getgrnam("${group}") failed`);
  return { name, uid, gid };
}

/** Gives up the super-user's rights for good, supplementary groups first. Throws when the system refuses, and then this process must not serve. */
export function becomeUser({ name, uid, gid }: SystemUser): void {
  if (uid === process.geteuid?.() && gid === process.getegid?.()) return;
  initializeGroups(name, gid);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** initgroups(3). The cast holds because Node.js has it where it has setuid(); its types have forgotten it. */
function initializeGroups(name: string, gid: number): void {
  (process as unknown as { readonly initgroups: (user: string, extraGroup: number) => void }).initgroups(name, gid);
}

/** Makes a file or directory the user's, unless it is already. Throws the system's error. */
export function giveToUser(path: string, { uid }: SystemUser): void {
  const target = Buffer.from(path, "latin1");
  const stats = statSync(target);
  if (stats.uid !== uid) chownSync(target, uid, stats.gid);
}

/** By the local file, or by whatever else the system keeps accounts in (nsswitch.conf(5)). */
function findId(database: "passwd" | "group", name: string): number | undefined {
  return idOf(readFileSync(`/etc/${database}`, "latin1"), name) ?? idOf(askNameService(database, name), name);
}

function idOf(table: string, name: string): number | undefined {
  const row = table.split("\n").find((line) => line.startsWith(`${name}:`));
  const id = row?.split(":")[2];
  return id === undefined || id === "" ? undefined : Number(id);
}

/** A system without getent(1) has no accounts but those of its files. */
function askNameService(database: string, name: string): string {
  const { stdout } = spawnSync("getent", [database, "--", name], { encoding: "latin1", timeout: 5000 });
  return stdout ?? "";
}
