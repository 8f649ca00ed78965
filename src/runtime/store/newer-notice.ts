/**
 * Says that a newer version has migrated the store under a worker that runs.
 *
 * @module
 */
import type { Store } from '../../store/index.ts'

export type NewerLooked = Pick<Store, 'newerVersion' | 'place'>

/**
 * A look that warns the first time it finds a newer version. The worker goes on: what its version writes, newer ones read, and workers that
 * end by themselves would be started again and refused, while there may be no newer one to serve their runs.
 */
export function createNewerNotice(
  { newerVersion, place }: NewerLooked,
  warn: (message: string, fields: Readonly<Record<string, unknown>>) => void,
): () => Promise<void> {
  let isTold = false
  return async () => {
    const newer = isTold ? undefined : await newerVersion()
    if (!newer) return
    isTold = true
    const { version, known } = newer
    warn(
      `a newer Signalbox has migrated the store to version ${version}, and this worker knows versions up to ${known}; ` +
        'end it and start the newer version in its place, for runs that both serve may not be able to continue',
      { store: place },
    )
  }
}
