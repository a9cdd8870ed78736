import { paths } from '../node/paths';

/**
 * Brings the secrets of one machine to it: one pipe, for a user who may sudo there. The machine sets owner
 * and permissions itself before it reads them.
 */
export function deliveryCommand(folder: string, machine: string, address: string): string {
  const remote = `'sudo mkdir -p ${paths.secrets} && sudo tar -C ${paths.secrets} --no-same-owner -xf -'`;
  return `tar -C ${quoted(`${folder}/${machine}/secrets`)} -cf - . | ssh ${address} ${remote}`;
}

/** The text as one word of a shell; a place-holder such as `<host>` stays as it is. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./<>-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
