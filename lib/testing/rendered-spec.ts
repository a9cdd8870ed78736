import { inTemporaryFolder } from './folders';
import { NodeFiles } from './node-files';
import { ObjectSet } from './objects';
import type { FileTree } from './tree';
import {
  Cluster,
  GroundworkApp,
  type Decision,
  type Finding,
  type GroundworkAppProps,
} from '../index';

/**
 * Renders a spec into memory: nothing is written, nothing is printed.
 *
 * @param build puts the spec into the app; what it returns is in `result`
 * @param props of the app, for example `gitops`; nothing is written to its `outdir`
 *
 * @example
 * // fragment
 * import { renderSpec } from 'cdk8s-groundwork/testing';
 * declare const props: NvmeControlPlaneProps;
 * const oslo = renderSpec((spec) => new NvmeControlPlane(spec, 'oslo', props));
 * oslo.objects.find('DaemonSet', 'kube-proxy', 'kube-system');
 * oslo.files.of('cp-1').find('/etc/containerd/config.toml').toml();
 */
export function renderSpec<T>(
  build: (app: GroundworkApp) => T,
  props: GroundworkAppProps = {},
): RenderedSpec<T> {
  const app = new GroundworkApp(props);
  return new RenderedSpec(app, build(app));
}

/** A spec and all that comes of it, each rendered when it is first asked for. */
export class RenderedSpec<T = unknown> {
  private renderedTree?: FileTree;
  private renderedObjects?: ObjectSet;
  private renderedFiles?: NodeFiles;

  /**
   * @param app what the spec is in
   * @param result what built it
   */
  public constructor(
    public readonly app: GroundworkApp,
    public readonly result: T,
  ) {}

  /** The cluster of the spec. Throws when it has none, or several, of which `synth` would refuse all. */
  public get cluster(): Cluster {
    const [found, ...others] = this.app.node.findAll().filter((node) => node instanceof Cluster);
    if (found === undefined) {
      throw new Error('the spec has no Cluster; build one, or NvmeControlPlane, which has one');
    }
    if (others.length > 0) {
      const names = [found, ...others].map(({ node }) => node.path).join(', ');
      throw new Error(`the spec has several clusters, ${names}; render each by itself`);
    }
    return found;
  }

  /**
   * Everything that `synth` would write, path → content. Throws when the spec has errors, and lists all
   * of them.
   */
  public get tree(): FileTree {
    return (this.renderedTree ??= this.app.files());
  }

  /**
   * Its Kubernetes objects, also of a spec with errors, without what `gitops` adds: that has
   * `ObjectSet.fromTree` of the tree.
   */
  public get objects(): ObjectSet {
    return (this.renderedObjects ??= ObjectSet.of(this.app));
  }

  /** What its machines boot with. Throws as `tree`. */
  public get files(): NodeFiles {
    return (this.renderedFiles ??= new NodeFiles(this.tree));
  }

  /** All values that were chosen, each with its reason. */
  public decisions(): Decision[] {
    return this.cluster.decisions();
  }

  /** All findings, errors among them, whether acknowledged or not. */
  public findings(): Finding[] {
    return this.cluster.findings();
  }
}

/**
 * Writes a spec into a new folder as `synth` does, for programs that read files, and removes the folder
 * when the function, or the promise that it returns, has come to its end, well or not.
 *
 * @param build puts the spec into the app
 * @param use what is done with the output folder
 * @param props of the app, for example `gitops`
 */
export function synthInFolder<R>(
  build: (app: GroundworkApp) => unknown,
  use: (outdir: string) => R,
  props: Omit<GroundworkAppProps, 'outdir'> = {},
): R {
  return inTemporaryFolder((outdir) => {
    const app = new GroundworkApp({ ...props, outdir });
    build(app);
    app.synth();
    return use(outdir);
  });
}
