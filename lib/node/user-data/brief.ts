import type { MachineFile } from '../machine-file';

/** Files whose syntax is known here to take `#` at the beginning of a line for a comment and nothing else. */
const OURS = [
  '/usr/local/lib/groundwork/',
  '/etc/groundwork/',
  '/etc/kubernetes/',
  '/etc/systemd/',
  '/etc/haproxy/',
  '/etc/containerd/',
];
const OUR_NAME = /\/(60|61|zz)-groundwork[^/]*$/;

/**
 * The file without lines that are comments, where user-data would not fit otherwise. The report has the
 * reasons, and a copy of this tree without a limit has them beside the values.
 */
export function brief(file: MachineFile): MachineFile {
  if (!OURS.some((folder) => file.path.startsWith(folder)) && !OUR_NAME.test(file.path)) {
    return file;
  }
  const [first, ...rest] = file.content.split('\n');
  const kept = rest.filter((line, n) => {
    const isLast = n === rest.length - 1;
    return isLast || (line.trim() !== '' && !/^\s*#/.test(line));
  });
  const head = first!.startsWith('#') && !first!.startsWith('#!') ? [] : [first!];
  return { ...file, content: [...head, ...kept].join('\n') };
}
