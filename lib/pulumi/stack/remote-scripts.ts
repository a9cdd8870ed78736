import { paths } from '../../node/paths';

/** Path below the folder that is written to → content. */
export type RemoteFiles = Readonly<Record<string, string>>;

/**
 * Waits until the machine is a node. Ends at once where a person is needed, with what the machine says of
 * itself; what may pass by itself is tried again there every minute.
 *
 * @param root for trials: where the machine's files are
 */
export function waitForNode(seconds: number, root = ''): string {
  return `set -eu
deadline=$(($(date +%s) + ${seconds}))
while [ ! -e ${root}${paths.done} ]; do
  status=$(cat ${root}${paths.status} 2> /dev/null || printf 'nothing: the bootstrap did not start, see cloud-init status --long')
  # Not with --wait: where cloud-init is installed and never ran, that has no end.
  if [ ! -e ${root}${paths.status} ] && cloud-init status 2> /dev/null < /dev/null | grep -qx 'status: error'; then
    status='failed: cloud-init ended with an error before the bootstrap began, see cloud-init status --long'
  fi
  case $status in
    failed:*'this may pass'*) ;;
    failed:*)
      printf '%s says: %s\\n' "$(hostname)" "$status" >&2
      exit 1
      ;;
  esac
  if [ "$(date +%s)" -ge "$deadline" ]; then
    printf '%s is not a node after ${seconds} seconds, ${paths.status} says: %s\\n' "$(hostname)" "$status" >&2
    exit 1
  fi
  sleep 5
done
printf 'the bootstrap of %s is done\\n' "$(hostname)"
`;
}

/**
 * Brings the files of a newer spec to a machine that is a node, and lets its own bootstrap apply them. On a
 * control plane it ends when the API server there is ready, so that the next one can begin.
 */
export function syncFiles(
  files: RemoteFiles,
  seconds: number,
  isControlPlane: boolean,
  root = '',
): string {
  const ready = `. ${root}${paths.config}/machine.env
until kubectl --kubeconfig ${root}/etc/kubernetes/admin.conf --server "$LOCAL_API_URL" get --raw /readyz > /dev/null < /dev/null; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    printf 'the API server of %s is not ready after its files changed\\n' "$(hostname)" >&2
    exit 1
  fi
  sleep 5
done
`;
  return `${waitForNode(seconds, root)}umask 077
from=$(mktemp -d)
trap 'rm -rf "$from"' EXIT
${written('"$from"', files)}${bootstrap('--only config --from "$from"', root)}${isControlPlane ? ready : ''}`;
}

/** Puts secrets where the bootstrap looks for them. */
export function bringSecrets(files: RemoteFiles, root = ''): string {
  return `set -eu
umask 077
mkdir -p ${root}${paths.secrets}
${written(`${root}${paths.secrets}`, files)}`;
}

/** Lets machines join again: token and certificate key are short-lived, and known to a control plane only. */
export function admit(
  machines: readonly string[],
  files: RemoteFiles,
  seconds: number,
  root = '',
): string {
  return `# For ${machines.join(', ')}.
${waitForNode(seconds, root)}${bringSecrets(files, root)}${bootstrap('--only admit', root)}`;
}

/** Another run of the bootstrap may be at work, or a mirror down: exit code 75 says "try again". */
function bootstrap(parameters: string, root: string): string {
  return `while :; do
  code=0
  ${root}${paths.entryScript} ${parameters} < /dev/null || code=$?
  if [ "$code" -ne 75 ] || [ "$(date +%s)" -ge "$deadline" ]; then
    break
  fi
  sleep 10
done
[ "$code" -eq 0 ] || exit "$code"
`;
}

/** Text in the clear, so that a preview shows which lines change. */
function written(folder: string, files: RemoteFiles): string {
  return Object.entries(files)
    .map(([path, content]) => {
      const end = delimiter(content);
      const text = content === '' || content.endsWith('\n') ? content : `${content}\n`;
      const target = `${folder}/'${path.replace(/^\//, '')}'`;
      return `mkdir -p "$(dirname ${target})"\ncat > ${target} <<'${end}'\n${text}${end}\n`;
    })
    .join('');
}

function delimiter(content: string): string {
  let end = 'END_OF_FILE';
  while (content.split('\n').includes(end)) {
    end += '_';
  }
  return end;
}
