import { documentsOf, unfolded, type Document } from './documents';
import { Effect, Stage, type Change, type FieldChange, type Row } from './effect';
import { fieldChanges, lineChange } from './fields';
import { machineRows } from './machine-rows';
import { addedRows, objectRows, removedRows } from './object-rows';
import type { Output, RenderedMachine } from './output';
import { withoutWidened } from './ranges';

const SAME: Pick<Change, 'effect' | 'stage' | 'why'> = {
  effect: Effect.NOTHING,
  stage: Stage.FILES,
  why: 'Comments, order or the text of a script; what is read of it is the same',
};

/** Everything in which two outputs differ, as far as a cluster cares. */
export function changesBetween(before: Output, after: Output): Change[] {
  return [
    ...machineChanges(before, after),
    ...memberChanges(before, after),
    ...objectChanges(before, after),
  ];
}

function objectChanges(before: Output, after: Output): Change[] {
  const keys = new Set([...before.objects.keys(), ...after.objects.keys()]);
  return [...keys].flatMap((key) => {
    const old = before.objects.get(key);
    const now = after.objects.get(key);
    const { subject, file, phase } = (now ?? old)!;
    const where = { subject, file, phase };
    if (old === undefined) {
      return classed([{ path: '', type: 'added' }], addedRows, where);
    }
    if (now === undefined) {
      const removed = classed([{ path: '', type: 'removed' }], removedRows, where);
      return after.prunes(file) ? removed.map(pruned) : removed;
    }
    const fields = fieldChanges(unfolded(old.value), unfolded(now.value));
    return classed(told(subject, fields), objectRows, where);
  });
}

/** An engine that prunes does not wait for a person. */
function pruned(change: Change): Change {
  const deleted = 'The engine deletes it as soon as it finds the new output';
  return change.stage !== Stage.ORPHANS
    ? change
    : {
        ...change,
        stage: Stage.MANIFESTS,
        why:
          change.effect === Effect.BREAKS_CONNECTIONS
            ? `${deleted}: what it runs, announces or holds ends at once`
            : deleted,
      };
}

/** What may be shown of the fields, and what is no change of its own. */
function told(subject: string, fields: readonly FieldChange[]): readonly FieldChange[] {
  return subject.startsWith('Secret ')
    ? fields.map(({ path, type }) => ({
        path,
        type,
        ...(type === 'changed' ? { before: '(hidden)', after: '(another)' } : {}),
      }))
    : subject.startsWith('IPAddressPool ')
      ? withoutWidened(fields)
      : fields;
}

/** Machines that are in both. What is the same on several of them is said once. */
function machineChanges(before: Output, after: Output): Change[] {
  const merged = new Map<string, Change>();
  for (const machine of after.machines) {
    const old = before.machines.find(({ name }) => name === machine.name);
    for (const change of old === undefined ? [] : changesOf(old, machine)) {
      const { machines: _, ...same } = change;
      const key = JSON.stringify(same);
      const machines = [...(merged.get(key)?.machines ?? []), machine.name];
      merged.set(key, { ...change, machines });
    }
  }
  return [...merged.values()].map(({ machines = [], ...change }) => ({
    ...change,
    file: `nodes/${machines[0]}/${change.file.startsWith('/') ? 'files' : ''}${change.file}`,
    // One machine's file founds what all kubelets share.
    ...(change.stage === Stage.KUBELETS ? {} : { machines }),
  }));
}

function changesOf(before: RenderedMachine, after: RenderedMachine): Change[] {
  const old = documentsOf(differing(before, after));
  const now = documentsOf(differing(after, before));
  const subjects = new Set([...old.keys(), ...now.keys()]);
  return [...subjects].flatMap((subject) => documentChanges(old.get(subject), now.get(subject)));
}

/** Most files of most machines are the same: those are not even read. */
function differing({ files }: RenderedMachine, other: RenderedMachine): Map<string, string> {
  return new Map([...files].filter(([file, text]) => other.files.get(file) !== text));
}

function documentChanges(old: Document | undefined, now: Document | undefined): Change[] {
  const { subject, file } = (now ?? old)!;
  if (old === undefined || now === undefined) {
    const type = old === undefined ? 'added' : 'removed';
    return classed([{ path: '', type }], machineRows, { subject, file });
  }
  const fields =
    typeof old.value === 'string' && typeof now.value === 'string'
      ? lineChange(old.value, now.value)
      : fieldChanges(old.value, now.value);
  // What kubeadm reads is spread over files: those have no text of their own to speak of.
  return fields.length === 0 && subject === file
    ? [{ ...SAME, subject, file, fields: [] }]
    : classed(fields, machineRows, { subject, file });
}

/** Machines that come and machines that go. */
function memberChanges(before: Output, after: Output): Change[] {
  const missing = (from: Output, others: Output) =>
    from.machines.filter(({ name }) => !others.machines.some((other) => other.name === name));
  const one = ({ name }: RenderedMachine, type: 'added' | 'removed') => ({
    subject: `machine ${name}`,
    file: `nodes/${name}`,
    machines: [name],
    fields: [{ path: '', type }],
  });
  const sealed = 'boot it with its sealed user-data; the others first need to know its address';
  return [
    ...missing(after, before).map((machine) => ({
      ...one(machine, 'added'),
      effect: Effect.ADDED,
      stage: Stage.JOIN,
      why:
        machine.role === 'worker'
          ? 'A new worker joins'
          : 'A new control plane joins, and etcd gets a member: one at a time, because etcd takes one learner after the other',
      how: sealed,
    })),
    ...missing(before, after).map((machine) => ({
      ...one(machine, 'removed'),
      effect: Effect.DRAIN,
      stage: Stage.LEAVE,
      why:
        machine.role === 'worker'
          ? 'Its pods move to other machines'
          : 'Its pods move to other machines, and its etcd member is removed before it is switched off: a member that is only dead counts in the quorum',
    })),
  ];
}

function classed(
  fields: readonly FieldChange[],
  rows: readonly Row[],
  where: Pick<Change, 'subject' | 'file' | 'phase'>,
): Change[] {
  const byRow = new Map<Row, FieldChange[]>();
  for (const field of fields) {
    const row = rows.find(
      (one) =>
        one.of.test(where.subject) &&
        one.field.test(field.path) &&
        (one.type === undefined || one.type === field.type),
    );
    if (row === undefined) {
      throw new Error(`no row for ${where.subject} ${field.path} ${field.type}`);
    }
    byRow.set(row, [...(byRow.get(row) ?? []), field]);
  }
  return [...byRow].map(([{ effect, stage, why, how }, changed]) => ({
    ...where,
    effect,
    stage,
    why,
    ...(how === undefined ? {} : { how }),
    fields: changed,
  }));
}
