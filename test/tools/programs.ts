import { spawnSync } from 'node:child_process';

/** Runs a program, also one of the administrator's. */
export function run(command: string, args: string[]) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  return { status, output: `${stdout}${stderr}`, absent: error !== undefined };
}

/**
 * A test that needs programs. One that is absent is said to be absent; with GROUNDWORK_REQUIRE_TOOLS=1
 * that is a failure.
 */
export function withTools(tools: string[], name: string, body: () => void | Promise<void>): void {
  const missing = tools.filter((tool) => run(tool, ['--version']).absent);
  if (missing.length > 0 && process.env.GROUNDWORK_REQUIRE_TOOLS !== '1') {
    process.stderr.write(`skipped, ${missing.join(', ')} not installed: ${name}\n`);
    test.skip(name, () => undefined);
    return;
  }
  test(name, async () => {
    if (missing.length > 0) {
      throw new Error(`${missing.join(', ')} required here and not found`);
    }
    await body();
  });
}
