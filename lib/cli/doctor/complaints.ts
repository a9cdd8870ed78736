import type { Ran } from './kubectl';
import { plain } from './plain';

/** What kubectl complained of, in one line, and what to do about it. */
export interface Complaint {
  readonly kind: 'config' | 'login' | 'forbidden' | 'unreachable' | 'other';
  readonly got: string;
  readonly remedy: string;
}

/** Words of kubectl and of its client library, most telling first. */
const KNOWN: ReadonlyArray<readonly [words: RegExp, kind: Complaint['kind'], remedy: string]> = [
  [
    /being terminated/,
    'other',
    'an earlier run is being deleted: wait a minute and run this again',
  ],
  [
    /conflicts? with "/,
    'other',
    'somebody else has applied these objects: delete theirs, or give NetworkDoctor another namespace',
  ],
  [
    /context was not found|context "[^"]*" does not exist|no context exists/,
    'config',
    'see kubectl config get-contexts, and name one with --context',
  ],
  [
    /localhost:8080|no configuration has been provided|invalid configuration|error loading config|stat .*: no such file/,
    'config',
    'name the file with --kubeconfig, for example admin.conf of the sealed folder',
  ],
  [
    /must be logged in|Unauthorized|Please enter (Username|Password)|getting credentials/,
    'login',
    'log in as kubectl get nodes needs it, then run this again',
  ],
  [
    /\(Forbidden\)|forbidden:|is forbidden/,
    'forbidden',
    'use a user who may create, change and delete a namespace, DaemonSets, ConfigMaps and Services, read those, nodes and pods, and exec into pods',
  ],
  [
    /Unable to connect|was refused|i\/o timeout|no route to host|no such host|TLS handshake|certificate|context deadline exceeded|Client\.Timeout|EOF$|server could not find|etcdserver: |\((InternalError|ServiceUnavailable|Timeout|TooManyRequests)\)/m,
    'unreachable',
    'see whether kubectl get nodes answers from here',
  ],
];

/** What a call that did not succeed says. */
export function complaintOf({ stderr, stdout, code, tooLong }: Ran): Complaint {
  const said = `${stderr}\n${tooLong ? '' : stdout}`;
  // kubectl warns and retries on lines of their own before it says what it ends with.
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[EWI]\d{4} |^Warning:|^command terminated/.test(line));
  const last = [...lines]
    .reverse()
    .find((line) => /error|refused|unable|must|forbidden/i.test(line));
  const got =
    last ?? lines.at(-1) ?? (tooLong ? 'no answer in time' : `exit code ${code ?? 'of a signal'}`);
  const known = KNOWN.find(([words]) => words.test(stderr));
  return {
    kind: known?.[1] ?? 'other',
    got: plain(got),
    remedy: known?.[2] ?? 'see what the same kubectl command says by hand',
  };
}
