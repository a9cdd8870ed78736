import { Severity } from '../../cluster';
import { auditIngress } from '../../ingress/audit/audit';
import { TARGETS } from '../../ingress/audit/finding';
import { reportOf } from '../../ingress/audit/report';
import type { Command } from '../command';
import { Failure, mustBe } from '../failure';
import { readManifests } from '../manifest-files';

/** Says what breaks when Ingresses leave ingress-nginx. */
export const auditIngressCommand: Command = {
  name: 'audit-ingress',
  summary: 'say what breaks when Ingresses move away from ingress-nginx; reads files only',
  positionals: ['file-or-folder'],
  repeats: true,
  options: {
    target: {
      type: 'string',
      value: TARGETS.join('|'),
      help: 'where they move to; all targets when it is left out',
    },
  },
  run(args, { out }) {
    const target = args.text('target');
    const targets = TARGETS.filter((one) => target === '' || one === target);
    if (targets.length === 0) {
      throw mustBe('--target', `one of ${TARGETS.join(', ')}`, target, 'leave it out to see all');
    }
    const findings = auditIngress(readManifests(args.positionals), targets);
    out(reportOf(findings, targets));
    const errors = findings.filter(({ severity }) => severity === Severity.ERROR).length;
    if (errors > 0) {
      throw new Failure(`${errors} of ${findings.length} findings lose traffic or protection`);
    }
  },
};
