/**
 * Brings the secrets of one machine to it: one pipe, for a user who may sudo there. The machine sets owner
 * and permissions itself before it reads them.
 */
export function deliveryCommand(folder: string, machine: string, address: string): string {
  const directory = '/etc/groundwork/secrets';
  const remote = `'sudo mkdir -p ${directory} && sudo tar -C ${directory} --no-same-owner -xf -'`;
  return `tar -C ${quoted(`${folder}/${machine}/secrets`)} -cf - . | ssh ${address} ${remote}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./<>-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
