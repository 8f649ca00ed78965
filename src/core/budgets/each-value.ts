/**
 * How a label and one of its values stand in the names of a budget's scopes and limits.
 *
 * @module
 */

/** A database has no room for keys of any length. */
const LONGEST = 120
const KEPT = 100

/** A long value by its beginning and a fingerprint of all of it; one that is short, or shortened, as it is. */
export function shortValue(value: string): string {
  return value.length <= LONGEST ? value : `${value.slice(0, KEPT)}…${fingerprint(value)}`
}

/** What stands before a value: `customer=`. */
export function beforeValue(label: string): string {
  return `${writeValue(label)}=`
}

/** As text without what parts the names, and without what a database takes for something else or not at all. */
export function writeValue(value: string): string {
  return JSON.stringify(value).slice(1, -1).replaceAll(':', '\\u003a').replaceAll('=', '\\u003d')
}

/** @param written - By {@link writeValue}. */
export function readValue(written: string): string {
  return JSON.parse(`"${written}"`) as string
}

/** FNV-1a of 64 bits. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let at = 0; at < text.length; at += 1)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n)
  return hash.toString(36)
}
