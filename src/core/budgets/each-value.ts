/**
 * Writes a label and one of its values into the names of a budget's scopes and limits.
 *
 * @module
 */

/** Longer values are shortened: databases limit the length of keys. */
const LONGEST = 120
const KEPT = 100

/** The value; if it is long, its beginning with a fingerprint of the whole. Applying it again changes nothing. */
export function shortValue(value: string): string {
  return value.length <= LONGEST ? value : `${value.slice(0, KEPT)}…${fingerprint(value)}`
}

/** The text before a value in a name: `customer=`. */
export function beforeValue(label: string): string {
  return `${writeValue(label)}=`
}

/** Escapes what separates the parts of a name, and characters that databases misread or refuse. */
export function writeValue(value: string): string {
  return JSON.stringify(value).slice(1, -1).replaceAll(':', '\\u003a').replaceAll('=', '\\u003d')
}

/** Reverses {@link writeValue}. */
export function readValue(written: string): string {
  return JSON.parse(`"${written}"`) as string
}

/** A 64-bit FNV-1a hash. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let at = 0; at < text.length; at += 1)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n)
  return hash.toString(36)
}
