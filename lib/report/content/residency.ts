import { lightKilometres } from '../../catalog';
import {
  COUNTRY_LABEL,
  DataDiskKind,
  fetchedSources,
  millis,
  type Cluster,
  type Finding,
  type Residency,
  type ResidencySummary,
} from '../../cluster';
import {
  code,
  commands,
  counted,
  grouped,
  list,
  prose,
  table,
  text,
  type Block,
  type Inline,
  type Section,
} from '../document';
import { alike, type Facts } from './facts';

/** Findings of what is outside, or of what nothing shows. */
const FINDINGS = /^GW-STORAGE-|^GW-ETCD-03[01]$|^GW-CLUSTER-016$/;

/** The evidence for the residency of the spec; nothing where it has none. */
export function residency({ cluster, findings }: Facts): Section[] {
  const policy = cluster.residency;
  if (policy === undefined) {
    return [];
  }
  const summary = cluster._summary('residency');
  return [
    {
      id: 'residency',
      title: 'Residency',
      lead: 'Where data is allowed to be, what shows that it is there, and what nothing here can show. It is no statement about law.',
      blocks: [
        text(
          `Allowed: ${policy.label}${isNamed(policy) ? ` (${policy.countries.join(', ')})` : ''}.`,
        ),
        ...table('Places', ['what', 'where', 'because'], places(cluster, policy, summary), {
          rowHeads: true,
        }),
        ...table(
          'Claims',
          ['claim', 'what shows it', 'what that does not show'],
          claims(cluster, policy, summary),
        ),
        ...anchors(policy),
        ...open(findings),
        { kind: 'part', title: 'What nothing here can show', blocks: [LIMITS] },
        ...evidence(cluster, summary),
      ],
    },
  ];
}

function isNamed({ label, countries }: Residency): boolean {
  return label !== countries.join(', ');
}

function places(
  cluster: Cluster,
  policy: Residency,
  summary: ResidencySummary | undefined,
): Inline[][] {
  const zones = cluster.zones.map(({ name, country }): Inline[] => [
    `zone ${name}`,
    where(policy, country),
    `${counted(cluster.machines.filter(({ zone }) => zone === name).length, 'machine')} of the spec`,
  ]);
  const classes = (summary?.classes ?? []).map((one): Inline[] => [
    ['class ', code(one.name)],
    one.where,
    one.byWord
      ? `the word of the spec: ${one.provisioner} reports no topology`
      : one.topology === undefined
        ? 'nodeAffinity of each volume'
        : `topology of ${one.provisioner}`,
  ]);
  const backup = cluster._summary('etcdBackup');
  return [
    ...zones,
    ...classes,
    ...(summary?.otherClasses ?? []).map((name): Inline[] => [
      ['class ', code(name)],
      'not known',
      'somebody else makes it',
    ]),
    backup === undefined
      ? ['backups of etcd', 'nowhere', 'none in the spec']
      : ['backups of etcd', where(policy, backup.country), `${backup.label}, as the spec says`],
    ...sources(cluster, policy),
  ];
}

function sources(cluster: Cluster, policy: Residency): Inline[][] {
  const hosts = new Map<string, { country: string | undefined; count: number }>();
  for (const { host, place } of fetchedSources(cluster)) {
    const country = policy._sourceCountry(place);
    const key = `${host} ${country ?? ''}`;
    hosts.set(key, { country, count: (hosts.get(key)?.count ?? 0) + 1 });
  }
  return [...hosts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { country, count }]) => [
      ['from ', code(key.split(' ')[0]!)],
      country === undefined ? 'not known' : where(policy, country),
      `${counted(count, 'image or archive', 'images and archives')}; ${country === undefined ? 'nobody says it' : 'the word of the spec'}`,
    ]);
}

function where(policy: Residency, country: string): Inline {
  return policy.allows(country)
    ? [country, ' ', { badge: 'allowed', tone: 'good' }]
    : [country, ' ', { badge: 'outside', tone: 'bad' }];
}

function claims(
  cluster: Cluster,
  policy: Residency,
  summary: ResidencySummary | undefined,
): Inline[][] {
  const backup = cluster._summary('etcdBackup');
  const inside = cluster.zones.every(({ country }) => policy.allows(country));
  const shown = (claim: boolean | undefined, ...row: Inline[]): Inline[][] =>
    claim === true ? [row] : [];
  const placed = (summary?.classes ?? []).filter(({ topology }) => topology !== undefined);
  return [
    ...shown(
      inside,
      'Every machine of the spec is in an allowed country',
      cluster.ownsMachines && cluster._summary('nodes') !== undefined
        ? ['the zones of the spec, carried to the label ', code(COUNTRY_LABEL), ' of every node']
        : 'the zones of the spec; labels of nodes are written by hand',
      'where the machine stands: a label says what somebody wrote. Anchors bound it, contracts and addresses of sites say it',
    ),
    ...(summary === undefined ? [] : admission(cluster, summary)),
    ...shown(
      placed.length > 0,
      `Volumes of ${placed.map(({ name }) => name).join(', ')} are made for zones in allowed countries`,
      'allowedTopologies of the class, nodeAffinity of each volume',
      'whether the driver keeps every copy there: a topology says from where a volume is reached',
    ),
    ...shown(
      // Of a directory that somebody else mounts nothing is found or mounted.
      summary?.volumes.some(({ disk }) => !disk.startsWith(`${DataDiskKind.DIRECTORY} `)),
      'A local volume is on the disk that the spec names',
      'the disk is found by serial or link and mounted by a UUID that is made from both; pods get a directory that only the mounted disk has',
      'disks that somebody else mounts, and where a disk goes when the machine is taken apart',
    ),
    ...shown(
      backup !== undefined && policy.allows(backup.country),
      'Backups of etcd are in an allowed country',
      'the target of the spec and its country, which is the word of the spec; they are encrypted before they leave',
      'whether the store copies them elsewhere: its settings and its contract say it',
    ),
    ...shown(
      policy.anchors.length > 0,
      'Machines are near points whose place is known',
      'the doctor measures the round trips (DOC-NET-ANCHOR); nothing is faster than light',
      'on which side of a border a machine is, where the bound reaches beyond it; a point that answers by anycast shows nothing',
    ),
  ];
}

function admission(cluster: Cluster, summary: ResidencySummary): Inline[][] {
  const { policies, refuses, exemptNamespaces, classes } = summary;
  const audited = cluster._summary('nodes')?.controlPlane.auditLog === true;
  const byWord = [...new Set(classes.flatMap((c) => (c.byWord ? [c.provisioner] : [])))].sort();
  const past = 'objects from before it was applied, and whoever may delete the policy';
  const notShown = (name: string) => {
    if (name.endsWith('-images')) {
      return `pods in ${exemptNamespaces.join(', ')} are not judged, nor what a mirror fetches from where`;
    }
    return /-(classes|volumes)$/.test(name) && byWord.length > 0
      ? `what is of ${byWord.join(', ')}: it is let in by the word of the spec; ${past}`
      : past;
  };
  return policies.map(({ name, refuses: what }): Inline[] => [
    `The API server ${refuses ? 'refuses' : 'warns of'} ${what}`,
    audited
      ? [code(name), ', and its entries in the audit log']
      : [code(name), ', and what ', code(CHECKS), ' counts: the spec knows of no audit log'],
    notShown(name),
  ]);
}

/** The API server counts what every policy refused or warned of. */
const CHECKS = 'apiserver_validating_admission_policy_check_total';

/** How far away a machine can be at most, from what the spec allows. */
function anchors({ anchors: points }: Residency): Block[] {
  return table(
    'Anchors that the doctor measures',
    ['anchor', 'country', 'from', 'at most', 'a machine is then within'],
    points.map(({ name, address, country, maxRoundTripTime, zones }) => [
      [`${name} `, code(address)],
      country,
      zones === undefined ? 'all machines' : `machines of ${zones.join(', ')}`,
      `${millis(maxRoundTripTime)} ms`,
      `${grouped(Math.ceil((millis(maxRoundTripTime) * lightKilometres.value) / 2))} km`,
    ]),
    { rowHeads: true },
  );
}

function open(findings: readonly Finding[]): Block[] {
  return table(
    'What is outside, or shown by nothing',
    ['finding', 'what'],
    findings
      .filter(({ id }) => FINDINGS.test(id))
      .map(({ id, message }) => [{ href: '#findings', text: id }, prose(message)]),
  );
}

const LIMITS: Block = list(
  'What applications send out by themselves: mail, logs, telemetry, calls of other services. A network policy on egress limits it, and shows addresses, not countries.',
  'Which way packets take. Peering in a country makes a way likely; no measurement shows that none left it.',
  'Copies that a provider makes below the machine: snapshots of disks, replicas, disks that are swapped.',
  'Where a driver keeps the snapshots of its volumes (VolumeSnapshot), and what restores them elsewhere.',
  'Who may reach a machine from where: staff of a provider, a law of another country that binds its owner.',
  'Whether a country gives the protection that a law asks for. That is for lawyers, and it changes.',
  'What lies behind a path on a machine: a hostPath, or a directory that somebody else mounted, may be a share on the other side of the world.',
);

function evidence(cluster: Cluster, summary: ResidencySummary | undefined): Block[] {
  const byZone = alike(cluster.machines, ({ zone }) => zone).map(([zone]) => zone);
  return [
    text('The cluster itself says how things are now:'),
    commands(
      `# machines by country and zone; the spec has ${byZone.join(', ')}`,
      `kubectl get nodes -L ${COUNTRY_LABEL} -L topology.kubernetes.io/zone`,
      '# volumes, their classes, and the places that they are bound to',
      "kubectl get pv -o custom-columns='NAME:.metadata.name,CLASS:.spec.storageClassName,PLACES:.spec.nodeAffinity.required.nodeSelectorTerms[*].matchExpressions[*].values'",
      ...(summary === undefined
        ? []
        : [
            '# policies in force',
            `kubectl get validatingadmissionpolicybindings ${summary.policies.map(({ name }) => name).join(' ')}`,
          ]),
      '# images that run now, by registry',
      `kubectl get pods -A -o jsonpath="{.items[*].spec['initContainers','containers','ephemeralContainers'][*].image}" | tr ' ' '\\n' | cut -d/ -f1 | sort | uniq -c`,
    ),
  ];
}
