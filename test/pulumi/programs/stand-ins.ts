// What programs with examples need and cannot have: a way to get at the app of an example, which writes what it
// renders and prints a plan, and the definitions that somebody else makes or publishes.
import { ApiObject, App, Chart } from 'cdk8s';
import { GroundworkApp } from 'cdk8s-groundwork';
import { definitionOf, undefinedKinds } from './definitions';

/** The apps that would have been written, in that order. */
export const synthesized: App[] = [];
for (const { prototype } of [App, GroundworkApp]) {
  prototype.synth = function (this: App) {
    synthesized.push(this);
  };
}
GroundworkApp.prototype.plan = () => '';

const ALWAYS_THERE = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** What an API server alone lacks for the objects of an app: definitions, and namespaces of others. */
export function standIns(app: App): Chart {
  const objects = app.node
    .findAll()
    .filter((node): node is ApiObject => ApiObject.isApiObject(node))
    .map((node) => node.toJson());
  const rendered = objects
    .filter(({ kind }) => kind === 'Namespace')
    .map(({ metadata }) => metadata.name);
  const named = objects.map(({ metadata }) => metadata.namespace).filter(Boolean);
  const namespaces = [...new Set<string>(named)].filter(
    (name) => ![...ALWAYS_THERE, ...rendered].includes(name),
  );
  const chart = new Chart(new App(), 'stand-ins');
  for (const object of [
    ...undefinedKinds(objects).map(definitionOf),
    ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  ]) {
    new ApiObject(chart, `${object.kind}-${object.metadata.name}`, object);
  }
  return chart;
}
