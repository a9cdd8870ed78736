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
    // systemd loads the modules above before it reads this. The last name in the directory wins;
    // distributions put /etc/sysctl.conf in as 99-sysctl.conf.
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
      machineFile(path, [comment(title), ...explained(entries, line), ''].join('\n')),
    );
}

/** Each line under its reasons; neighbours with the same reasons share them, for user-data is short. */
function explained(
  entries: readonly LedgerEntry[],
  line: (entry: LedgerEntry) => string,
): string[] {
  return entries.flatMap((entry, n) => {
    const same = entries[n - 1]?.reasons.join('\n') === entry.reasons.join('\n');
    return [...(same ? [] : ['', ...entry.reasons.map((why) => comment(why))]), line(entry)];
  });
}
