import type { LedgerEntry, MachineRequirements } from '../cluster';
import { comment, machineFile, type MachineFile } from './machine-file';

/** The kernel's part of the ledger as files: modules, module options, sysctls. */
export function settingsFiles(needs: MachineRequirements): MachineFile[] {
  const files: Array<[string, string, LedgerEntry[], (entry: LedgerEntry) => string]> = [
    [
      '/etc/modules-load.d/60-groundwork.conf',
      'Kernel modules that are loaded at boot, before any sysctl of theirs is set.',
      needs.kernelModules,
      (e) => e.key,
    ],
    [
      '/etc/modprobe.d/60-groundwork.conf',
      'Options that take effect when the module is loaded.',
      needs.kernelModuleOptions,
      (e) => `options ${e.key}=${e.value}`,
    ],
    // The last name in the directory wins; distributions put /etc/sysctl.conf in as 99-sysctl.conf.
    [
      '/etc/sysctl.d/zz-groundwork.conf',
      'Kernel parameters. Named to be read after every other file of this directory.',
      needs.sysctls,
      (e) => `${e.key} = ${e.value}`,
    ],
  ];
  return files
    .filter(([, , entries]) => entries.length > 0)
    .map(([path, title, entries, line]) =>
      machineFile(
        path,
        [
          comment(title),
          ...entries.flatMap((entry) => [
            '',
            ...entry.reasons.map((why) => comment(why)),
            line(entry),
          ]),
          '',
        ].join('\n'),
      ),
    );
}
