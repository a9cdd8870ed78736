// What users of the library see of this room.
export * from './ipvs-kube-proxy';
export * from './ipvs-options';
