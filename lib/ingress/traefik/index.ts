export { HardenedTraefik } from './hardened-traefik';
export {
  EncodedCharacter,
  TraefikProvider,
  type HardenedTraefikOptions,
  type HardenedTraefikProps,
} from './options';
