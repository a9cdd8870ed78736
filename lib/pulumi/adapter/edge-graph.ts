/** Who comes after whom, each edge with the reason that a person wants to read when two of them clash. */
export class EdgeGraph {
  private readonly edges = new Map<string, Map<string, string>>();

  /** What an object must come after, with the reasons. */
  public after(key: string): ReadonlyMap<string, string> {
    return this.edges.get(key) ?? new Map<string, string>();
  }

  /** An order that must hold. The first reason of an edge stays. */
  public require(later: string, earlier: string, why: string): void {
    if (later === earlier) {
      return;
    }
    const known = this.edges.get(later) ?? new Map<string, string>();
    if (!known.has(earlier)) {
      known.set(earlier, why);
    }
    this.edges.set(later, known);
  }

  /** An order that is better, unless what must hold says the opposite. */
  public prefer(later: string, earlier: string, why: string): void {
    if (!this.reaches(earlier, later)) {
      this.require(later, earlier, why);
    }
  }

  /** Whether one object comes after the other, over any number of steps. */
  public reaches(later: string, earlier: string): boolean {
    const seen = new Set<string>();
    const open = [later];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (key === earlier) {
        return true;
      }
      if (!seen.has(key)) {
        seen.add(key);
        open.push(...this.after(key).keys());
      }
    }
    return false;
  }
}
