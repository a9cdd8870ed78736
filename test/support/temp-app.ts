import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, AppProps, Chart } from 'cdk8s';

const created: string[] = [];

afterEach(() => {
  for (const dir of created.splice(0)) {
    rmSync(dir, { recursive: true, force: true });
  }
});

/** A folder of its own, gone after the test; Testing.app() leaves its folder behind. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'groundwork-'));
  created.push(dir);
  return dir;
}

/** An App that writes into such a folder. */
export function tempApp(props: Omit<AppProps, 'outdir'> = {}): App {
  return new App({ outdir: tempDir(), ...props });
}

/** A Chart in such an App. */
export function tempChart(id = 'test'): Chart {
  return new Chart(tempApp(), id);
}
