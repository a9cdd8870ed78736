/**
 * Machine → its tree below `files/`, absolute path on the machine → content.
 *
 * @param nodeFiles what `NvmeControlPlane.nodeFiles` returns
 */
export function filesByMachine(
  nodeFiles: Readonly<Record<string, string>>,
): Map<string, Record<string, string>> {
  const byMachine = new Map<string, Record<string, string>>();
  for (const [path, content] of Object.entries(nodeFiles)) {
    const [, machine, file] = /^nodes\/([^/]+)\/files(\/.+)$/.exec(path) ?? [];
    if (machine !== undefined && file !== undefined) {
      const tree = byMachine.get(machine) ?? {};
      tree[file] = content;
      byMachine.set(machine, tree);
    }
  }
  return byMachine;
}
