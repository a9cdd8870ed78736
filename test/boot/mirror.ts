import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { etcdFlags, etcdMinors } from '../../lib/catalog';
import { must } from './programs';

// The releases that a machine fetches. Neither Kubernetes nor containerd 2 can be had where these tests run,
// so the archives hold STAND-INS: small scripts with the names and the command lines of the real programs. They are
// fetched, checked and installed the way of the real ones; only their checksums, which the library pins,
// are replaced in the list of the guest.

const HERE = join(__dirname, 'stand-ins');
/** Where each machine reaches the mirror; given to the library as downloadBaseUrl. */
export const MIRROR_URL = 'http://127.0.0.1:8080';

/** What an archive of the real release holds, at which path of the archive. */
const CONTENT: Readonly<Record<string, Record<string, string>>> = {
  containerd: {
    'bin/containerd': 'containerd',
    // The API server belongs to an image, and images come with a runtime.
    'sbin/stand-in-kube-apiserver': 'kube-apiserver',
  },
  'cni-plugins': { loopback: 'unused' },
  crictl: { crictl: 'crictl' },
};

const BINARIES: Readonly<Record<string, string>> = {
  runc: 'unused',
  kubelet: 'kubelet',
  kubeadm: 'kubeadm',
  kubectl: 'kubectl',
};

/** Makes the disk of the mirror for a rendered archives.list, and gives back that list with its checksums. */
export function makeMirror(archivesList: string, iso: string): string {
  const work = mkdtempSync(join(tmpdir(), 'groundwork-mirror-'));
  try {
    const tree = join(work, 'tree');
    mkdirSync(tree);
    const lines = archivesList.split('\n').map((line) => {
      const [name, , url] = line.split(' ');
      if (line.startsWith('#') || url === undefined) {
        return line;
      }
      const file = join(tree, url.slice(MIRROR_URL.length));
      mkdirSync(dirname(file), { recursive: true });
      makeArchive(name!, file, join(work, name!));
      return `${name} sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')} ${url}`;
    });
    writeFileSync(join(tree, 'etcd-flags.json'), JSON.stringify(flagsOf35()));
    must('genisoimage', ['-quiet', '-o', iso, '-V', 'MIRROR', '-R', '-J', '-joliet-long', tree]);
    return lines.join('\n');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function makeArchive(name: string, file: string, work: string): void {
  const binary = BINARIES[name];
  if (binary !== undefined) {
    copyFileSync(join(HERE, binary), file);
    return;
  }
  const content = CONTENT[name];
  if (content === undefined) {
    throw new Error(`there is no stand-in for ${name}: write one and name it here`);
  }
  for (const [path, program] of Object.entries(content)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    copyFileSync(join(HERE, program), join(work, path));
  }
  must('tar', ['-C', work, '-czf', file, '.']);
}

/** For the stand-in of kubeadm: what the library knows of the flags of the etcd that runs in the guest. */
function flagsOf35() {
  const { initialCorruptCheck, compactHashCheck } = etcdMinors['3.5']!;
  return {
    flags: etcdFlags['3.5']!.value,
    gates: {
      InitialCorruptCheck: initialCorruptCheck.value.name,
      CompactHashCheck: compactHashCheck.value.name,
    },
  };
}
