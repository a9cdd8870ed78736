import { isDnsName } from './names';
import { throwProblems, type Problem } from './problem';

/**
 * A value that is kept in a Secret of the cluster. The library names it and never knows it: create the
 * Secret yourself, in the namespace that the prop which takes this reference says.
 */
export class SecretRef {
  /**
   * One key of one Secret.
   *
   * @param secretName name of the Secret: an RFC 1123 subdomain
   * @param key key in its data: letters, digits, `-`, `_` and `.`
   */
  public static of(secretName: string, key: string): SecretRef {
    return new SecretRef(secretName, key);
  }

  private constructor(
    /** Name of the Secret. */
    public readonly secretName: string,
    /** Key in its data. */
    public readonly key: string,
  ) {
    const problems: Problem[] = [];
    if (!isDnsName(secretName)) {
      problems.push({
        prop: 'secretName',
        allowed: 'an RFC 1123 subdomain',
        got: secretName,
        remedy: 'give the name of the Secret, never its value',
      });
    }
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
      problems.push({
        prop: 'key',
        allowed: 'letters, digits, -, _ and .',
        got: key,
        remedy: 'give the key in the data of the Secret',
      });
    }
    throwProblems(`SecretRef ${secretName}`, problems);
  }
}
