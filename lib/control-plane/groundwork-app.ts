import { App, type IResolver } from 'cdk8s';
import { findingLine, Severity } from '../cluster';
import { planText, treeText } from '../report';
import type { GitOps } from './gitops/gitops';
import { clusterOf, renderApp } from './render';
import { replaceTree } from './write-tree';

/** Where a GroundworkApp writes and for whom, and what replaces values before. */
export interface GroundworkAppProps {
  /**
   * Output folder.
   *
   * @default - the environment variable CDK8S_OUTDIR, else `dist`
   */
  readonly outdir?: string;
  /**
   * What replaces values while objects are rendered, as in cdk8s: `PulumiOutputResolver`, for example.
   *
   * @default - those of cdk8s only
   */
  readonly resolvers?: IResolver[];
  /**
   * Which engine applies the manifests from git: `GitOps.argo()` or `GitOps.flux({ path })`. Objects stay as
   * they are, but for annotations; for Flux they lie in one folder for each phase.
   *
   * @default - none: files for apply.sh, kubectl and whoever takes them
   */
  readonly gitops?: GitOps;
}

/**
 * An App that writes the whole output of one cluster: one manifest file for every phase, `apply.sh`,
 * the files every machine boots with, and the report. Everything is rendered in memory and
 * validated first; when an error is found nothing is written. A file of the previous run that is no
 * longer rendered disappears. Charts without objects of this library are written as cdk8s does it.
 *
 * @example
 * // fragment
 * new GroundworkApp({ outdir: 'dist' }).synth();
 */
export class GroundworkApp extends App {
  private readonly gitops?: GitOps;

  /**
   * @param props where to write, who applies it, and what replaces values
   */
  constructor(props: GroundworkAppProps = {}) {
    super({ outdir: props.outdir, resolvers: props.resolvers });
    this.gitops = props.gitops;
  }

  /**
   * Everything that `synth` would write, path below the output folder → content. Throws one error
   * that lists everything found wrong.
   */
  public files(): Record<string, string> {
    return renderApp(this, this.gitops);
  }

  /**
   * Renders, validates, and then replaces exactly the files of the previous run. Warnings that
   * nobody acknowledged are printed to standard error.
   */
  public synth(): void {
    replaceTree(this.outdir, this.files());
    for (const finding of clusterOf(this)?.findings() ?? []) {
      if (finding.severity === Severity.WARNING && finding.acknowledged === undefined) {
        process.stderr.write(`${finding.severity}: ${findingLine(finding)}\n`);
      }
    }
  }

  /**
   * What a person wants to see: machines, networks and MTU, chosen modes, findings, and the tree
   * of files. An app without a cluster gets the tree alone.
   */
  public plan(): string {
    const cluster = clusterOf(this);
    const tree = treeText(this.outdir, Object.keys(this.files()));
    return cluster === undefined ? `${tree}\n` : `${planText(cluster)}\nFiles\n${tree}\n`;
  }
}
