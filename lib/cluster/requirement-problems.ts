import { posix } from 'path';
import { Cidr } from './cidr';
import type { Problem } from './problem';
import { MergeRule, PortSource, type TrafficRequirement } from './requirement';

/** A module has one spelling here, or two requests for it would not meet. */
export function moduleProblems(name: string): Problem[] {
  return unless(/^[a-z0-9_]+$/i.test(name), {
    prop: 'kernel module',
    allowed: 'letters, digits and underscores',
    got: name,
    remedy: 'spell it as /proc/modules does, with underscores for hyphens',
  });
}

export function moduleOptionProblems(option: string, value: string): Problem[] {
  return [
    ...unless(/^[a-z0-9_]+ [a-z0-9_]+$/i.test(option), {
      prop: 'kernel module option',
      allowed: 'module and option with one blank between',
      got: option,
      remedy: 'write for example nf_conntrack hashsize',
    }),
    ...unless(/^[\w.,:/-]+$/.test(value), {
      prop: `value of ${option}`,
      allowed: 'letters, digits and . , : / _ -',
      got: value,
      remedy: 'it becomes a word in a file of modprobe.d',
    }),
  ];
}

/** The kernel has its connection table under two names; in a file the later line would win. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'net.nf_conntrack_max': 'net.netfilter.nf_conntrack_max',
};

/** The name by which a kernel parameter is asked for, where it has another one as well. */
export function sysctlName(key: string): string {
  return Object.hasOwn(OTHER_NAMES, key) ? OTHER_NAMES[key]! : key;
}

/** sysctl takes slashes for dots, and the two spellings of one key would not meet. */
export function sysctlProblems(key: string, value: string, merge?: MergeRule): Problem[] {
  return [
    ...unless(sysctlName(key) === key, {
      prop: 'sysctl key',
      allowed: sysctlName(key),
      got: key,
      remedy: 'both names are one number, and the line that is read last would win',
    }),
    ...unless(/^[a-z0-9_-]+(\.[a-zA-Z0-9_*-]+)+$/.test(key), {
      prop: 'sysctl key',
      allowed: 'words joined by dots',
      got: key,
      remedy: 'write it with dots, for example net.ipv4.ip_forward',
    }),
    ...unless(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(value), {
      prop: `value of sysctl ${key}`,
      allowed: 'one line with single blanks between its words',
      got: value,
      remedy:
        'it becomes a line in a file of sysctl.d, and is compared with what the kernel prints',
    }),
    ...unless(merge !== MergeRule.AT_LEAST || isWholeNumber(value), {
      prop: `sysctl ${key}`,
      allowed: 'a whole number for MergeRule.AT_LEAST',
      got: value,
      remedy: 'ask for MergeRule.EXACTLY where there is no larger and smaller',
    }),
  ];
}

export function packageProblems(name: string): Problem[] {
  return unless(/^[a-z0-9][a-z0-9+.-]+$/.test(name), {
    prop: 'package',
    allowed: 'the name of a Debian package',
    got: name,
    remedy: 'leave out version and options',
  });
}

/** A path that is not canonical could lie elsewhere than it seems, and meet another one unseen. */
export function fileProblems(path: string, permissions: string | undefined): Problem[] {
  const canonical = /^\/[\w@%+=:,./-]+$/.test(path) && posix.normalize(path) === path;
  return [
    ...unless(canonical && !path.endsWith('/'), {
      prop: 'file',
      allowed: 'an absolute path without .., // or blanks',
      got: path,
      remedy: 'write the path of one file on the machine',
    }),
    ...unless(permissions === undefined || /^0[0-7]{3}$/.test(permissions), {
      prop: `permissions of ${path}`,
      allowed: 'four octal digits such as 0644',
      got: permissions,
      remedy: 'write them as chmod takes them',
    }),
  ];
}

export function unitProblems(name: string): Problem[] {
  const suffixes = 'service|socket|mount|timer|path|target|slice|swap|automount';
  return unless(new RegExp(`^[\\w:@\\\\.-]+\\.(${suffixes})$`).test(name), {
    prop: 'unit',
    allowed: 'the name of a systemd unit with its suffix',
    got: name,
    remedy: 'write for example etcd-disk-prepare.service',
  });
}

export function portProblems(port: string, protocol: string): Problem[] {
  const numbers = port.split('-').map(Number);
  const ported = /^(tcp|udp|sctp)$/.test(protocol);
  const valid = /^\d{1,5}(-\d{1,5})?$/.test(port) && numbers.every((n) => n >= 1 && n <= 65535);
  return [
    ...unless(port === '' || (valid && numbers[0]! <= numbers.at(-1)!), {
      prop: 'port',
      allowed: 'a number from 1 to 65535, a range such as 2379-2380, or empty',
      got: port,
      remedy: 'leave it empty for a protocol without ports',
    }),
    ...unless(ported || isProtocolNumber(protocol), {
      prop: 'protocol',
      allowed: 'tcp, udp, sctp or the number of an IP protocol up to 255',
      got: protocol,
      remedy: 'IP in IP is 4, VRRP is 112',
    }),
    // nft reads no ports of a number, and one rule that it does not read keeps the firewall from loading.
    ...unless(port === '' || ported || !isProtocolNumber(protocol), {
      prop: 'protocol',
      allowed: `tcp, udp or sctp with port ${port}`,
      got: protocol,
      remedy: 'a protocol by its number has no ports: leave the port empty',
    }),
  ];
}

export function sourceProblems({ from, networks = [] }: TrafficRequirement): Problem[] {
  const named = from === PortSource.NETWORKS;
  return [
    ...unless(named === networks.length > 0, {
      prop: 'networks',
      allowed: named ? 'given with PortSource.NETWORKS' : `left out with source ${from}`,
      got: networks,
      remedy: 'name networks with PortSource.NETWORKS and with no other source',
    }),
    ...networks
      .filter((network) => Cidr.parse(network) === undefined)
      .flatMap((got) => cidrProblem('networks', got)),
  ];
}

export function destinationProblems(network: string): Problem[] {
  return Cidr.parse(network) === undefined ? cidrProblem('addresses', network) : [];
}

function cidrProblem(prop: string, got: string): Problem[] {
  const remedy = 'write the network address with its prefix length, for example 10.20.0.0/24';
  return [{ prop, allowed: 'canonical CIDRs', got, remedy }];
}

function unless(holds: boolean, problem: Problem): Problem[] {
  return holds ? [] : [problem];
}

function isWholeNumber(text: string): boolean {
  return Number.isSafeInteger(Number(text)) && String(Number(text)) === text;
}

function isProtocolNumber(text: string): boolean {
  return isWholeNumber(text) && Number(text) >= 0 && Number(text) <= 255;
}
