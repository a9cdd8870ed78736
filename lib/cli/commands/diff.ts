import type { Command } from '../command';
import { EFFECTS, Effect } from '../diff/effect';
import { readOutput } from '../diff/output';
import { planBetween } from '../diff/plan';
import { planMarkdown, planText } from '../diff/text';
import { Failure, mustBe } from '../failure';

/** Says what the way from one output to another does to the cluster. */
export const diffCommand: Command = {
  name: 'diff',
  summary: 'say what each change between two outputs of synth does to the cluster; writes nothing',
  positionals: ['old', 'new'],
  options: {
    json: { type: 'boolean', help: 'everything, for programs' },
    markdown: { type: 'boolean', help: 'a table, for a comment on a pull request' },
    'fail-on': {
      type: 'string',
      value: 'effect,…',
      help: `exit with 1 when there is a change of these: ${EFFECTS.join(', ')}`,
    },
    'exit-code': { type: 'boolean', help: 'exit with 1 when there is anything to do' },
  },
  run(args, { out }) {
    const refused = args.has('fail-on') ? effectsOf(args.text('fail-on')) : [];
    if (args.flag('json') && args.flag('markdown')) {
      throw mustBe('--json', 'without --markdown', 'both', 'choose one');
    }
    const [before, after] = args.positionals.map(readOutput);
    const plan = planBetween(before!, after!);
    out(
      args.flag('json')
        ? JSON.stringify(plan, undefined, 2)
        : args.flag('markdown')
          ? planMarkdown(plan)
          : planText(plan),
    );
    const found = refused.filter((effect) => plan.counts[effect] !== undefined);
    if (found.length > 0) {
      throw new Failure(`there are changes of effect ${found.join(', ')}`);
    }
    if (args.flag('exit-code') && plan.effect !== Effect.NOTHING) {
      throw new Failure(`there is something to do: ${plan.effect}`);
    }
  },
};

function effectsOf(text: string): Effect[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const wrong = words.filter((word) => !(EFFECTS as readonly string[]).includes(word));
  // A variable that is empty by mistake must not let everything pass.
  if (wrong.length > 0 || words.length === 0) {
    throw mustBe(
      '--fail-on',
      `some of ${EFFECTS.join(', ')}`,
      wrong.join(', ') || 'nothing',
      'separate them by commas',
    );
  }
  return words as Effect[];
}
