import type { FieldChange } from './effect';
import { readAddresses, type PoolAddresses } from '../../loadbalancer/pool-addresses';

/** A range that is gone, but lies in one that is new, was widened: no address of it is lost. */
export function withoutWidened(fields: readonly FieldChange[]): FieldChange[] {
  const added = fields.flatMap((field) => (field.type === 'added' ? (rangeOf(field) ?? []) : []));
  return fields.filter((field) => {
    const gone = field.type === 'removed' ? rangeOf(field) : undefined;
    return (
      gone === undefined ||
      !gone.cidrs.every((one) =>
        added.some(({ cidrs }) => cidrs.some((network) => network.includes(one))),
      )
    );
  });
}

function rangeOf({ path }: FieldChange): PoolAddresses | undefined {
  const [, text] = /^spec\.addresses\[(.+)\]$/.exec(path) ?? [];
  return text === undefined ? undefined : readAddresses(text);
}
