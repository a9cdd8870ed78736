// The parts of a jsii assembly that the rules below read.
interface Documented {
  readonly docs?: {
    readonly summary?: string;
    readonly default?: string;
    readonly example?: string;
  };
}
interface Member extends Documented {
  readonly name: string;
  readonly optional?: boolean;
  /** The type that declares what this member overrides. */
  readonly overrides?: string;
}
interface Parameter {
  readonly name: string;
  readonly type: { readonly fqn?: string };
}
interface Type extends Documented {
  readonly kind: 'class' | 'interface' | 'enum';
  readonly name: string;
  readonly abstract?: boolean;
  readonly base?: string;
  readonly datatype?: boolean;
  readonly initializer?: { readonly parameters?: Parameter[] };
  readonly properties?: Member[];
  readonly methods?: Member[];
  readonly members?: Member[];
}
export interface Assembly {
  readonly name: string;
  readonly types?: { readonly [fqn: string]: Type };
}

/** What every public type must have and does not: one line per gap. */
export function apiGaps(assembly: Assembly): string[] {
  const types = Object.values(assembly.types ?? {});
  return types.flatMap((type) => [
    ...missingSummaries(type),
    ...missingDefaults(type),
    ...misnamedProps(assembly, type),
  ]);
}

function missingSummaries(type: Type): string[] {
  const own = type.docs?.summary ? [] : [`${type.name}: no summary`];
  const members = [...(type.properties ?? []), ...(type.methods ?? []), ...(type.members ?? [])]
    // What overrides another member is documented there; other packages document their own.
    .filter(({ docs, overrides }) => !docs?.summary && !overrides)
    .map(({ name }) => `${type.name}.${name}: no summary`);
  return [...own, ...members];
}

function missingDefaults(type: Type): string[] {
  return (type.datatype ? (type.properties ?? []) : [])
    .filter(({ optional, docs }) => optional && !docs?.default)
    .map(({ name }) => `${type.name}.${name}: optional without @default`);
}

function misnamedProps(assembly: Assembly, type: Type): string[] {
  const root = externalBase(assembly, type);
  if (!root || type.abstract || !type.initializer) {
    return [];
  }
  // An App is the root of its tree: its props come first.
  const position = root === 'cdk8s.App' ? 0 : 2;
  const parameter = type.initializer.parameters?.[position];
  const expected = `${type.name}Props`;
  return parameter?.type.fqn === `${assembly.name}.${expected}`
    ? []
    : [`${type.name}: constructor parameter ${position + 1} is not ${expected}`];
}

const CONSTRUCTS = ['constructs.Construct', 'constructs.RootConstruct'];

/** The class outside of this package that a construct descends from; nothing for other classes. */
function externalBase(assembly: Assembly, type: Type): string | undefined {
  const parent = type.base ? assembly.types?.[type.base] : undefined;
  if (parent) {
    return externalBase(assembly, parent);
  }
  const { base } = type;
  return base && (CONSTRUCTS.includes(base) || base.startsWith('cdk8s.')) ? base : undefined;
}
