// Prints how far the library is from its budgets. Every figure is a ratio within one run: machines
// differ and are shared, so absolute times say little. Run with `npm run bench`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, Size, Yaml } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  GroundworkApp,
  HardenedNginxIngress,
  IpvsKubeProxy,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

const ROUNDS = 9;

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function milliseconds(run: () => unknown): number {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Time of one require in a process of its own, where nothing is loaded yet. */
function importTime(name: string): number {
  const program = `const t = process.hrtime.bigint(); require('${name}');
    process.stdout.write(String(Number(process.hrtime.bigint() - t) / 1e6));`;
  return Number(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
}

function clusterOf(workers: number): { app: GroundworkApp; plane: NvmeControlPlane } {
  const app = new GroundworkApp({ outdir });
  const common = { zone: 'z', nic: 'eno1', cpus: 8, memory: Size.gibibytes(16) };
  const machines = [1, 2, 3].map((n) =>
    Machine.controlPlane(`cp-${n}`, {
      ...common,
      address: `10.20.0.1${n}`,
      etcdDisk: EtcdDisk.nvmeSerial(`SERIAL${n}`),
    }),
  );
  for (let n = 0; n < workers; n++) {
    const address = `10.20.${1 + Math.floor(n / 250)}.${1 + (n % 250)}`;
    machines.push(Machine.worker(`w-${n}`, { ...common, address }));
  }
  const plane = new NvmeControlPlane(app, 'bench', {
    operatingSystem: OperatingSystem.DEBIAN_12,
    endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.bench.example' }),
    podCidr: '10.240.0.0/12',
    serviceCidr: '10.96.0.0/16',
    underlay: Underlay.flatL2({ mtu: 1500 }),
    zones: [Zone.of('z', { country: 'NO', nodeCidr: '10.20.0.0/16' })],
    machines,
    kubeProxy: IpvsKubeProxy.configure(),
    ingress: HardenedNginxIngress.configure(),
  });
  return { app, plane };
}

/** Everything from facts to files, in memory, against only writing the same objects as YAML. */
function synthRatio(): number {
  const ratios = Array.from({ length: ROUNDS }, () => {
    const { app, plane } = clusterOf(0);
    const objects = plane.node
      .findAll()
      .flatMap((n) => (n instanceof ApiObject ? [n.toJson()] : []));
    const stringify = milliseconds(() => Yaml.stringify(...objects));
    return milliseconds(() => app.files()) / stringify;
  });
  return median(ratios);
}

function row(what: string, value: number, budget: number): void {
  const verdict = value <= budget ? 'kept' : 'missed';
  console.log(
    `${what.padEnd(64)}${value.toFixed(2).padStart(6)}   budget ${budget.toFixed(2)}, ${verdict}`,
  );
}

const outdir = mkdtempSync(join(tmpdir(), 'groundwork-bench-'));
try {
  const times = Array.from({ length: ROUNDS }, () => [
    importTime('cdk8s'),
    importTime('cdk8s-groundwork'),
  ]);
  const imports = median(times.map(([, own]) => own!)) / median(times.map(([base]) => base!));
  row('import, against importing cdk8s', imports, 1.3);

  for (let n = 0; n < 20; n++) {
    clusterOf(0).app.files(); // so that what is timed is compiled code
  }
  row('flagship in memory, against stringifying its objects', synthRatio(), 1.5);

  const [small, large] = [125, 1000];
  const time = (workers: number) =>
    median(Array.from({ length: 5 }, () => milliseconds(() => clusterOf(workers).app.files())));
  const exponent = Math.log(time(large) / time(small)) / Math.log(large / small);
  row(`growth of time with machines, ${small} to ${large}, as an exponent`, exponent, 1.1);
  const memory = process.memoryUsage().rss / 2 ** 30;
  row('resident memory after 1,000 machines, GiB', memory, 1);
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
