// What users of the library see of this room.
export * from './options';
export * from './resident-storage';
