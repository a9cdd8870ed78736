#!/usr/bin/env node
import { run } from './run';
import { interruption, terminal } from './terminal';

// Whoever reads may stop early, as head does; what was asked for is done all the same.
process.stdout.on('error', () => undefined);

run(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
  now: () => new Date(),
  terminal: terminal(),
  interruption,
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  },
);
