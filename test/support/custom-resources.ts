import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { upstreamFile } from './upstream';

// What an API server knows of custom resources from their definitions: a schema for each kind,
// and the values that it fills in where an object leaves a field out.

export type Schema = { [key: string]: any };

/** Upstream's schemas by apiVersion and kind, such as `metallb.io/v1beta1 IPAddressPool`. */
export function customResourceSchemas(): ReadonlyMap<string, Schema> {
  const schemas = new Map<string, Schema>();
  for (const file of readdirSync(upstreamFile('crds')).filter((name) => name.endsWith('.json'))) {
    for (const { spec } of JSON.parse(readFileSync(join(upstreamFile('crds'), file), 'utf8'))) {
      for (const version of spec.versions) {
        const schema = version.schema.openAPIV3Schema;
        schemas.set(`${spec.group}/${version.name} ${spec.names.kind}`, schema);
        if (spec.group === 'projectcalico.org') {
          // Calico stores the kinds that it serves in this group, with the same fields.
          schemas.set(`crd.projectcalico.org/v1 ${storedKind(spec.names.kind)}`, schema);
        }
      }
    }
  }
  return schemas;
}

/** The one kind that has another name where it is stored. */
function storedKind(served: string): string {
  return served === 'IPAMConfiguration' ? 'IPAMConfig' : served;
}

/**
 * A copy of the value with the schema's defaults. As on an API server, a default fills a missing
 * field of an object that is there, may bring further defaults with it, and makes no object that
 * has no default of its own.
 */
export function withDefaults<T>(schema: Schema, value: T): T {
  const copy = structuredClone(value);
  fill(schema, copy);
  return copy;
}

function fill(schema: Schema | undefined, value: any): void {
  if (Array.isArray(value)) {
    value.forEach((item) => fill(schema?.items, item));
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, property] of Object.entries<Schema>(schema?.properties ?? {})) {
      if (property.default !== undefined && value[name] === undefined) {
        value[name] = structuredClone(property.default);
      }
    }
    for (const [name, child] of Object.entries(value)) {
      fill(schemaOfField(schema, name), child);
    }
  }
}

/** The schema that judges a field of an object, if any does. */
export function schemaOfField(schema: Schema | undefined, name: string): Schema | undefined {
  const properties = schema?.properties ?? {};
  return Object.hasOwn(properties, name) ? properties[name] : schema?.additionalProperties;
}
