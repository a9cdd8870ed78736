import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { phaseOf } from '../../lib/cluster';

/** `phase Kind name` of every object below a construct, in the order in which they are applied. */
export function phases(scope: IConstruct): string[] {
  return scope.node
    .findAll()
    .filter((node): node is ApiObject => ApiObject.isApiObject(node))
    .map((object) => `${phaseOf(object)} ${object.kind} ${object.name}`);
}
