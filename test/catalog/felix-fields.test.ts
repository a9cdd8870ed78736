import { readFileSync } from 'node:fs';
import { felixFields, type FelixFieldType } from '../../lib/catalog';
import { describeWithUpstream, upstreamFile } from '../support/upstream';

interface Field {
  readonly type?: string;
  readonly pattern?: string;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

/** What upstream's schema takes, in the words of the catalogue. */
function typeOf(field: Field): FelixFieldType {
  // One field says both; the narrower of the two is right in any case.
  if (field['x-kubernetes-int-or-string'] && field.type === undefined) {
    return 'intOrString';
  }
  // Durations are texts; those that have a pattern take no fractions.
  const duration = field.type === 'string' && field.pattern?.includes('(ms|s|m|h)') === true;
  return duration ? 'duration' : (field.type as FelixFieldType);
}

describeWithUpstream('fields of FelixConfiguration', () => {
  const definitions: any[] = JSON.parse(
    readFileSync(upstreamFile('crds', 'calico-3.32.1-projectcalico.org-v3.json'), 'utf8'),
  );
  const { spec } = definitions.find((d) => d.spec.names.kind === 'FelixConfiguration');
  const fields: Record<string, Field> =
    spec.versions[0].schema.openAPIV3Schema.properties.spec.properties;

  test('are those of the schema, with their types', () => {
    const theirs = Object.entries(fields).map(([name, field]) => [name, typeOf(field)]);
    expect(theirs.length).toBeGreaterThan(150);
    expect(felixFields.value).toEqual(Object.fromEntries(theirs));
  });

  test('of numbers, only masks have a narrower format', () => {
    const narrow = Object.entries(fields).filter(([, field]) => 'format' in field);
    expect(narrow.map(([name]) => name).sort()).toEqual(['iptablesMarkMask', 'nftablesMarkMask']);
  });
});
