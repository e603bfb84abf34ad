/** RFC 9113 section 5: states of streams, their numbers, their priorities. */

import { FLAG, FRAME_TYPE, fieldBlock, frame, get, headers, reset, u32, windowUpdate } from "../../harness/http2-frames.ts";
import { continuation, data, openRequest, type SectionRow } from "./section-row.ts";

const GET = get("/text");
const HELD = get("/slow");
const MORE = fieldBlock([["x-a", "1"]]);
/** The stream depends on stream 1. */
const ON_FIRST = Buffer.concat([u32(1), Buffer.of(15)]);

export const streamRows: readonly SectionRow[] = [
  { section: "5.1", name: "DATA for an idle stream", frames: [data(1, "x")], ends: "connection PROTOCOL_ERROR", nginx: "200" },
  { section: "5.1", name: "RST_STREAM for an idle stream", frames: [reset(1)], ends: "connection PROTOCOL_ERROR", nginx: "200" },
  {
    section: "5.1",
    name: "WINDOW_UPDATE for an idle stream",
    frames: [windowUpdate(1, 100)],
    ends: "connection PROTOCOL_ERROR",
    nginx: "200",
  },
  { section: "5.1", name: "CONTINUATION for an idle stream", frames: [continuation(1, MORE)], ends: "connection PROTOCOL_ERROR" },
  {
    section: "5.1",
    name: "DATA behind the end of a request",
    frames: [headers(1, HELD), data(1, "x")],
    watch: 1,
    ends: "connection STREAM_CLOSED",
    nginx: "stream STREAM_CLOSED",
  },
  {
    section: "5.1",
    name: "HEADERS behind the end of a request",
    frames: [headers(1, HELD), headers(1, GET)],
    watch: 1,
    ends: "connection STREAM_CLOSED",
    nginx: "connection PROTOCOL_ERROR",
  },
  {
    section: "5.1",
    name: "CONTINUATION behind the end of a request",
    frames: [headers(1, HELD), continuation(1, MORE)],
    watch: 1,
    ends: "connection PROTOCOL_ERROR",
  },
  {
    section: "5.1",
    name: "DATA behind RST_STREAM, perhaps sent before it was known",
    frames: [openRequest(1), reset(1), data(1, "x")],
    ends: "200",
  },
  {
    section: "5.1",
    name: "HEADERS behind RST_STREAM",
    frames: [headers(1, HELD), reset(1), headers(1, GET)],
    ends: "200",
    rfc: "connection STREAM_CLOSED",
    nginx: "connection PROTOCOL_ERROR",
  },
  {
    section: "5.1",
    name: "CONTINUATION behind RST_STREAM",
    frames: [headers(1, HELD), reset(1), continuation(1, MORE)],
    ends: "connection PROTOCOL_ERROR",
  },
  {
    section: "5.1",
    name: "WINDOW_UPDATE and RST_STREAM behind RST_STREAM",
    frames: [headers(1, HELD), reset(1), windowUpdate(1, 1), reset(1)],
    ends: "200",
  },
  { section: "5.1.1", name: "a stream with an even number", frames: [headers(2, GET)], ends: "connection PROTOCOL_ERROR" },
  {
    section: "5.1.1",
    name: "a stream with a lower number than the one before",
    frames: [headers(5, HELD), headers(3, GET)],
    ends: "200",
    rfc: "connection PROTOCOL_ERROR",
    nginx: "connection PROTOCOL_ERROR",
  },
  {
    section: "5.3.2",
    name: "a stream that depends on itself, by HEADERS",
    frames: [frame(FRAME_TYPE.headers, FLAG.endStream | FLAG.endHeaders | FLAG.priority, 1, Buffer.concat([ON_FIRST, fieldBlock(GET)]))],
    watch: 1,
    ends: "connection PROTOCOL_ERROR",
  },
  {
    section: "5.3.2",
    name: "a stream that depends on itself, by PRIORITY",
    frames: [frame(FRAME_TYPE.priority, 0, 1, ON_FIRST)],
    ends: "connection PROTOCOL_ERROR",
    newer: "200",
  },
];
