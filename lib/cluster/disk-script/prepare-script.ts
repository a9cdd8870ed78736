import { zeroChecks } from './zero-checks';

/** How a blank disk becomes a filesystem. */
export interface Format {
  readonly filesystem: 'xfs' | 'ext4';
  /** Options of its mkfs. */
  readonly options: string;
}

/** Where a script looks; `/` on a machine, a folder in a test. */
export interface Surroundings {
  /** Put in front of every path that the script reads or writes. */
  readonly root: string;
}

/** What the script is told of one disk. */
export interface PreparedDisk {
  readonly place: {
    /** What the script calls it. */
    readonly name: string;
    /** The prop of Machine that names it. */
    readonly prop: string;
    readonly mountPoint: string;
  };
  readonly machine: string;
  /** Whether `identity` is the serial of an NVMe disk; else it is a link below /dev/disk/by-id. */
  readonly bySerial: boolean;
  readonly identity: string;
  /** Of the filesystem that it gets. */
  readonly uuid: string;
  readonly minBytes: number;
  readonly maxBytes?: number;
  readonly model?: string;
}

/** What the disks are for, in the words of the script. */
export interface DiskPurpose {
  /** Name of the script, in front of its messages. */
  readonly title: string;
  /** What it calls one of its disks. */
  readonly what: string;
  /** The construct whose prop `filesystem` says how a disk is formatted. */
  readonly construct: string;
  /** What files at the mount point may be, and what is to be done about them. */
  readonly leftovers: string;
  /** One more reason not to format a blank disk: a file, and what is said where it exists. */
  readonly refusal?: {
    /** Name of the variable that holds its path. */
    readonly variable: string;
    readonly file: string;
    readonly why: string;
    readonly message: string;
    readonly remedy: string;
  };
}

/**
 * The script that finds a disk of one machine and, when it is blank, makes the filesystem. Rules it
 * keeps: a disk is written to once, by mkfs without any option to overwrite; every doubt ends the
 * script before that; a command that fails counts as a doubt; there is no switch to talk it round.
 */
export function prepareScript(
  purpose: DiskPurpose,
  disks: readonly PreparedDisk[],
  format: Format,
  { root }: Surroundings = { root: '' },
): string {
  return [
    header(purpose, disks, root),
    WAITING,
    recognition(purpose, format),
    ...(disks.some(({ model }) => model !== undefined) ? [MODEL_CHECK] : []),
    SIZE_CHECK,
    USE_CHECKS,
    blankChecks(purpose),
    creation(purpose, format),
  ].join('\n');
}

function header(
  { title, what, refusal }: DiskPurpose,
  disks: readonly PreparedDisk[],
  root: string,
): string {
  const [{ machine }] = disks as [PreparedDisk];
  return `#!/bin/sh
# Finds the ${what} of ${machine} by its identity and gives it a filesystem once, while it is blank.
# Anything else on it, and any doubt, ends this script with exit code 1 before a byte is written.
set -eu
export LC_ALL=C

machine='${machine}'
${refusal === undefined ? '' : `${refusal.variable}='${root}${refusal.file}'\n`}sys='${root}/sys'
dev='${root}/dev'
${choice(disks, root)}
by_uuid="$dev/disk/by-uuid/$uuid"

stop() {
  printf '${title}: %s; %s\\n' "$1" "$2" >&2
  exit 1
}
by_hand="nothing was written; if it is the right disk and nobody needs what is on it, a human empties it and reboots"
in_spec="nothing was written; correct $prop of machine $machine in the spec (lsblk -o NAME,TYPE,SIZE,SERIAL,MODEL shows what is there)"
`;
}

/** The facts of the disk that the script is called for: the only one, or the one its argument names. */
function choice(disks: readonly PreparedDisk[], root: string): string {
  const modelled = disks.some(({ model }) => model !== undefined);
  const [only, ...more] = disks.map((disk) => factsText(disk, root, modelled)) as [string];
  if (more.length === 0) {
    return only;
  }
  const cases = [only, ...more].map((text, n) => `  ${disks[n]!.place.name})\n${text}\n  ;;`);
  return `case "\${1:-${disks[0]!.place.name}}" in\n${cases.join('\n')}\n  *) echo "usage: $0 [${disks.map(({ place }) => place.name).join(' | ')}]" >&2; exit 2 ;;\nesac`;
}

function factsText(disk: PreparedDisk, root: string, modelled: boolean): string {
  return `prop=${disk.place.prop}
mount_point='${root}${disk.place.mountPoint}'
uuid='${disk.uuid}'
min=${disk.minBytes}
max=${disk.maxBytes ?? ''}
window='${disk.maxBytes === undefined ? `at least ${disk.minBytes}` : `${disk.minBytes} to ${disk.maxBytes}`}'
${modelled ? `expected_model='${disk.model ?? '*'}'\n` : ''}${disk.bySerial ? findBySerial(disk) : findByLink(disk.identity)}`;
}

/** A multipath namespace shows its paths as hidden disks of their own, which are not to be written to. */
function findBySerial({ identity: serial, place: { prop } }: PreparedDisk): string {
  return `identity='NVMe serial ${serial}'
better='name one of them with ${prop === 'dataDisks' ? 'DataDisk' : 'EtcdDisk'}.byId'
candidates() {
  for block in "$sys"/block/nvme*; do
    name=$(basename "$block")
    case "$name" in nvme*c*n*) continue ;; esac
    [ -r "$block/device/serial" ] || continue
    # read drops the blanks that pad a serial to 20 characters.
    read -r serial <"$block/device/serial" || true
    if [ "$serial" = '${serial}' ]; then echo "$dev/$name"; fi
  done
}`;
}

function findByLink(link: string): string {
  return `identity='link /dev/disk/by-id/${link}'
better='take its name from /dev/disk/by-id'
candidates() {
  if [ -e "$dev/disk/by-id/${link}" ]; then readlink -f "$dev/disk/by-id/${link}"; fi
}`;
}

const WAITING = `# settle comes back at once when nothing is queued, so the sleeps alone make the 30 seconds.
attempt=0
while :; do
  udevadm settle --timeout=1 2>/dev/null || true
  device=$(candidates)
  if [ -n "$device" ]; then break; fi
  attempt=$((attempt + 1))
  if [ "$attempt" -gt 30 ]; then
    stop "no disk with $identity appeared within 30 seconds" "$in_spec, or attach the disk"
  fi
  sleep 1
done
count=$(printf '%s\\n' "$device" | wc -l)
if [ "$count" -ne 1 ]; then
  stop "$identity belongs to $count disks: $(printf '%s' "$device" | tr '\\n' ' ')" "nothing was written; $better in $prop of machine $machine"
fi
type=$(lsblk -dnro TYPE "$device") || stop "$device cannot be read" "$in_spec"
if [ "$type" != disk ]; then
  stop "$identity is $device of type '$type', not a whole disk" "$in_spec"
fi
`;

/**
 * Another disk with the same UUID, a clone for example, would be mounted in its place: the link must
 * lead to the disk that was found by its identity.
 */
function recognition({ title, what, construct }: DiskPurpose, { filesystem }: Format): string {
  return `linked() {
  attempt=0
  until [ "$(readlink -f "$by_uuid")" = "$device" ]; do
    attempt=$((attempt + 1))
    if [ "$attempt" -gt 30 ]; then
      stop "$by_uuid does not lead to $device but to '$(readlink -f "$by_uuid")'" "if another disk carries this UUID, a clone for example, detach it and reboot"
    fi
    udevadm settle --timeout=1 2>/dev/null || true
    sleep 1
  done
}

# blkid answers nothing for a blank disk.
present=$(blkid -p -s UUID -o value "$device") || present=''
if [ "$present" = "$uuid" ]; then
  type=$(blkid -p -s TYPE -o value "$device") || type=''
  if [ "$type" != '${filesystem}' ]; then
    stop "$device is the ${what} of $machine but holds '$type', and the spec says ${filesystem}" "nothing was written; set the prop filesystem of ${construct} to what the disk holds"
  fi
  linked
  echo "${title}: $device is already prepared"
  exit 0
fi
`;
}

const MODEL_CHECK = `model=$(lsblk -dno MODEL "$device" | sed 's/^ *//; s/ *$//')
# Unquoted, because it is a pattern.
# shellcheck disable=SC2254
case "$model" in
  $expected_model) ;;
  *) stop "$device is of model '$model', expected $expected_model" "$in_spec" ;;
esac
`;

const SIZE_CHECK = `size=$(lsblk -bdnro SIZE "$device") || stop "the size of $device cannot be read" "$in_spec"
case "$size" in '' | *[!0-9]*) stop "the size of $device is '$size'" "$in_spec" ;; esac
if [ "$size" -lt "$min" ] || [ "$size" -gt "\${max:-$size}" ]; then
  stop "$device has $size bytes, expected $window" "$in_spec"
fi
`;

const USE_CHECKS = `# Every mounted filesystem and every swap, traced down to the disks below it.
mounts=$(findmnt -rnvo SOURCE) || stop 'the mounted filesystems cannot be listed' 'nothing was written; look at findmnt'
swaps=$(swapon --show=NAME --noheadings --raw) || stop 'the swaps cannot be listed' 'nothing was written; look at swapon --show'
users=$(
  printf '%s\\n%s\\n' "$mounts" "$swaps" | sort -u | while read -r source; do
    case "$source" in "$dev"/*) ;; *) continue ;; esac
    if lsblk -nsro PATH "$source" 2>/dev/null | grep -qxF "$device"; then printf '%s ' "$source"; fi
  done
)
if [ -n "$users" ]; then
  stop "$device carries what this machine runs on: $users" "$in_spec"
fi
children=$(lsblk -nro NAME "$device") || stop "$device cannot be read" "$in_spec"
children=$(printf '%s\\n' "$children" | tail -n +2 | tr '\\n' ' ')
if [ -n "$children" ]; then
  stop "$device is not blank, it has partitions or is part of something: $children" "$by_hand"
fi
mounted=$(lsblk -dnro MOUNTPOINT "$device") || stop "$device cannot be read" "$in_spec"
if [ -n "$mounted" ]; then
  stop "$device is in use as $mounted" "$in_spec"
fi
for holder in "$sys/class/block/$(basename "$device")/holders"/*; do
  if [ -e "$holder" ]; then stop "$device is held by $(basename "$holder")" "$by_hand"; fi
done
`;

function blankChecks({ title, leftovers, refusal }: DiskPurpose): string {
  return `signatures=$(wipefs --no-act --noheadings --output TYPE "$device") || stop "$device cannot be searched for signatures" "$by_hand"
if [ -n "$signatures" ]; then
  stop "$device is not blank, it holds $(printf '%s' "$signatures" | tr '\\n' ' ')" "$by_hand"
fi
# 2 is blkid's word for nothing at all; 8 would be more than one thing.
status=0
blkid -p "$device" >/dev/null 2>&1 || status=$?
if [ "$status" -ne 2 ]; then
  stop "$device is not blank, blkid finds something on it" "$by_hand"
fi
${refusal === undefined ? '' : refusalCheck(refusal)}if [ -n "$(ls -A "$mount_point" 2>/dev/null || true)" ]; then
  stop "$mount_point holds files, which the new filesystem would hide" "nothing was written; ${leftovers}"
fi
${zeroChecks(title)}`;
}

function refusalCheck({
  variable,
  why,
  message,
  remedy,
}: NonNullable<DiskPurpose['refusal']>): string {
  return `# ${why}
if [ -e "$${variable}" ]; then
  stop "$device is blank, but ${message} ($${variable})" "nothing was written; ${remedy}"
fi
`;
}

function creation({ title }: DiskPurpose, { filesystem, options }: Format): string {
  const uuid = filesystem === 'xfs' ? '-m uuid="$uuid"' : '-U "$uuid"';
  return `echo "${title}: $device is blank, $identity, $size bytes: making ${filesystem} $uuid"
# Reading took a while: a disk that was pulled or joined by a twin meanwhile is another one.
[ "$(candidates)" = "$device" ] || stop "$identity is no longer $device alone" "$by_hand"
mkfs.${filesystem} ${options} ${uuid} "$device" || stop "mkfs.${filesystem} failed on $device" 'look at its message above'
linked
echo "${title}: $device is prepared"
`;
}
