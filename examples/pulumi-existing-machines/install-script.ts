import * as pulumi from '@pulumi/pulumi';

/**
 * A script for bash, secret: puts everything in its place and starts the bootstrap, which goes on by itself.
 *
 * @param files absolute path → content
 * @param secrets path below /etc/groundwork/secrets → content
 */
export function installScript(
  files: Record<string, string>,
  secrets: Readonly<Record<string, pulumi.Output<string>>>,
): pulumi.Output<string> {
  return pulumi
    .secret(pulumi.all(secrets))
    .apply((known) =>
      [
        'set -eu',
        'umask 077',
        ...Object.entries(known).map(([path, text]) =>
          put(`/etc/groundwork/secrets/${path}`, text),
        ),
        'umask 022',
        ...Object.entries(files).map(([path, text]) => put(path, text)),
        'while read -r mode path; do chmod "$mode" "$path"; done < /etc/groundwork/files.list',
        'systemctl daemon-reload',
        'systemctl start --no-block groundwork-bootstrap.service',
        '',
      ].join('\n'),
    );
}

function put(path: string, text: string): string {
  const base64 = Buffer.from(text).toString('base64');
  return `mkdir -p "$(dirname '${path}')"\nbase64 -d > '${path}' <<< '${base64}'`;
}
