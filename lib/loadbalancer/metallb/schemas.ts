/** A structural schema; only what the API server takes. */
export interface Schema {
  readonly [key: string]: unknown;
}

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const texts: Schema = { type: 'array', items: text };

export function whole(min?: number, max?: number, format?: string): Schema {
  return {
    type: 'integer',
    ...(format === undefined ? {} : { format }),
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
  };
}

export function orElse(schema: Schema, value: unknown): Schema {
  return { ...schema, default: value };
}

/** An object with these fields and no others. */
export function closed(properties: Record<string, Schema>, required?: string[]): Schema {
  return { type: 'object', properties, ...(required === undefined ? {} : { required }) };
}

/** An object of which some fields are known; the others are kept as they come. */
export function open(properties: Record<string, Schema> = {}, required?: string[]): Schema {
  return { ...closed(properties, required), 'x-kubernetes-preserve-unknown-fields': true };
}

const labels: Schema = { type: 'object', additionalProperties: text };
const atomic = (items: Schema): Schema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'atomic',
});

/** Label selectors, any of which must match. */
export const selectors: Schema = {
  type: 'array',
  items: {
    ...closed({
      matchExpressions: atomic(
        closed({ key: text, operator: text, values: atomic(text) }, ['key', 'operator']),
      ),
      matchLabels: labels,
    }),
    'x-kubernetes-map-type': 'atomic',
  },
};

/** Conditions, each owned by the part of the program that writes it. */
export const conditions: Schema = {
  type: 'array',
  items: closed(
    {
      lastTransitionTime: { type: 'string', format: 'date-time' },
      message: text,
      observedGeneration: whole(0, undefined, 'int64'),
      reason: text,
      status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
      type: text,
    },
    ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
  ),
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
};
