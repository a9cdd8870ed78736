import {
  kubernetesMinor,
  lifeCycle,
  minorOf,
  type LifeCycle,
  type LifeCycleComponent,
} from '../catalog';
import type { Cluster } from './cluster';
import type { RuleViolation } from './finding';
import type { Problem } from './problem';
import { CniKind, KubeProxyMode } from './vocabulary';

/** How long before its end a line is spoken of: a rebuild or an upgrade is planned by the quarter. */
export const NOTICE_DAYS = 90;

const DAY = 24 * 60 * 60 * 1000;

/** Days from one ISO day to another; negative when that is earlier. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY;
}

/** What is wrong with the day that a spec is for. */
export function dayProblems(prop: string, day: string | undefined): Problem[] {
  const right =
    day === undefined ||
    // Date.parse takes 31 February for 3 March.
    (/^\d{4}-\d{2}-\d{2}$/.test(day) &&
      !Number.isNaN(Date.parse(day)) &&
      new Date(day).toISOString().slice(0, 10) === day);
  return right
    ? []
    : [
        {
          prop,
          allowed: 'an ISO day such as 2026-11-27',
          got: day,
          remedy: 'let CI pass its own day, or write one; there is no clock in a synth',
        },
      ];
}

/** A component of a cluster and its line. */
export interface Line {
  readonly component: LifeCycleComponent;
  readonly line: string;
  /** For people, for example `Ubuntu 22.04 LTS`. */
  readonly label: string;
}

/** The Kubernetes of a cluster. */
export function kubernetesLine({ kubernetesVersion: { minor } }: Cluster): Line {
  return { component: 'Kubernetes', line: minor, label: `Kubernetes ${minor}` };
}

/** The distribution; `Ubuntu 22.04 LTS` is component, line and what people add. */
export function distributionLine({ operatingSystem: { label } }: Cluster): Line {
  const [component, line] = label.split(' ') as [LifeCycleComponent, string];
  return { component, line, label };
}

/** Everything of a cluster whose line is in the table, as far as it is part of the spec. */
export function linesOf(cluster: Cluster): Line[] {
  const versions: ReadonlyArray<[LifeCycleComponent, string | undefined]> = [
    ['containerd', cluster._summary('nodes')?.containerdVersion],
    ['etcd', etcdVersion(cluster)],
    ['Calico', pluginVersion(cluster, CniKind.CALICO)],
    ['flannel', pluginVersion(cluster, CniKind.FLANNEL)],
    ['ingress-nginx', releaseOf(cluster, 'ingress-nginx/controller')],
    ['Traefik', releaseOf(cluster, 'traefik')],
  ];
  const ipvs: Line = {
    component: 'kube-proxy',
    line: 'IPVS mode',
    label: 'kube-proxy in IPVS mode',
  };
  return [
    kubernetesLine(cluster),
    distributionLine(cluster),
    ...(cluster._summary('kubeProxy')?.mode === KubeProxyMode.IPVS ? [ipvs] : []),
    ...versions.flatMap(([component, version]) =>
      version === undefined
        ? []
        : [
            {
              component,
              line: minorOf(version),
              label: `${component} ${version.replace(/^v/, '')}`,
            },
          ],
    ),
  ].filter(({ component, line }) => lifeCycle(component, line) !== undefined);
}

function pluginVersion(cluster: Cluster, kind: CniKind): string | undefined {
  const cni = cluster._summary('cni');
  return cni?.kind === kind ? /\d+\.\d+\.\d+/.exec(cni.label)?.[0] : undefined;
}

/** The release that the edge's image names, when the path of the image ends like that. */
function releaseOf(cluster: Cluster, path: string): string | undefined {
  const [, found, version] =
    /^(?:.*?\/)?((?:ingress-nginx\/)?[^/:@]+):v?(\d+\.\d+\.\d+)(?:@|$)/.exec(
      cluster._summary('ingress')?.image ?? '',
    ) ?? [];
  return found === path ? version : undefined;
}

function etcdVersion(cluster: Cluster): string | undefined {
  const etcd = cluster._summary('etcd');
  return etcd === undefined
    ? undefined
    : ((etcd.kubeadmLocal.imageTag as string | undefined) ??
        kubernetesMinor(cluster.kubernetesVersion.minor).etcdImageTag.value);
}

/** The row of a line in words. */
export function standing({ component, line }: Line): {
  readonly until: string;
  readonly then: string;
  readonly source: string;
} {
  const { fixesUntil, endsWith, extended, next } = lifeCycle(component, line)!;
  return {
    until: fixesUntil.value ?? `no day is named: ${endsWith}`,
    then:
      extended === undefined
        ? next
        : `${extended.by} until ${extended.until}${extended.subscription ? ', by subscription' : ''}; ${next}`,
    source: fixesUntil.source,
  };
}

/** What is said of a line that nobody repairs any more on that day; nothing while somebody does. */
export function endedOn(
  day: string | undefined,
  { component, line, label }: Line,
): RuleViolation[] {
  const { fixesUntil, extended, next } = lifeCycle(component, line) ?? {};
  const last = extended?.subscription === false ? extended.until : fixesUntil?.value;
  if (day === undefined || next === undefined || last === undefined || last >= day) {
    return [];
  }
  const message = `fixes for ${label} ended on ${last}, ${days(last, day)} before ${day}`;
  return [
    extended === undefined || extended.until < day
      ? { message, remedy: next }
      : {
          message: `${message}; ${extended.by} goes on until ${extended.until} for machines that have it`,
          remedy: `${next}, or attach them to ${extended.by} and acknowledge`,
        },
  ];
}

/** What is said of a line that ends soon, or that others than its makers repair, on that day. */
export function endingOn(
  day: string | undefined,
  { component, line, label }: Line,
): RuleViolation[] {
  const row = lifeCycle(component, line);
  const end = row?.fixesUntil.value;
  if (day === undefined || row === undefined || end === undefined) {
    return [];
  }
  const { extended } = row;
  if (end >= day) {
    return daysBetween(day, end) > NOTICE_DAYS
      ? []
      : [
          {
            message: `fixes for ${label} end on ${end}, ${days(day, end)} from ${day}${after(row)}`,
            remedy: row.next,
          },
        ];
  }
  return extended === undefined || extended.subscription || extended.until < day
    ? []
    : [
        {
          message: `regular support of ${label} ended on ${end}; ${extended.by} repairs it until ${extended.until} on fewer packages`,
          remedy: row.next,
        },
      ];
}

function after({ extended }: LifeCycle): string {
  return extended === undefined ? '' : `; ${extended.by} goes on until ${extended.until}`;
}

function days(from: string, to: string): string {
  const count = daysBetween(from, to);
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}
