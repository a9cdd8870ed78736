import { BRIDGE_NF, CONNTRACK_MAX } from './by-hand';
import { BY_HAND } from './requirements';
import { needsOfAll, type Setting } from './settings';
import { CniKind, KubeProxyMode, type Cluster, type RuleViolation } from '../../cluster';

const FILE = '/etc/sysctl.conf';
const OUT = 'take the line out of kernel.sysctlConf';

/** A connection table by hand, where the machine sizes its own. */
export function conntrackByHand(cluster: Cluster): RuleViolation[] {
  return linesOf(cluster, (key) => key === CONNTRACK_MAX).flatMap(({ key, value }) => {
    const here = valuesOf(cluster, key);
    return here.includes(value)
      ? []
      : [
          {
            message: `${FILE} has ${key} = ${value}, which ${changes(cluster)}. The machine owns its table here, with ${here.join(' or ')} connections`,
            remedy: `${OUT}; peakConnections of the machine sizes the table`,
          },
        ];
  });
}

function changes({ kubeProxyMode }: Cluster): string {
  return kubeProxyMode === KubeProxyMode.NONE
    ? 'is less than it takes by itself'
    : 'changes nothing: kube-proxy writes 32768 for each core over it, 131072 at least';
}

/** Switches for bridges, where the network plugin has none, or sets them itself. */
export function bridgesByHand(cluster: Cluster): RuleViolation[] {
  const isLoaded = cluster._summary('nodes')?.byHand.modules.includes('br_netfilter');
  const leftOut = isLoaded
    ? `${ofPlugin(cluster)}; it is left out`
    : `without the module br_netfilter there is no such key, and ${ofPlugin(cluster)}; both are left out`;
  return linesOf(cluster, (key) => BRIDGE_NF.test(key)).flatMap(({ key, value }) => {
    const here = valuesOf(cluster, key);
    if (here.includes(value)) {
      return [];
    }
    const line = `${FILE} has ${key} = ${value}`;
    const message =
      here.length > 0
        ? `${line}, and the network plugin needs ${here.join(' or ')}`
        : `${line} whatever the network plugin: ${leftOut}`;
    return [{ message, remedy: `${OUT}; a plugin with a bridge asks for module and parameter` }];
  });
}

/** The file itself. */
export function fileByHand(cluster: Cluster): RuleViolation[] {
  const lines = linesOf(cluster, () => true);
  return lines.length === 0
    ? []
    : [
        {
          message: `${FILE} has ${lines.map(({ key }) => key).join(', ')}: Debian 13 does not read it at boot, and elsewhere files of sysctl.d with a later name win; what counts is in /etc/sysctl.d/zz-groundwork.conf here`,
          remedy:
            'move what you still want to kernel.overrides of NodeBootstrap, and leave kernel.sysctlConf out',
        },
      ];
}

/** Commands that load modules, and which of these nobody else needs. */
export function modulesByHand(cluster: Cluster): RuleViolation[] {
  const { commanded = [] } = cluster._summary('nodes')?.byHand ?? {};
  if (commanded.length === 0) {
    return [];
  }
  const asked = needsOfAll(cluster).flatMap(({ kernelModules }) => kernelModules);
  const alone = commanded.filter((name) =>
    asked.some(
      ({ key, reasons }) => key === name && reasons.every((reason) => reason.startsWith(BY_HAND)),
    ),
  );
  const forNobody = alone.length === 0 ? '' : `, ${alone.join(', ')} for nothing else of the spec`;
  return [
    {
      message: `modprobe loads ${commanded.join(', ')} until the next boot; here they are loaded at every boot${forNobody}`,
      remedy:
        alone.length === 0
          ? 'leave kernel.modules out: constructs ask for what they need'
          : `leave kernel.modules out: constructs ask for what they need; ask for ${alone.join(', ')} with requireKernelModule of the ledger where something of your own needs it`,
    },
  ];
}

function linesOf(cluster: Cluster, is: (key: string) => boolean): Setting[] {
  return (cluster._summary('nodes')?.byHand.sysctls ?? []).filter(({ key }) => is(key));
}

/** What the machines get in the end, each value once. */
function valuesOf(cluster: Cluster, key: string): string[] {
  const all = needsOfAll(cluster).flatMap(({ sysctls }) => sysctls);
  return [...new Set(all.filter((one) => one.key === key).map(({ value }) => value))];
}

function ofPlugin({ cni }: Cluster): string {
  return cni === CniKind.CALICO
    ? 'Calico has no bridge that it would count for'
    : 'flannel asks for what it needs by itself';
}
