import type { ManifestReader } from './manifest-env-reader';
import { felixFields } from '../../catalog';

/**
 * Parameters whose name in the environment is not that of the field, in small letters
 * (projectcalico/calico:felix/docs/config-params.json, v3.32.1): field → parameter.
 */
const RENAMED: Readonly<Record<string, string>> = {
  bpfConntrackMode: 'bpfconntrackcleanupmode',
  endpointReportingDelay: 'endpointreportingdelaysecs',
  externalNodesList: 'externalnodescidrlist',
  ipipEnabled: 'ipinipenabled',
  ipipMTU: 'ipinipmtu',
  iptablesLockProbeInterval: 'iptableslockprobeintervalmillis',
  iptablesPostWriteCheckInterval: 'iptablespostwritecheckintervalsecs',
  netlinkTimeout: 'netlinktimeoutsecs',
  reportingInterval: 'reportingintervalsecs',
  reportingTTL: 'reportingttlsecs',
  usageReportingInitialDelay: 'usagereportinginitialdelaysecs',
  usageReportingInterval: 'usagereportingintervalsecs',
  wireguardKeepAlive: 'wireguardpersistentkeepalive',
};

/** Parameters that Felix reads, but no field of FelixConfiguration has. */
const LOCAL = new Set(
  [
    'calicoversion clusterguid clustertype debugbpfcgroupv2 debugcpuprofilepath debugpanicafter',
    'debugsimulatedatarace etcdaddr etcdcafile etcdcertfile etcdendpoints etcdkeyfile etcdscheme',
    'felixhostname ipiniptunneladdr ipv4vxlantunneladdr ipv6vxlantunneladdr typhaaddr typhacafile',
    'typhacertfile typhacn typhak8snamespace typhak8sservicename typhakeyfile typhareadtimeout',
    'typhaurisan typhawritetimeout variant vxlantunnelmacaddr vxlantunnelmacaddrv6',
  ].flatMap((line) => line.split(' ')),
);

/** A field that selects resources, not a parameter. */
const NO_PARAMETER = ['nodeSelector'];

const FIELD_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(felixFields.value)
    .filter((field) => !NO_PARAMETER.includes(field))
    .map((field) => [RENAMED[field] ?? field.toLowerCase(), field]),
);

/** Field → variable, for every variable of Felix that is a field of FelixConfiguration. */
export function felixVariables(reader: ManifestReader): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const names = Object.keys(reader.env).filter((name) => /^felix_/i.test(name));
  for (const name of names.sort()) {
    const parameter = name.slice('FELIX_'.length).toLowerCase();
    const field = Object.prototype.hasOwnProperty.call(FIELD_OF, parameter)
      ? FIELD_OF[parameter]
      : undefined;
    const other = field === undefined ? undefined : variables.get(field);
    reader.take(name);
    if (field === undefined) {
      stranger(reader, name, parameter);
    } else if (other !== undefined) {
      reader.wrong(
        name,
        `given once, not as ${other} as well`,
        'Felix reads them without case; keep one',
      );
    } else {
      variables.set(field, name);
    }
  }
  return variables;
}

function stranger(reader: ManifestReader, name: string, parameter: string): void {
  if (parameter === 'datastoretype') {
    if (reader.env[name]!.toLowerCase() !== 'kubernetes') {
      reader.wrong(name, 'kubernetes', 'the operator keeps its data in Kubernetes only');
    }
    return;
  }
  if (LOCAL.has(parameter)) {
    reader.note(
      name,
      "has no effect: Felix reads it from its environment alone, which is the operator's",
      'remove it',
    );
    return;
  }
  const meant = Object.entries(RENAMED).find(([field]) => field.toLowerCase() === parameter)?.[1];
  reader.note(
    name,
    'has no effect: Felix has no such parameter',
    meant === undefined ? 'check its spelling, or remove it' : `write FELIX_${meant.toUpperCase()}`,
  );
}
