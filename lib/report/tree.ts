/** The files below a folder as a tree; folders with more than a dozen files only say how many. */
export function treeText(root: string, paths: readonly string[]): string {
  return [`${root}/`, ...branch([...paths].sort(), '  ')].join('\n');
}

const MANY = 12;

function branch(paths: readonly string[], indentation: string): string[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const [first, ...rest] = path.split('/');
    folders.set(first!, [
      ...(folders.get(first!) ?? []),
      ...(rest.length > 0 ? [rest.join('/')] : []),
    ]);
  }
  return [...folders].flatMap(([name, below]) => {
    if (below.length === 0) {
      return [`${indentation}${name}`];
    }
    if (below.length > MANY && below.every((path) => !path.includes('user-data'))) {
      return [`${indentation}${name}/  ${below.length} files`];
    }
    return [`${indentation}${name}/`, ...branch(below, `${indentation}  `)];
  });
}
