import type { IResolver, ResolutionContext } from 'cdk8s';
import { isLater, placeholderOf } from './token';
import {
  allowPlaceholders,
  DEPLOY_WITH_PULUMI,
  placeholderProblems,
  placeholderRegistry,
  throwProblems,
} from '../../cluster';

/**
 * Lets props of cdk8s objects take Outputs and Promises as they are, of any type, with a cast where
 * TypeScript wants a text: `new App({ resolvers: [new PulumiOutputResolver()] })`, and the same for
 * `GroundworkApp`. cdk8s refuses such objects otherwise.
 *
 * It also guards the app: an object with an Output or a token is rendered for `Cdk8sStack` only. `synth`,
 * `chart.toJson()` and `Testing.synth` throw, since the file would hold a placeholder. A test that wants
 * to see the placeholders calls them inside of `withTokens`.
 */
export class PulumiOutputResolver implements IResolver {
  /**
   * Called by cdk8s for every value of every object.
   *
   * @param context the value and where it stands
   */
  public resolve(context: ResolutionContext): void {
    const { key, obj, value } = context;
    const text = isLater(value) ? placeholderOf(value) : value;
    if (typeof text === 'string' && placeholderRegistry().renderings === 0) {
      throwProblems(
        obj.node.path,
        placeholderProblems(key.join('.') || obj.kind, text, DEPLOY_WITH_PULUMI),
      );
    }
    if (text !== value) {
      context.replaceValue(text);
    }
  }
}

/**
 * Runs a rendering whose objects may hold tokens, because it is followed by `revealTokens`, or because a
 * test looks at them.
 *
 * @param render what renders, for example `() => chart.toJson()`; not asynchronous
 */
export function withTokens<T>(render: () => T): T {
  return allowPlaceholders(render);
}
