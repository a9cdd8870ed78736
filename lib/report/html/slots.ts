import { Markup } from './markup';

/** What a slot may be called. */
export const SLOT = /^[A-Za-z0-9-]+$/;

/**
 * A place on the page that values from the running cluster are put in at later, when nobody has the spec
 * at hand any more. A browser shows nothing there.
 */
export function slot(name: string): Markup {
  if (!SLOT.test(name)) {
    throw new Error(`slot must match ${SLOT.source}, got ${name}`);
  }
  return new Markup(`<!--measured-${name}-->`);
}

/** Puts content into the slots of a page that have any; every slot stays where it is. */
export function fillSlots(html: string, contents: Readonly<Record<string, Markup>>): string {
  // Foreign text cannot look like a slot: in it the first character would be escaped.
  return html.replace(/<!--measured-([A-Za-z0-9-]+?)-->/g, (mark: string, name: string) =>
    Object.hasOwn(contents, name) ? `${mark}${contents[name]!.source}` : mark,
  );
}

/** Whether a page has a slot. */
export function hasSlot(html: string, name: string): boolean {
  return html.includes(slot(name).source);
}
