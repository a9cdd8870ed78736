// Preloaded into jsii: package.json as it is read there has no optional peers.
const fs = require('node:fs');
const { resolve } = require('node:path');

const manifest = resolve('package.json');
const read = fs.readFileSync;

fs.readFileSync = function (file, ...options) {
  const content = read.call(this, file, ...options);
  if (typeof file !== 'string' || resolve(file) !== manifest || typeof content !== 'string') {
    return content;
  }
  const { peerDependencies, peerDependenciesMeta, ...rest } = JSON.parse(content);
  const required = Object.entries(peerDependencies).filter(
    ([name]) => !peerDependenciesMeta[name]?.optional,
  );
  return JSON.stringify({ ...rest, peerDependencies: Object.fromEntries(required) });
};
