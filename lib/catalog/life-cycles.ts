import { pinned } from './archives';
import { cell, type Cell } from './cell';
import { ingressNginxRetired } from './components';
import { ipvsLifeCycle, kubernetesMinors, lastUnsupportedMinor } from './kubernetes';
import { minorOf } from './versions';

const READ = '2026-11-27';
const read = <T>(value: T, source: string): Cell<T> => cell(value, source, READ);

/** Components whose lines come to an end. */
export type LifeCycleComponent =
  | 'Kubernetes'
  | 'kube-proxy'
  | 'etcd'
  | 'containerd'
  | 'Debian'
  | 'Ubuntu'
  | 'ingress-nginx'
  | 'Calico'
  | 'flannel'
  | 'Traefik';

/** Somebody who repairs a line after its makers have stopped. */
export interface ExtendedSupport {
  /** Who does. */
  readonly by: string;
  /** The ISO day on which that ends, too. */
  readonly until: string;
  /** Whether machines need a subscription for it. */
  readonly subscription: boolean;
}

/** How long one line of a component is repaired. */
export interface LifeCycle {
  readonly component: LifeCycleComponent;
  /** The line, for example `1.36` or `22.04`. */
  readonly line: string;
  /** The ISO day on which its fixes end; undefined where its makers name no day. */
  readonly fixesUntil: Cell<string | undefined>;
  /** What ends it, where no day is named. */
  readonly endsWith?: string;
  /** Who goes on after that day. */
  readonly extended?: ExtendedSupport;
  /** What to do about it. */
  readonly next: string;
}

const RELEASES = 'containerd/containerd RELEASES.md';
const DISTRO_INFO = 'Debian package distro-info-data 0.58+deb12u7';

function kubernetes(minor: string, fixesUntil: Cell<string>): LifeCycle {
  return { component: 'Kubernetes', line: minor, fixesUntil, next: KUBERNETES_NEXT };
}

const PINNED = 'update cdk8s-groundwork, which pins the release';

function containerd(line: string, day: string, source = RELEASES): LifeCycle {
  const own = line === minorOf(pinned.containerd.value);
  const next = own ? PINNED : 'leave containerdVersion out for the long-term line 2.3';
  return { component: 'containerd', line, fixesUntil: read(day, source), next };
}

/** What to do when a minor of Kubernetes ends. */
export const KUBERNETES_NEXT =
  'upgrade one minor at a time; report/upgrade.md has the order where the spec owns machines';
const ETCD_NEXT = 'leave imageTag out: it follows the minor of Kubernetes';

function etcd(line: string): LifeCycle {
  return {
    component: 'etcd',
    line,
    fixesUntil: read(
      undefined,
      'etcd-io/website op-guide/versioning.md, and the announcement of 3.5.34, 3.6.15 and 3.7.2 of 2026-09-22',
    ),
    endsWith: 'the two newest minors are repaired; 3.5, 3.6 and 3.7 all were on 2026-09-22',
    next: ETCD_NEXT,
  };
}

function distribution(
  component: 'Debian' | 'Ubuntu',
  line: string,
  day: string,
  extended: ExtendedSupport,
): LifeCycle {
  return {
    component,
    line,
    fixesUntil: read(day, `${DISTRO_INFO}, ${component.toLowerCase()}.csv`),
    extended,
    next: 'replace the machines one by one by ones with a newer release of the distribution',
  };
}

const lts = (until: string): ExtendedSupport => ({ by: 'Debian LTS', until, subscription: false });
const esm = (until: string): ExtendedSupport => ({ by: 'Ubuntu Pro', until, subscription: true });

/** Without a day: what is repaired follows from what is newest. */
function rolling(
  component: LifeCycleComponent,
  line: string,
  endsWith: string,
  source: string,
): LifeCycle {
  return { component, line, fixesUntil: read(undefined, source), endsWith, next: PINNED };
}

/** Every line that a cluster of this library can be made of, or that old guides name. */
export const lifeCycles: readonly LifeCycle[] = [
  kubernetes(lastUnsupportedMinor.minor, lastUnsupportedMinor.endOfLife),
  ...Object.values(kubernetesMinors).map(({ minor, endOfLife }) => kubernetes(minor, endOfLife)),
  {
    component: 'kube-proxy',
    line: 'IPVS mode',
    fixesUntil: read(undefined, ipvsLifeCycle.removed.source),
    endsWith: `deprecated since Kubernetes ${ipvsLifeCycle.deprecated.value}, off unless asked for from ${ipvsLifeCycle.offByDefault.value}, gone in ${ipvsLifeCycle.removed.value}`,
    next: 'move to nftables mode; KubeProxyMigration writes the plan',
  },
  {
    component: 'etcd',
    line: '3.5',
    fixesUntil: read(
      '2027-07-08',
      'etcd-io/website blog/2026/etcd-370-beta.md: a year after 3.7.0, which came on 2026-07-08',
    ),
    next: ETCD_NEXT,
  },
  etcd('3.6'),
  etcd('3.7'),
  containerd('1.7', '2026-09-30', `${RELEASES}: September 2026, without a day`),
  containerd('2.0', '2027-03-31', `${RELEASES}: March 2027, without a day, for Kubernetes 1.33`),
  containerd('2.1', '2026-07-03'),
  containerd('2.2', '2026-11-06'),
  containerd('2.3', '2028-04-30'),
  containerd('2.4', '2027-04-26', `${RELEASES}: tentative`),
  distribution('Debian', '12', '2026-07-11', lts('2028-06-30')),
  distribution('Debian', '13', '2028-08-09', lts('2030-06-30')),
  distribution('Ubuntu', '22.04', '2027-06-01', esm('2032-04-21')),
  distribution('Ubuntu', '24.04', '2029-05-31', esm('2034-04-25')),
  {
    component: 'ingress-nginx',
    line: '1.15',
    fixesUntil: ingressNginxRetired.archived,
    next: 'move to NginxController.nginxIngressController() or to the Gateway API',
  },
  rolling(
    'Calico',
    '3.32',
    'the two newest minors are repaired',
    'projectcalico/calico SECURITY.md, as forks of it have it',
  ),
  rolling(
    'flannel',
    '0.28',
    'the newest release is repaired',
    'believed: fixes of flannel-io/flannel appear in new releases only',
  ),
  rolling(
    'Traefik',
    '3.7',
    'a minor is repaired until the next one is there',
    'traefik/traefik SECURITY.md',
  ),
];

/**
 * The row of one line; undefined where the table has none.
 *
 * @param component the component
 * @param line its line, for example `2.3`
 */
export function lifeCycle(component: LifeCycleComponent, line: string): LifeCycle | undefined {
  return lifeCycles.find((row) => row.component === component && row.line === line);
}

/** The ISO day on which the table was read: of what happened later it knows nothing. */
export const lifeCyclesRead = READ;
