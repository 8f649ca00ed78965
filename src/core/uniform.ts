/**
 * Makes an independent random number for each name, from the one draw of a run.
 *
 * @module
 */

/** A number in (0, 1), the same for the same name and draw: FNV-1a over the name, mixed with the draw by the finalizer of MurmurHash3. */
export function uniform(name: string, draw: number): number {
  return uniformOf(hashOf(name), draw)
}

/** The hash of a name for {@link uniformOf}, to be kept if many draws use it. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return hash
}

/** {@link uniform} for a name whose hash is at hand. */
export function uniformOf(nameHash: number, draw: number): number {
  let hash = nameHash ^ Math.floor(draw * 2 ** 32)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32
}
