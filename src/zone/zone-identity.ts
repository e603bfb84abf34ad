/** What a zone is known by: the same over reloads, in workers and in their master (nginx: ngx_shm_zone_t). */

export type ZoneUse = "limit_req" | "limit_conn";

export interface ZoneIdentity {
  /** The directive family that counts in it. */
  readonly use: ZoneUse;
  readonly name: string;
  readonly sizeBytes: number;
  /** What is counted by, as written: "$binary_remote_addr". */
  readonly key: string;
}

/** nginx: a zone of another size is another zone, and begins empty. */
export function zoneId({ use, name, sizeBytes }: ZoneIdentity): string {
  return `${use} ${sizeBytes} ${name}`;
}
