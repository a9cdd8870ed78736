import type { Inspection } from '../../cluster';
import { commands, text, type Block } from '../document';

/** Commands of a part of the cluster, each below what it shows. */
export function inspected(inspections: readonly Inspection[]): Block[] {
  return inspections.flatMap(({ what, command }) => [
    text(`${what.charAt(0).toUpperCase()}${what.slice(1)}:`),
    commands(command),
  ]);
}
