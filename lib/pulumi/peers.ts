import { requirePeers } from './require-peers';

// Imported before everything else of this room: Pulumi's packages are optional peers, and the first
// of them that is missing would end the program with its name and no more.
requirePeers('pulumi');
