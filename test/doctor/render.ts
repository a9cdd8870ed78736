import { ApiObject, App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { parseAllDocuments } from 'yaml';
import { Cluster, EtcdOnNvme, TunedCalico, type ClusterProps } from '../../lib';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

/** A chart of a user's own with the flagship's facts, network plugin and etcd. */
export function ownChart(facts: Partial<ClusterProps> = {}): { chart: Chart; cluster: Cluster } {
  const chart = new Chart(tempApp(), 'own');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  new TunedCalico(chart, 'cni', { cluster });
  new EtcdOnNvme(chart, 'etcd', { cluster });
  return { chart, cluster };
}

/** The objects of a construct, as they are applied. */
export function objectsOf(construct: Construct): any[] {
  return construct.node
    .findAll()
    .filter((node) => ApiObject.isApiObject(node))
    .map((node) => (node as ApiObject).toJson());
}

/** The objects of a file. */
export function parsed(text: string | undefined): any[] {
  return parseAllDocuments(text ?? '').map((document) => document.toJS());
}

/** `Kind name` of objects, sorted. */
export function names(objects: readonly any[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
}

/** The pod of a DaemonSet, Deployment or Job. */
export function podOf(objects: readonly any[], name: RegExp): any {
  return objects.find(({ metadata, spec }) => name.test(metadata.name) && spec?.template)?.spec
    .template.spec;
}

/** What the rules of the doctor say, as `id severity message`. */
export function said(cluster: Cluster): string[] {
  return cluster
    .findings()
    .filter(({ id }) => id.startsWith('GW-DOCTOR'))
    .map(({ id, severity, message }) => `${id} ${severity}: ${message}`);
}

export function emptyApp(): App {
  return tempApp();
}
