import { pinned } from '../../lib/catalog';
import { containerdFiles } from '../../lib/node/containerd';
import { tuning } from '../../lib/node/tuning';
import { osloCluster } from './oslo';

/** The unit of containerd that machines of the flagship get. */
export function unitOf(): string {
  const files = containerdFiles(osloCluster(), pinned.containerd.value, tuning);
  return files.find((file) => file.path.endsWith('containerd.service'))!.content;
}
