/** One secret and who gets it, as the manifest says. */
export interface ManifestRow {
  readonly path: string;
  readonly machines: readonly string[];
  /** `user-data`, `ssh`, or `user-data|ssh` where the person who seals may choose. */
  readonly delivery: string;
  readonly format: string;
}

/** `nodes/secrets.manifest`, understood. */
export interface Manifest {
  readonly cluster: string;
  readonly endpoint: string;
  /** Largest user-data in bytes. */
  readonly limit?: number;
  /** Machine → address. */
  readonly machines: ReadonlyMap<string, string>;
  readonly rows: readonly ManifestRow[];
}

/** Three tables: facts, machines, secrets. Undefined when another release wrote them. */
export function parseManifest(text: string): Manifest | undefined {
  const blocks = text.split('\n\n').map((block) =>
    block
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(/ {2,}/)),
  );
  const [settings, [headOfMachines, ...machines] = [], [headOfRows, ...rows] = []] = blocks;
  if (
    headOfMachines?.join(' ') !== 'machine address' ||
    headOfRows?.join(' ') !== 'path mode machines delivery format'
  ) {
    return undefined;
  }
  const facts = new Map(settings?.map(([key, value]) => [key, value ?? '']));
  const names = machines.map(([name]) => name!);
  const limit = facts.get('user-data-limit');
  return {
    cluster: facts.get('cluster') ?? '',
    endpoint: facts.get('endpoint') ?? '',
    ...(limit === undefined || limit === 'none' ? {} : { limit: Number(limit) }),
    machines: new Map(machines.map(([name, address]) => [name!, address ?? ''])),
    rows: rows.map(([path, , who, delivery, format]) => ({
      path: path!,
      machines: who === '*' ? names : (who ?? '').split(','),
      delivery: delivery ?? '',
      format: format ?? '',
    })),
  };
}
