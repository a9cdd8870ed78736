import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { GroundworkApp, type NvmeControlPlane } from '../../lib';
import { tempDir } from '../support/temp-app';
import { osloPlane } from './oslo-plane';

/** Stands in for kubectl: notes every call, answers as a cluster would. */
const KUBECTL = `#!/usr/bin/env bash
printf '%s\n' "$*" >> "$CALLS"
case "$*" in
  'config view'*) printf %s "$SERVER" ;;
  *"$BROKEN") echo "the server is away" >&2; exit 1 ;;
  'api-resources'*) printf 'daemonsets.apps\nconfigmaps\nendpointslices.discovery.k8s.io\nfelixconfigurations.projectcalico.org\n' ;;
  'get daemonsets.apps'*) printf 'apps/v1|DaemonSet|kube-system|kube-proxy|\n' ;;
  'get configmaps'*) printf 'v1|ConfigMap|kube-system|kube-proxy|\n'; [ -z "$ORPHAN" ] || printf 'v1|ConfigMap|nginx-ingress|forgotten|\n' ;;
  'get endpointslices'*) printf 'discovery.k8s.io/v1|EndpointSlice|nginx-ingress|nginx-ingress-x|Service\n' ;;
  'get felixconfigurations'*) printf 'projectcalico.org/v3|FelixConfiguration||default|\n' ;;
  "get node $ABSENT -o name") echo 'Error from server (NotFound): nodes not found' >&2; exit 1 ;;
  *'.metadata.generation'*) printf 7 ;;
  'get crd/'*) printf 'True ' ;;
  'get tigerastatus/'*) echo x >> "$CALLS.seen"; printf 'True %s' "$(($(wc -l < "$CALLS.seen") + 4))" ;;
esac
`;

/** What the cluster of the stand-in answers, and what else the run is about. */
interface Run {
  readonly server?: string;
  readonly absent?: string;
  readonly broken?: string;
  readonly orphan?: string;
  /** Where the caller stands. */
  readonly cwd?: string;
  /** What is added to the flagship. */
  readonly extend?: (plane: NvmeControlPlane) => void;
  /** Further programs that stand in for real ones, name and script. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** Runs the apply.sh of the flagship against a stand-in for its cluster. */
export function apply(args: string[], answers: Run = {}) {
  const outdir = tempDir();
  const app = new GroundworkApp({ outdir });
  const plane = osloPlane(app);
  answers.extend?.(plane);
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  app.synth();
  stderr.mockRestore();
  const bin = tempDir();
  const calls = join(bin, 'calls');
  writeFileSync(calls, '');
  const programs = { kubectl: KUBECTL, sleep: '#!/bin/sh\n', ...answers.programs };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  const run = spawnSync(join(outdir, 'apply.sh'), args, {
    encoding: 'utf8',
    cwd: answers.cwd,
    env: {
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      CALLS: calls,
      SERVER: answers.server ?? 'https://api.oslo.example:6443',
      ABSENT: answers.absent ?? '(none)',
      BROKEN: answers.broken ?? '(nothing)',
      ORPHAN: answers.orphan ?? '',
    },
  });
  return { ...run, outdir, calls: readFileSync(calls, 'utf8').trim().split('\n') };
}

/** The calls that change something. */
export const applied = (calls: string[]) => calls.filter((c) => c.startsWith('apply'));
