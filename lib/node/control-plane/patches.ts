import { paths } from '../paths';

/** Where constructs put patches for kubeadm; the entry script copies them to where kubeadm looks. */
const PATCHES = `${paths.config}/patches/`;
/** kubeadm takes only names that end in .yaml or .json, which no file of ours may in the output. */
export const PATCHES_ON_MACHINE = '/etc/kubernetes/patches';

/** Whether a file of the ledger is a patch for kubeadm. */
export function isPatch(path: string): boolean {
  return path.startsWith(PATCHES);
}

/**
 * Why kubeadm would pass over a patch file or stop at it, or undefined when it takes it. It takes the
 * longest target that the name begins with, then anything without a dot or plus, then the kind.
 */
export function patchFault(path: string, targets: readonly string[]): string | undefined {
  const name = /^([a-z][a-z0-9-]*)(?:\+([a-z]+))?\.conf$/.exec(path.slice(PATCHES.length));
  if (name === null) {
    return 'the name must be <target><number>+<strategic|merge|json>.conf';
  }
  const [, stem, kind = 'strategic'] = name;
  if (!targets.some((target) => new RegExp(`^${target}\\d*$`).test(stem!))) {
    return `kubeadm knows ${targets.join(', ')}`;
  }
  return ['strategic', 'merge', 'json'].includes(kind)
    ? undefined
    : 'the kind must be strategic, merge or json';
}
