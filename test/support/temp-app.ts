import { App, AppProps, Chart } from 'cdk8s';
import { temporaryFolder } from '../../lib/testing/folders';
import '../../lib/testing/jest';

/** A folder of its own, gone after the test; Testing.app() leaves its folder behind. */
export function tempDir(): string {
  return temporaryFolder();
}

/** An App that writes into such a folder. */
export function tempApp(props: Omit<AppProps, 'outdir'> = {}): App {
  return new App({ outdir: tempDir(), ...props });
}

/** A Chart in such an App. */
export function tempChart(id = 'test'): Chart {
  return new Chart(tempApp(), id);
}
