import { posix } from 'node:path';
import type { ApiObject } from 'cdk8s';
import {
  controlPlanePortOwner,
  readPortKey,
  rule,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../cluster';
import { collectors } from './collectors';
import { waitedForBy } from './network-doctor/choices';
import { ENFORCE, LEVEL } from './pods/namespace';

const DOC = 'docs/doctor.md';

/** The pods are let into the namespace that somebody else declares. */
export function namespaceRule(name: string, declared?: ApiObject): IRule {
  return rule(
    {
      id: 'GW-DOCTOR-001',
      severity: Severity.ERROR,
      title: 'The namespace of the doctor lets its pods in',
      why: 'They need the network, the kernel log and folders of the machine; under another Pod Security level they are refused, and a DaemonSet says so in its events only',
      remedy: `label the Namespace ${ENFORCE}=${LEVEL}, or let the doctor create one of its own`,
      reference: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
    },
    (cluster) => {
      const level = declared === undefined ? LEVEL : levelOf(cluster, name, declared);
      return level === undefined || level === LEVEL
        ? []
        : [{ message: `namespace ${name} enforces ${level}`, path: declared!.node.path }];
    },
  );
}

/** The label, else the default of the cluster, if that is known. */
function levelOf(cluster: Cluster, name: string, declared: ApiObject): string | undefined {
  const label = (declared.metadata.toJson().labels as Record<string, string> | undefined)?.[
    ENFORCE
  ];
  const general = cluster._summary('nodes')?.controlPlane.podSecurity;
  const exempt = general?.exemptNamespaces.includes(name) ?? false;
  return exempt ? LEVEL : (label ?? general?.enforce);
}

/** iperf3 listens on the machines themselves. */
export function portRule(path: string, port: number): IRule {
  return rule(
    {
      id: 'GW-DOCTOR-002',
      severity: Severity.ERROR,
      title: 'The port of iperf3 is free on every machine',
      why: 'Between machines it listens on the machine itself, where whoever has the port keeps it',
      remedy: 'choose another iperfPort',
      reference: DOC,
    },
    (cluster) => {
      const owner = controlPlanePortOwner(port) ?? claimantOf(cluster, path, port);
      return owner === undefined ? [] : [{ message: `port ${port} belongs to ${owner}` }];
    },
  );
}

/** Whoever else asked for the port on the machines, in his own words. */
function claimantOf(cluster: Cluster, path: string, port: number): string | undefined {
  if (cluster._summary('ingress')?.hostPorts.includes(port)) {
    return 'the edge';
  }
  return cluster.ledger
    ._openings()
    .filter(({ key }) => holds(key, port) && !isAllowance(cluster, key))
    .flatMap(({ reasons }) => reasons)
    .find((reason) => !reason.endsWith(` (${path})`));
}

/** What the spec lets in by itself may well be for this. */
function isAllowance(cluster: Cluster, key: string): boolean {
  const allowed = cluster._summary('nodes')?.firewall?.allowed ?? [];
  const { port, protocol } = readPortKey(key);
  return allowed.some((one) => one.port === port && one.protocol === protocol);
}

/** A port or a range of an entry, of TCP or UDP: both are measured. */
function holds(key: string, port: number): boolean {
  const { port: text, protocol } = readPortKey(key);
  const [first, last = first] = text.split('-').map(Number);
  return text !== '' && ['tcp', 'udp'].includes(protocol) && port >= first! && port <= last!;
}

/** Between pods nothing is in the way; between machines the host firewall is. */
export function firewallRule(port: number, open: boolean): IRule {
  return rule(
    {
      id: 'GW-DOCTOR-003',
      severity: Severity.NOTE,
      title: 'Machines reach iperf3 on each other',
      why: 'Throughput between pods means something beside that between their machines only',
      remedy:
        'set openIperfPort, which lets machines of the cluster in and nobody else; or acknowledge this, and measure between pods alone',
      reference: DOC,
    },
    (cluster) => {
      const firewall = cluster._summary('nodes')?.firewall;
      const allowed = firewall?.allowed.some(({ port: text, protocol }) =>
        holds(`${text}/${protocol} from anywhere`, port),
      );
      return firewall === undefined || firewall.trustZoneNetworks || open || allowed === true
        ? []
        : [{ message: `the host firewall lets nobody in at port ${port}` }];
    },
  );
}

/** Images that are given in place of the catalogue's. */
export interface GivenImages {
  readonly image?: string;
  readonly fioImage?: string;
}

/** Programs that collectors call, as they name them, but for the one that is in an image of its own. */
export function programsNeeded(): string[] {
  const programs = collectors.filter(({ name }) => name !== 'fsync').flatMap((one) => one.programs);
  return [...new Set(programs)].sort();
}

/** Nothing can look into an image; what is known of two of them is. */
export function programsRule({ image, fioImage }: GivenImages): IRule {
  return rule(
    {
      id: 'GW-DOCTOR-004',
      severity: Severity.NOTE,
      title: 'The images of the doctor have its programs',
      why: 'A collector says which program is missing, and what it would have measured stays unknown',
      remedy:
        'try each program in the image once, then acknowledge this; a mirror of ours needs no other name',
      reference: DOC,
    },
    () => [
      ...(image === undefined || isRepository(image, 'netshoot')
        ? []
        : [{ message: `${image} must have sh, awk, sed, ${programsNeeded().join(', ')}` }]),
      ...fioViolations(fioImage),
    ],
  );
}

function fioViolations(fioImage: string | undefined): RuleViolation[] {
  if (fioImage === undefined || isRepository(fioImage, 'kubestr')) {
    return [];
  }
  return isRepository(fioImage, 'netshoot')
    ? [
        {
          message: `${fioImage} has no fio`,
          remedy: 'leave fioImage out, or name an image with fio',
        },
      ]
    : [{ message: `${fioImage} must have sh, awk, df, mktemp and fio` }];
}

function isRepository(reference: string, name: string): boolean {
  return new RegExp(`/${name}(?:[:@]|$)`).test(reference);
}

/** fio measures the disk that its folder is on, whatever it is. */
export function diskRule(directory: string | undefined): IRule {
  return rule(
    {
      id: 'GW-DOCTOR-005',
      severity: Severity.WARNING,
      title: 'fio writes to the disk that etcd waits for',
      why: 'Every write waits for an fsync of the log, and another disk has other times: a good one hides a bad one',
      remedy:
        'leave the folder out (fsyncDirectory, or directory of FsyncProbe), or name one on the disk that the log of etcd is on',
      reference: DOC,
    },
    (cluster) => {
      const waited = waitedForBy(cluster);
      if (directory === undefined || waited === undefined) {
        return [];
      }
      const mount = posix.dirname(waited);
      const inEtcd = [cluster._summary('etcd')!.dataDir, waited].find(
        (own) => isWithin(directory, own) || isWithin(own, directory),
      );
      if (inEtcd !== undefined) {
        return [
          {
            message: `${directory} and the data of etcd in ${inEtcd} are one folder in the other`,
            remedy: `name a folder beside it, for example ${mount}/groundwork-doctor`,
          },
        ];
      }
      return isWithin(directory, mount)
        ? []
        : [{ message: `${directory} is not below ${mount}, where etcd has its log` }];
    },
  );
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

const AN_HOUR = 3600;

/** Pairs are measured one after the other, or each result would be that of all of them. */
export function matrixRule(machines: number, seconds: number): IRule {
  return rule(
    {
      id: 'GW-DOCTOR-006',
      severity: Severity.WARNING,
      title: 'A matrix of iperf3 ends within an hour',
      why: 'There are as many pairs as machines times machines, one at a time; meanwhile each of them fills a link that others share',
      remedy: 'name some machines of each zone in machines, or shorten time',
      reference: DOC,
    },
    () =>
      seconds <= AN_HOUR
        ? []
        : [
            {
              message: `the pairs of ${machines} machines take about ${Math.round(seconds / 60)} minutes`,
            },
          ],
  );
}

/** All of them, for the list of checks. */
export const doctorRules: IRule[] = [
  namespaceRule(''),
  portRule('', 0),
  firewallRule(0, false),
  programsRule({}),
  diskRule(undefined),
  matrixRule(0, 0),
];
