import { Cidr, CniKind, KubeProxyMode, VerdictLevel, type Measurement } from '../../cluster';
import { MOST_ROUTES } from '../collectors/network';
import type { Expectations, MachineExpectation } from '../expectations';
import { lineOf, linesOf, type Recording } from '../protocol';
import { counted, measurement, unknown, whyAbsent } from './judge';

const { FAIL, INFO, PASS } = VerdictLevel;

/** What kube-proxy says it does, what it has written, and what another mode has left. */
export function analyseProxy(expectations: Expectations, recording: Recording): Measurement[] {
  const { proxyMode } = expectations;
  if (proxyMode === undefined) {
    return [];
  }
  return [mode(expectations, proxyMode, recording), rules(expectations, proxyMode, recording)];
}

function mode(
  { podNetwork }: Expectations,
  wanted: KubeProxyMode,
  recording: Recording,
): Measurement {
  const { node } = recording;
  const running = lineOf(recording, 'mode')?.trim();
  const unasked = recording.missing.includes('curl') && running === undefined;
  if (wanted === KubeProxyMode.NONE && unasked) {
    return unknown('DOC-PROXY-MODE', node, 'no kube-proxy', 'curl not there');
  }
  if (wanted === KubeProxyMode.NONE) {
    return measurement('DOC-PROXY-MODE', node, {
      value: running ?? 'no kube-proxy',
      intended: 'no kube-proxy',
      level: running === undefined ? PASS : FAIL,
      message:
        running === undefined
          ? 'no kube-proxy answers'
          : `a kube-proxy in ${running} mode runs beside the dataplane that serves Services itself`,
      ...(running === undefined ? {} : { remedy: 'delete the DaemonSet kube-proxy' }),
    });
  }
  const intended = wanted;
  if (running === undefined || running === '') {
    const why = unasked
      ? 'curl not there'
      : 'nothing answers at port 10249 of the loopback address';
    return unknown('DOC-PROXY-MODE', node, intended, why, 'see whether kube-proxy runs here');
  }
  const other = running !== wanted;
  return measurement('DOC-PROXY-MODE', node, {
    value: running,
    intended,
    level: other ? FAIL : PASS,
    message: other
      ? `kube-proxy runs in ${running} mode, the spec says ${wanted}`
      : `kube-proxy runs in ${running} mode`,
    ...(other
      ? {
          remedy: `apply its ConfigMap and restart its pods${podNetwork?.kind === CniKind.CALICO ? '; then restart calico-node, which looks for IPVS at its start only' : ''}`,
        }
      : {}),
  });
}

/** Rules by mode, as counted on the machine. */
interface Counts {
  readonly chains: number;
  readonly services: number;
  readonly nft: number;
  readonly ipvs: number;
  readonly device: boolean;
  readonly backends: readonly string[];
  /** What was not listed, so that nothing is known of it. */
  readonly unseen: readonly KubeProxyMode[];
}

function countsOf({ podCidrs }: Expectations, recording: Recording): Counts {
  const backends = ['iptables.nft', 'iptables.legacy', 'ip6tables.nft', 'ip6tables.legacy'];
  const families = podCidrs.map((cidr) => (cidr.includes(':') ? 'ip6tables.' : 'iptables.'));
  const needed = backends.filter((key) => families.some((family) => key.startsWith(family)));
  const listed = ['nft', 'nft.table'].some((key) => lineOf(recording, key) !== undefined);
  const of = (key: string, word: string) =>
    Number(new RegExp(`${word}=(\\d+)`).exec(lineOf(recording, key) ?? '')?.[1] ?? 0);
  const sum = (word: string) => backends.reduce((all, key) => all + of(key, word), 0);
  return {
    // Those of kubelet and the few of IPVS mode have other names.
    chains: sum('svc') + sum('sep'),
    services: sum('services'),
    nft: of('nft.ip', 'services') + of('nft.ip6', 'services'),
    ipvs: of('ipvs', 'services'),
    device: lineOf(recording, 'kube-ipvs0') !== undefined,
    backends: backends.filter((key) => of(key, 'svc') > 0).map((key) => key.split('.')[1]!),
    unseen: [
      ...(needed.some((key) => lineOf(recording, key) === undefined)
        ? [KubeProxyMode.IPTABLES]
        : []),
      ...(listed ? [] : [KubeProxyMode.NFTABLES]),
    ],
  };
}

function rules(
  expectations: Expectations,
  wanted: KubeProxyMode,
  recording: Recording,
): Measurement {
  const { node } = recording;
  const counts = countsOf(expectations, recording);
  const own = {
    [KubeProxyMode.IPTABLES]: counts.chains,
    [KubeProxyMode.NFTABLES]: counts.nft,
    [KubeProxyMode.IPVS]: counts.ipvs,
    [KubeProxyMode.NONE]: 0,
  }[wanted];
  const left = [
    ...(wanted !== KubeProxyMode.IPTABLES && counts.chains > 0
      ? [`${counts.chains} rules of iptables mode`]
      : []),
    ...(wanted !== KubeProxyMode.NFTABLES && counts.nft > 0
      ? [`${counts.nft} Services in the nftables table kube-proxy`]
      : []),
    ...(wanted !== KubeProxyMode.IPVS && (counts.ipvs > 0 || counts.device)
      ? [`${counts.ipvs} virtual servers of IPVS${counts.device ? ' and kube-ipvs0' : ''}`]
      : []),
    ...(new Set(counts.backends).size > 1 ? ['rules in both backends of iptables'] : []),
  ];
  const intended =
    wanted === KubeProxyMode.NONE ? 'no rules of kube-proxy' : `rules of ${wanted} mode only`;
  const value = `iptables ${counts.chains}, nftables ${counts.nft}, ipvs ${counts.ipvs}`;
  const base = {
    value,
    intended,
    number: own,
    unit: wanted === KubeProxyMode.IPTABLES ? 'rules' : 'Services',
  };
  if (left.length > 0) {
    return measurement('DOC-PROXY-RULES', node, {
      ...base,
      level: FAIL,
      message: `there are ${left.join(', and ')}, which nobody updates any more`,
      remedy: 'run kube-proxy --cleanup of the release that wrote them, or reboot the machine',
      ...(new Set(counts.backends).size > 1 ? { findingId: 'GW-PROXY-023' } : {}),
    });
  }
  if (own === 0 && wanted !== KubeProxyMode.NONE && !counts.unseen.includes(wanted)) {
    return measurement('DOC-PROXY-RULES', node, {
      ...base,
      level: FAIL,
      message: `kube-proxy has written no rules of ${wanted} mode`,
      remedy: 'see the log of kube-proxy on this machine',
    });
  }
  if (counts.unseen.length > 0) {
    return unknown('DOC-PROXY-RULES', node, intended, whyAbsent(recording));
  }
  return measurement('DOC-PROXY-RULES', node, {
    ...base,
    level: PASS,
    message:
      wanted === KubeProxyMode.NONE
        ? 'there are no rules of kube-proxy'
        : `${own} ${base.unit} of ${wanted} mode, and none of another`,
  });
}

/** One way to the pods of each other machine, at least, in every family that pods have addresses of. */
export function analyseRoutes(
  expectations: Expectations,
  machine: MachineExpectation,
  recording: Recording,
): Measurement[] {
  const { name } = machine;
  const { podNetwork, bgp } = expectations;
  const others = expectations.machines.length - 1;
  const intended = `routes to the pods of ${counted(others, 'other machine')}`;
  if (podNetwork === undefined) {
    return [];
  }
  if (others === 0) {
    return [unknown('DOC-NET-ROUTES', name, intended, 'there is no other machine')];
  }
  const families = expectations.podCidrs.map((cidr) => lookupsOf(expectations, cidr, recording));
  if (families.some(({ routes, rules: all }) => routes.length === 0 || all.length === 0)) {
    return [unknown('DOC-NET-ROUTES', name, intended, whyAbsent(recording))];
  }
  const least = families.reduce((a, b) => (b.reached < a.reached ? b : a));
  const complete = families.every(({ rules: all }) =>
    ['local', 'main'].every((table) => all.some((line) => line.includes(`lookup ${table}`))),
  );
  const few = least.reached < others;
  if (few && complete && families.some(({ routes }) => routes.length >= MOST_ROUTES)) {
    const why = `only the first ${MOST_ROUTES} routes of a family are listed`;
    return [unknown('DOC-NET-ROUTES', name, intended, why)];
  }
  if (few && complete && bgp?.mesh === false && bgp.peers.length > 0) {
    const why = `there are routes to the pods of ${least.reached} of ${others} other machines, and the routers that machines have sessions with may carry the rest`;
    return [unknown('DOC-NET-ROUTES', name, intended, why, 'look at the routes of those routers')];
  }
  const missing = few || !complete;
  const networkd = lineOf(recording, 'networkd') !== undefined;
  const kept = KEPT.every((key) => keeps(linesOf(recording, 'networkd.conf'), key));
  return [
    measurement('DOC-NET-ROUTES', name, {
      value: `to ${counted(least.reached, 'machine')}, ${counted(least.routes.length, 'route')}, ${counted(least.rules.length, 'rule')}`,
      intended,
      level: missing ? FAIL : networkd && !kept ? INFO : PASS,
      message: missing
        ? few
          ? `there are routes to the pods of ${least.reached} of ${others} other machines`
          : 'the rules that every lookup goes by are incomplete'
        : networkd && !kept
          ? `there are routes to all other machines; systemd-networkd may take them away at its next restart`
          : `there are routes to the pods of ${counted(others, 'other machine')}`,
      ...(missing
        ? {
            remedy: networkd
              ? 'set ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no in networkd.conf, then restart the pod of the network plugin'
              : 'see the log of the network plugin on this machine',
          }
        : networkd && !kept
          ? {
              remedy:
                'set ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no in networkd.conf',
            }
          : {}),
      number: least.reached,
      unit: 'machines',
    }),
  ];
}

const KEPT = ['ManageForeignRoutes', 'ManageForeignRoutingPolicyRules'];

/** Of several lines the last one counts. */
function keeps(lines: readonly string[], key: string): boolean {
  const values = lines.flatMap(
    (line) => new RegExp(`^${key}\\s*=\\s*(\\S+)`).exec(line)?.[1] ?? [],
  );
  return /^(no|n|false|f|0|off)$/i.test(values.at(-1) ?? '');
}

/** How one machine finds the pods of one family. */
interface Lookups {
  readonly routes: readonly string[];
  readonly rules: readonly string[];
  /** Other machines whose pods it has a route to. */
  readonly reached: number;
}

function lookupsOf(
  { machines, podNetwork }: Expectations,
  podCidr: string,
  recording: Recording,
): Lookups {
  const pods = Cidr.parse(podCidr)!;
  const others = machines.length - 1;
  const family = pods.family === 'IPv4' ? '4' : '6';
  const routes = linesOf(recording, `route.${family}`);
  const rulesThere = linesOf(recording, `rule.${family}`);
  const ways = routes.flatMap((line) => {
    const [to = ''] = line.trim().split(' ');
    return pods.contains(to.split('/')[0]!)
      ? [{ to, via: wordAfter(line, 'via'), dev: wordAfter(line, 'dev') }]
      : [];
  });
  const ours = ({ dev }: { dev?: string }) =>
    dev !== undefined && podNetwork!.devices.includes(dev);
  // Some tunnels find the machine by themselves: one route leads all pods into them.
  if (ways.some((way) => way.to === podCidr && way.via === undefined && ours(way))) {
    return { routes, rules: rulesThere, reached: others };
  }
  const addresses = new Set(machines.map(({ address }) => address));
  // A router is the next hop to several machines, and several of them are no next hop of their own.
  const hops = ways.flatMap((way) => {
    const { to, via, dev } = way;
    if (via === undefined) {
      return dev === undefined || ours(way) ? [to] : [];
    }
    return [addresses.has(via) || ours(way) ? via : to];
  });
  return { routes, rules: rulesThere, reached: Math.min(others, new Set(hops).size) };
}

function wordAfter(line: string, word: string): string | undefined {
  return new RegExp(` ${word} (\\S+)`).exec(line)?.[1];
}
