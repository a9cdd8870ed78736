import { fileByHand, modulesByHand } from './by-hand-notes';
import { needsOfAll } from './settings';
import { rule, Severity, type Cluster, type IRule, type MachineRequirements } from '../../cluster';

const DOC = 'docs/kernel.md';

/** Rules about files and units that set kernel parameters past the ledger. */
export const fileRules: IRule[] = [
  rule(
    {
      id: 'GW-NODE-010',
      severity: Severity.WARNING,
      title: 'Kernel parameters are asked for, not written to files',
      why: 'A file of its own is read before ours and loses, or after ours and stops the bootstrap; Debian 13 does not read /etc/sysctl.conf at boot at all',
      remedy: 'use requireSysctl of the ledger, or kernel.overrides of NodeBootstrap',
      reference: 'man 5 sysctl.d',
    },
    (cluster) => [
      ...once(cluster, ({ files }) =>
        files
          .filter(({ key }) => /^(\/etc\/sysctl\.conf|.*\/sysctl\.d\/[^/]+\.conf)$/.test(key))
          .map(({ key }) => `${key} is a file of its own`),
      ),
      ...fileByHand(cluster),
    ],
  ),
  rule(
    {
      id: 'GW-NODE-011',
      severity: Severity.WARNING,
      title: 'What is loaded by hand is loaded at boot, too',
      why: 'A module that a script or unit loads comes after the kernel parameters of the boot, whose keys it brings, and not at all when that does not run',
      remedy: 'ask for it with requireKernelModule of the ledger',
      reference: DOC,
    },
    (cluster) => [...once(cluster, handLoaded), ...modulesByHand(cluster)],
  ),
];

function handLoaded({ files, units, kernelModules }: MachineRequirements): string[] {
  const known = new Set(kernelModules.map(({ key }) => key));
  return [...files, ...units].flatMap(({ key, value }) =>
    modulesIn(value)
      .filter((name) => !known.has(name))
      .map((name) => `${key} loads ${name}, and nobody asks for it at boot`),
  );
}

/** Words after modprobe up to the end of the command, options left out. */
function modulesIn(text: string): string[] {
  const commands = text
    .split('\n')
    .filter((line) => !/^\s*[#;]/.test(line))
    .flatMap((line) => [...line.matchAll(/(?:^|[\s/=;&|'"])modprobe\s+([^;&|#'"]+)/g)]);
  return commands
    .flatMap(([, words]) => words!.trim().split(/\s+/))
    .filter((word) => /^[a-z][\w-]*$/i.test(word))
    .map((word) => word.replace(/-/g, '_'));
}

/** Each sentence once, whatever number of machines it is about. */
function once(cluster: Cluster, say: (needs: MachineRequirements) => string[]) {
  const all = needsOfAll(cluster).flatMap(say);
  return [...new Set(all)].map((message) => ({ message }));
}
