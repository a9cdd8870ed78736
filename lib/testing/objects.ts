import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { parseAllDocuments } from 'yaml';
import { thereAre } from './names';
import { differenceLines, differences, distance, inWords, least } from './partial';

/**
 * Kubernetes objects of a spec, a chart, a manifest or a folder, to be found by kind and name or by
 * a part of them. What is asked for and not there is an error that names what comes nearest.
 *
 * @example
 * // fragment
 * import { ObjectSet } from 'cdk8s-groundwork/testing';
 * const proxy = ObjectSet.of(chart).find('DaemonSet', 'kube-proxy', 'kube-system');
 */
export class ObjectSet {
  /**
   * The objects below a construct, each rendered by itself: validation does not run, so that the
   * objects of a spec with findings can be looked at, too.
   *
   * @param scope an App, a Chart or any construct
   */
  public static of(scope: IConstruct): ObjectSet {
    const objects = scope.node.findAll().filter((node) => ApiObject.isApiObject(node));
    return new ObjectSet(objects.map((object) => (object as ApiObject).toJson()));
  }

  /**
   * The objects of manifests, also those in a `List` as kubectl prints it. Throws when the text is no YAML,
   * or has something else than objects.
   *
   * @param texts YAML, of any number of documents each
   */
  public static fromYaml(...texts: string[]): ObjectSet {
    return new ObjectSet(texts.flatMap(objectsIn));
  }

  /**
   * The objects of a folder's manifests: of every file whose name ends in `.yaml` or `.yml`. Throws as
   * `fromYaml`, with the file's path.
   *
   * @param tree path → content, as `readTree` and `GroundworkApp.files` return it
   */
  public static fromTree(tree: Readonly<Record<string, string>>): ObjectSet {
    const paths = Object.keys(tree).filter((path) => /\.ya?ml$/.test(path));
    return new ObjectSet(
      paths.sort().flatMap((path) => {
        try {
          return objectsIn(tree[path]!);
        } catch (error) {
          throw new Error(`${path}: ${(error as Error).message}`);
        }
      }),
    );
  }

  /** @param all the objects themselves, as they are applied */
  public constructor(public readonly all: readonly any[]) {}

  /** `Kind namespace/name` of every object, in their order; `Kind name` where there is no namespace. */
  public get names(): string[] {
    return this.all.map(nameOf);
  }

  /**
   * The objects of a kind, none included.
   *
   * @param kind for example `DaemonSet`
   */
  public ofKind<T = any>(kind: string): T[] {
    return this.all.filter((object) => object.kind === kind);
  }

  /**
   * The one object of this kind and name. Throws when there is none, and names the nearest, or when
   * there are several, and names them.
   *
   * @param kind for example `DaemonSet`
   * @param name `metadata.name`; may be left out where one object is of the kind
   * @param namespace `metadata.namespace`; may be left out where one object has the name, and is
   * empty for an object of the whole cluster
   */
  public find<T = any>(kind: string, name?: string, namespace?: string): T {
    const ofKind = this.ofKind(kind);
    const found = ofKind.filter(
      ({ metadata }) =>
        (name === undefined || metadata?.name === name) &&
        (namespace === undefined || (metadata?.namespace ?? '') === namespace),
    );
    if (found.length === 1) {
      return found[0];
    }
    const asked = nameOf({ kind, metadata: { name, namespace } });
    if (found.length > 1) {
      const alike = new Set(found.map(nameOf)).size < found.length;
      const missing = name === undefined ? 'a name' : 'a namespace';
      throw new Error(
        `${found.length} objects are ${asked}: ${found.map(alike ? fullNameOf : nameOf).join(', ')}; ` +
          `ask with ${alike ? 'findLike, and an apiVersion or whatever tells them apart' : missing}`,
      );
    }
    throw new Error(
      ofKind.length === 0
        ? `no object is of kind ${kind}; ${thereAre(kind, this.kinds)}`
        : `no object is ${asked}; ${thereAre(asked, ofKind.map(nameOf))}`,
    );
  }

  /**
   * The objects that are as a part of them says, none included.
   *
   * @param part fields that matter; in lists, items that matter in their order; a regular
   * expression or a matcher such as `expect.any(String)` instead of a value; `undefined` for a
   * field that must not be there
   */
  public allLike<T = any>(part: object): T[] {
    return this.all.filter((object) => differences(part, object).length === 0);
  }

  /**
   * The one object that is as a part of it says. Throws when there is none, with the object that
   * comes nearest and every place where it differs, or when there are several, and names them.
   *
   * @param part as for `allLike`
   */
  public findLike<T = any>(part: object): T {
    const found = this.allLike(part);
    if (found.length !== 1) {
      throw new Error(
        found.length === 0
          ? this.nearestMiss(part)
          : `${found.length} objects are like ${inWords(part)}: ${found.map(nameOf).join(', ')}`,
      );
    }
    return found[0];
  }

  /**
   * What to say when no object is as the part says: the object that comes nearest, and where it
   * differs.
   *
   * @param part as for `allLike`
   */
  public nearestMiss(part: { kind?: unknown; metadata?: { name?: unknown } } & object): string {
    const head = `no object is like ${inWords(part)}`;
    // An object of another kind or name is never nearer, however alike the rest is.
    const judged = this.all.map((object) => {
      const found = differences(part, object);
      const other = (path: string) => (found.some((one) => one.path === path) ? 1 : 0);
      return { object, found, far: [other('kind'), other('metadata.name'), distance(found)] };
    });
    const nearest = least(
      judged,
      ({ far: [kind, name, rest] }) => kind! * 1e9 + name! * 1e6 + rest!,
    );
    if (nearest === undefined) {
      return `${head}; there is none at all`;
    }
    return [
      `${head}; nearest is ${nameOf(nearest.object)}`,
      ...differenceLines(nearest.found),
    ].join('\n  ');
  }

  private get kinds(): string[] {
    return this.all.map(({ kind }) => String(kind));
  }
}

/** The objects of one manifest. */
function objectsIn(text: string): any[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) {
      throw document.errors[0]!;
    }
    const object = document.toJS();
    if (object === null) {
      return [];
    }
    if (typeof object !== 'object' || Array.isArray(object)) {
      throw new Error(`a document must be an object, got ${inWords(object)}`);
    }
    return object.kind === 'List' && Array.isArray(object.items) ? object.items : [object];
  });
}

/** With the API that it is of, where kinds of two have the same name. */
function fullNameOf(object: any): string {
  return `${object.apiVersion} ${nameOf(object)}`;
}

function nameOf({ kind, metadata }: any): string {
  const name = [metadata?.namespace, metadata?.name].filter(Boolean).join('/');
  return name === '' ? String(kind) : `${kind} ${name}`;
}
