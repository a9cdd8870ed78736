import { VerdictLevel, type Measurement } from '../../cluster';
import type { Expectations, MachineExpectation } from '../expectations';
import { linesOf, type Recording } from '../protocol';
import { counted, measurement, unknown, whyAbsent } from './judge';

const { FAIL, INFO, PASS } = VerdictLevel;

interface Session {
  readonly peer: string;
  readonly state: string;
}

/** Every session that is there must be up, and every neighbour of the spec must have one. */
export function analyseBgp(
  expectations: Expectations,
  machine: MachineExpectation,
  recording: Recording,
): Measurement[] {
  const { bgp } = expectations;
  if (bgp === undefined) {
    return [];
  }
  const sessions = sessionsOf(recording);
  const { name } = machine;
  const mesh = bgp.mesh ? expectations.machines.filter((m) => m.name !== name) : [];
  const intended = bgp.mesh
    ? `${mesh.length} sessions of the mesh${bgp.peers.length > 0 ? ` and those with ${bgp.peers.join(', ')}` : ''}`
    : `established sessions${bgp.peers.length > 0 ? ` with ${bgp.peers.join(', ')}` : ''}`;
  if (sessions === undefined) {
    const words = silenceOf(recording);
    return [
      words !== undefined && /refused/i.test(words)
        ? measurement('DOC-BGP-SESSION', name, {
            value: 'no answer',
            intended,
            level: FAIL,
            message: `BIRD does not run: ${words}`,
            remedy: 'see the log of the network plugin on this machine',
          })
        : unknown('DOC-BGP-SESSION', name, intended, words ?? whyAbsent(recording)),
    ];
  }
  const down = sessions.filter(({ state }) => state !== 'Established');
  const absent = mesh.filter(({ address }) => !sessions.some(({ peer }) => peer === address));
  const bad = down.length > 0 || absent.length > 0 || sessions.length === 0;
  // Which machine speaks with which router is told by labels that the spec alone does not settle.
  const unseen = bgp.peers.filter((peer) => !sessions.some((one) => one.peer === peer));
  const words = [
    ...down.map(({ peer, state }) => `the session with ${peer} is ${state}`),
    ...absent.map((m) => `there is no session with ${m.name} (${m.address})`),
    ...(sessions.length === 0 ? ['there is no session at all'] : []),
  ];
  return [
    measurement('DOC-BGP-SESSION', name, {
      value: `${sessions.length - down.length} of ${sessions.length} established`,
      intended,
      level: bad ? FAIL : unseen.length > 0 ? INFO : PASS,
      message: bad
        ? words.join('; ')
        : unseen.length > 0
          ? `${counted(sessions.length, 'session')} established, none with ${unseen.join(', ')}`
          : `${sessions.length} of ${sessions.length} sessions are established`,
      ...(bad
        ? {
            remedy:
              'see whether port 179 is open both ways, and whether AS numbers and passwords agree',
          }
        : unseen.length > 0
          ? { remedy: 'see whether this machine is one of those that the peer was given for' }
          : {}),
      number: sessions.length - down.length,
      unit: 'sessions',
    }),
  ];
}

/** Undefined where nobody was asked, or one that was asked told no sessions. */
function sessionsOf(recording: Recording): Session[] | undefined {
  const bird = [...linesOf(recording, 'bird'), ...linesOf(recording, 'bird6')];
  const frr = linesOf(recording, 'frr').join('\n');
  if ((bird.length === 0 && frr.trim() === '') || silenceOf(recording) !== undefined) {
    return undefined;
  }
  return [...birdSessions(bird), ...frrSessions(frr)];
}

/** What birdcl says where BIRD does not greet it. */
function silenceOf(recording: Recording): string | undefined {
  return ['bird', 'bird6']
    .map((key) => linesOf(recording, key))
    .find((lines) => lines.length > 0 && !lines.some((line) => / ready\.$/.test(line.trim())))?.[0];
}

/** Calico names a session after its kind and its peer, with underscores for dots and colons. */
function birdSessions(lines: readonly string[]): Session[] {
  return lines.flatMap((line) => {
    const [name, protocol, , state, , ...info] = line.trim().split(/\s+/);
    if (protocol !== 'BGP') {
      return [];
    }
    const told = /^(?:Mesh|Node|Global)_(.+)$/.exec(name!.replace(/_port_\d+$/, ''))?.[1] ?? name!;
    const peer = told.replace(/_/g, /^\d+_\d+_\d+_\d+$/.test(told) ? '.' : ':');
    const established = state === 'up' && info.includes('Established');
    const word = info.find((w) => /^(Idle|Connect|Active|OpenSent|OpenConfirm|Passive)$/.test(w));
    return [{ peer, state: established ? 'Established' : (word ?? state ?? 'unknown') }];
  });
}

interface FrrFamily {
  readonly peers?: Readonly<Record<string, { readonly state?: string }>>;
}

function frrSessions(text: string): Session[] {
  try {
    const families = JSON.parse(text) as Readonly<Record<string, FrrFamily>>;
    return Object.values(families).flatMap(({ peers = {} }) =>
      Object.entries(peers).map(([peer, { state = 'unknown' }]) => ({ peer, state })),
    );
  } catch {
    return [];
  }
}
