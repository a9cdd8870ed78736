import { App, type IResolver } from 'cdk8s';
import { findingLine, Severity } from '../cluster';
import { planText, treeText } from '../report';
import { clusterOf, renderApp } from './render';
import { replaceTree } from './write-tree';

/** Where a GroundworkApp writes, and what replaces values before. */
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
  /**
   * @param props where to write, and what replaces values
   */
  constructor(props: GroundworkAppProps = {}) {
    super({ outdir: props.outdir, resolvers: props.resolvers });
  }

  /**
   * Everything that `synth` would write, path below the output folder → content. Throws one error
   * that lists everything found wrong.
   */
  public files(): Record<string, string> {
    return renderApp(this);
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
