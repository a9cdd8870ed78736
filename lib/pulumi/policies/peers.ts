import { requirePeers } from '../require-peers';

// Imported first, as in ../peers.
requirePeers('pulumi/policies');
