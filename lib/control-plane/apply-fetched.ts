import type { FetchedManifest } from '../cluster';

/** Longest wait for a definition, in minutes: the API server needs seconds. */
const ESTABLISHED_MINUTES = 2;

/** The function of apply.sh that fetches, and the folder it fetches into. */
export function fetchFunction(): string {
  return `# fetched <file> sha256:<digest> <url>: applies what somebody else publishes, unchanged, known by its checksum.
fetched() {
  local from=$fetched_dir/$1 sum
  if [ -n "$fetched_dir" ]; then
    [ -f "$from" ] || die "$from is missing; download it from $3"
  else
    command -v curl >/dev/null || die "curl is not on PATH; download $3 and pass its folder with --fetched"
    from=$downloads/$1
    say "fetching $3"
    curl -fsSL --proto '=http,https' --connect-timeout 10 --max-time 300 --retry 5 --retry-connrefused -o "$from" "$3" ||
      die "$3 cannot be fetched; download it and pass its folder with --fetched"
  fi
  # macOS has the second.
  sum=$(sha256sum "$from" 2>/dev/null || shasum -a 256 "$from") || die 'neither sha256sum nor shasum is on PATH'
  sum=sha256:\${sum%% *}
  [ "$sum" = "$2" ] || die "$from has $sum, pinned is $2; nothing of it was applied"
  apply "$from"
}
downloads=$(mktemp -d)
trap 'rm -rf "$downloads"' EXIT`;
}

/** Fetches one manifest and waits until its definitions are served. */
export function fetchLines({ file, sha256, url, definitions }: FetchedManifest): string[] {
  return [
    `fetched ${file} sha256:${sha256} ${url}`,
    ...definitions.map((name) => `need ${ESTABLISHED_MINUTES} Established crd/${name}`),
  ];
}

/** Files that apply.sh fetches, in the form that `sha256sum -c` reads, for those who apply otherwise. */
export function fetchedList(
  phases: ReadonlyArray<{ readonly phase: string; readonly fetched?: readonly FetchedManifest[] }>,
): string | undefined {
  const lines = phases.flatMap(({ phase, fetched = [] }) =>
    fetched.flatMap(({ label, file, url, sha256 }) => [
      `# ${label}, before phase ${phase}: ${url}`,
      `${sha256}  ${file}`,
    ]),
  );
  return lines.length === 0
    ? undefined
    : [
        '# Not part of these manifests: apply.sh fetches them, or takes them from --fetched DIR. Whoever',
        '# applies the phases otherwise applies these first, server-side. sha256sum -c reads this file.',
        ...lines,
        '',
      ].join('\n');
}
