#!/usr/bin/env node
/** The program: runs what the command line asks for and exits with its code. */

import { run } from "./cli/run.ts";

process.exit(await run(process.argv.slice(2)));
