// Outputs through cdk8s: placeholders on the way in, Outputs on the way out.
export { PulumiOutputResolver, withTokens } from './resolver';
export { revealTokens } from './reveal';
export { base64Token, numberToken, sha256Token, token } from './token';
