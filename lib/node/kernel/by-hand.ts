import type { KernelOptions } from './profile';
import type { Setting } from './settings';
import {
  CniKind,
  conntrackBudget,
  sysctlName,
  type Cluster,
  type NodesSummary,
  type Problem,
} from '../../cluster';

/** What machines were told by hand, read; of two lines with one key the later. */
export type ByHand = NodesSummary['byHand'];

interface Reading {
  readonly byHand: ByHand;
  readonly problems: readonly Problem[];
}

/** The size of the connection table, which has one owner. */
export const CONNTRACK_MAX = 'net.netfilter.nf_conntrack_max';
/** Whether bridged packets pass the packet filter: for the network plugin to say. */
export const BRIDGE_NF = /^net\.bridge\.bridge-nf-call-(ip6?|arp)tables$/;

/** Reads what stands in the options. */
export function readByHand({ sysctlConf = '', modules = '' }: KernelOptions): Reading {
  const settings = linesOf(sysctlConf).map(readSetting);
  const loads = linesOf(modules).map(readModules);
  const sysctls = new Map(settings.flatMap(({ setting }) => setting ?? []).map((s) => [s.key, s]));
  const named = (some: typeof loads) => [...new Set(some.flatMap(({ names }) => names))];
  return {
    byHand: {
      sysctls: [...sysctls.values()],
      modules: named(loads),
      commanded: named(loads.filter(({ isCommand }) => isCommand)),
    },
    problems: [...settings, ...loads].flatMap(({ problems }) => problems),
  };
}

/**
 * The lines that go on as they are: key → value. Not among them are a connection table that is no larger
 * than ours, and switches for bridges, which Calico has none of and flannel sets itself.
 */
export function carriedOver(cluster: Cluster, { sysctls }: ByHand): Record<string, string> {
  return Object.fromEntries(
    sysctls
      .filter((setting) => !isSettledHere(cluster, setting))
      .map(({ key, value }) => [key, value]),
  );
}

function isSettledHere(cluster: Cluster, { key, value }: Setting): boolean {
  if (BRIDGE_NF.test(key)) {
    return cluster.cni === CniKind.CALICO || cluster.cni === CniKind.FLANNEL;
  }
  return (
    key === CONNTRACK_MAX &&
    cluster.machines.every((machine) => Number(value) <= conntrackBudget(cluster, machine).entries)
  );
}

/** Without comments and empty lines. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*[#;].*$/, '').trim())
    .filter((line) => line !== '');
}

/**
 * As sysctl reads it: a hyphen in front lets it pass what is not there, slashes are dots. Numbers of one
 * value have one blank between them, as when the kernel is asked for it.
 */
function readSetting(line: string): { setting?: Setting; problems: Problem[] } {
  const [, name, text] = /^-?\s*([^=\s]+)\s*=\s*(.+)$/.exec(line) ?? [];
  const bad = (remedy: string) => ({
    problems: [
      {
        prop: 'kernel.sysctlConf',
        allowed: 'lines of a key, = and a value',
        got: line,
        remedy,
      },
    ],
  });
  if (name === undefined || text === undefined) {
    return bad('sysctl passes over it with a message; correct it, or take the line out');
  }
  if (/\s[#;]/.test(text)) {
    return bad('what stands behind a value belongs to it; give the comment a line of its own');
  }
  const dotted = name.includes('/') && !name.includes('.') ? name.replace(/\//g, '.') : name;
  const key = sysctlName(dotted);
  // The form of key and value is checked by the ledger, as that of overrides is.
  return { setting: { key, value: text.trim().replace(/\s+/g, ' ') }, problems: [] };
}

/** A line of /etc/modules, or a command that loads; options of modprobe are of no interest here. */
function readModules(line: string): { names: string[]; isCommand: boolean; problems: Problem[] } {
  const text = line.replace(/\s+#.*$/, '');
  const words = text.split(/\s+/).filter((word) => word !== 'sudo');
  const isCommand = /^(\/\S*\/)?modprobe$/.test(words[0]!);
  if (isCommand && words.some((word) => /^(-\w*r\w*|--remove.*)$/.test(word))) {
    return {
      names: [],
      isCommand,
      problems: [
        {
          prop: 'kernel.modules',
          allowed: 'commands that load modules',
          got: text,
          remedy: 'take the line out; what nothing asks for is not loaded',
        },
      ],
    };
  }
  // modprobe without -a takes the words after the first for options of the module; guides list modules.
  const given = isCommand ? words.slice(1).filter((word) => !word.startsWith('-')) : [text];
  const bad = given.filter((name) => !/^\w[\w-]*$/.test(name));
  return {
    names: given.filter((name) => !bad.includes(name)).map((name) => name.replace(/-/g, '_')),
    isCommand,
    problems: bad.map((got) => ({
      prop: 'kernel.modules',
      allowed: 'one module a line, or modprobe commands',
      got,
      remedy: 'options of a module belong into a file of /etc/modprobe.d',
    })),
  };
}
