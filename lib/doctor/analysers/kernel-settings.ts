import { VerdictLevel, type Measurement } from '../../cluster';
import { BE_LIBERAL, type MachineExpectation } from '../expectations';
import { linesOf, numberOf, type Recording } from '../protocol';
import { measurement, unknown, whyAbsent } from './judge';

const { FAIL, PASS, WARN } = VerdictLevel;

/** What the kernel was asked for, beside what it says. */
export function analyseKernelSettings(
  machine: MachineExpectation,
  recording: Recording,
): Measurement[] {
  return [
    sysctls(machine, recording),
    modules(machine, recording),
    ...conntrackSize(machine, recording),
  ];
}

function sysctls({ name, sysctls: wanted }: MachineExpectation, recording: Recording): Measurement {
  const read = new Map(
    linesOf(recording, 'sysctl').flatMap((line) => {
      const [key, ...values] = line.trim().split(/\s+/);
      // One that may not be read is there, and empty.
      return values.length === 0 ? [] : [[key!, values.join(' ')] as const];
    }),
  );
  const absent = new Set(linesOf(recording, 'sysctl.absent'));
  const keys = Object.keys(wanted);
  const intended = `${keys.length} parameters as asked for`;
  const unread = keys.filter((key) => !read.has(key) && !absent.has(key));
  if (unread.length > 0) {
    const why = `${unread.length} of ${keys.length} were not read, such as ${unread[0]}`;
    return unknown('DOC-HOST-SYSCTL', name, intended, why);
  }
  const differing = keys.filter(
    (key) => read.get(key) !== wanted[key]!.trim().replace(/\s+/g, ' '),
  );
  const words = differing.map((key) =>
    read.has(key)
      ? `${key} is ${read.get(key)} instead of ${wanted[key]}`
      : `${key} is not there, its module is not loaded`,
  );
  return measurement('DOC-HOST-SYSCTL', name, {
    value: `${keys.length - differing.length} of ${keys.length}`,
    intended,
    level: differing.length > 0 ? FAIL : PASS,
    message:
      differing.length > 0
        ? words.join('; ')
        : `${keys.length} kernel parameters have the value that was asked for`,
    ...(differing.length > 0
      ? {
          remedy: differing.every((key) => key === BE_LIBERAL)
            ? 'see the log of kube-proxy on this machine, which writes it when it starts'
            : 'find the file that wins: systemd-analyze cat-config sysctl.d; then sysctl --system',
        }
      : {}),
  });
}

function modules({ name, modules: wanted }: MachineExpectation, recording: Recording): Measurement {
  const states = new Map(
    linesOf(recording, 'module').map((line) => line.split(' ') as [string, string]),
  );
  const intended = `${wanted.length} modules loaded`;
  const unread = wanted.filter((one) => !states.has(one));
  if (unread.length > 0) {
    const why = `${unread.length} of ${wanted.length} were not looked at, such as ${unread[0]}`;
    return unknown('DOC-HOST-MODULE', name, intended, why);
  }
  const absent = wanted.filter((one) => states.get(one) === 'absent');
  const open = wanted.filter((one) => states.get(one) === 'unknown');
  if (absent.length === 0 && open.length > 0) {
    const why = `${open.join(', ')} may be built in, and modules.builtin of the kernel was not there`;
    return unknown('DOC-HOST-MODULE', name, intended, why, 'mount /lib/modules of the machine');
  }
  return measurement('DOC-HOST-MODULE', name, {
    value: `${wanted.length - absent.length} of ${wanted.length}`,
    intended,
    level: absent.length > 0 ? FAIL : PASS,
    message:
      absent.length > 0
        ? `${absent.join(', ')} not loaded`
        : `${wanted.length} kernel modules are loaded or built in`,
    ...(absent.length > 0
      ? { remedy: `modprobe ${absent[0]}, and see systemctl status systemd-modules-load` }
      : {}),
  });
}

/** What the kernel has, not what a file says: kube-proxy writes the same number. */
function conntrackSize(machine: MachineExpectation, recording: Recording): Measurement[] {
  const { name, conntrackMax, conntrackBuckets } = machine;
  if (conntrackMax === undefined) {
    return [];
  }
  const intended = `${conntrackMax} entries${conntrackBuckets === undefined ? '' : `, ${conntrackBuckets} buckets`}`;
  const max = numberOf(recording, 'conntrack.max');
  const buckets = numberOf(recording, 'conntrack.buckets');
  if (max === undefined) {
    return [unknown('DOC-CT-MAX', name, intended, whyAbsent(recording))];
  }
  const differs = max !== conntrackMax;
  // The kernel rounds up to whole pages.
  const few = conntrackBuckets !== undefined && buckets !== undefined && buckets < conntrackBuckets;
  return [
    measurement('DOC-CT-MAX', name, {
      value: `${max} entries${buckets === undefined ? '' : `, ${buckets} buckets`}`,
      intended,
      level: differs ? FAIL : few ? WARN : PASS,
      message: differs
        ? `the table holds ${max} connections, the spec says ${conntrackMax}`
        : few
          ? `the table has ${buckets} buckets for ${max} connections: chains are longer than they should be`
          : `the table holds ${max} connections`,
      ...(differs
        ? {
            remedy:
              'somebody else writes it: conntrack.maxPerCore and min of kube-proxy must be 0 where the machine owns it',
          }
        : few
          ? {
              remedy: `write ${conntrackBuckets} to /sys/module/nf_conntrack/parameters/hashsize, and see /etc/modprobe.d`,
            }
          : {}),
      number: max,
      unit: 'entries',
    }),
  ];
}
