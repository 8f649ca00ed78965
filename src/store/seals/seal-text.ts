/**
 * Sealing inside a transaction. Content of a run that is not sealed passes untouched, and no statement more is asked for it.
 *
 * @module
 */
import { hash } from 'node:crypto'
import { rowsOf, type Work } from '../work.ts'
import { keyById } from './key-rows.ts'
import { SealProblem } from './seal-problem.ts'
import { isSealed, keyIdOf, type Sealer } from './sealer.ts'

/**
 * A run's key at work; the connection answers from its ring, or reads and unwraps the key.
 *
 * @throws SealProblem when the key is gone or cannot be unwrapped.
 */
export function* sealerOf(keyId: string): Work<Sealer> {
  const question = { statement: keyById, parameters: { keyId }, once: false, blind: false, keyId }
  const [found] = (yield* rowsOf(question)) as (Sealer | SealProblem)[]
  if (found instanceof SealProblem) throw found
  return found!
}

/** What a sealer does where the run has no key; the digest is SHA-256 in hex. */
export const PLAIN: Pick<Sealer, 'seal' | 'digest'> = { seal: text => text, digest: text => hash('sha256', text) }

/** A text as a run keeps it: sealed where the run has a key. */
export function* sealed(keyId: string | null, text: string): Work<string> {
  return keyId === null ? text : (yield* sealerOf(keyId)).seal(text)
}

/** A text as it was written. @throws SealProblem when the key that it was sealed with is out of reach. */
export function* opened(text: string): Work<string> {
  return isSealed(text) ? (yield* sealerOf(keyIdOf(text))).open(text) : text
}

/** A text that was kept under its digest; `undefined` when it was changed since. */
export function* openedAs(text: string, digest: string): Work<string | undefined> {
  const sealer = isSealed(text) ? yield* sealerOf(keyIdOf(text)) : undefined
  const plain = sealer ? sealer.open(text) : text
  return (sealer ?? PLAIN).digest(plain) === digest ? plain : undefined
}

/** A text as it was written where a report goes on without: `undefined` when the key is out of reach. */
export function* openedIfPossible(text: string): Work<string | undefined> {
  try {
    return yield* opened(text)
  } catch (error) {
    if (error instanceof SealProblem) return undefined
    throw error
  }
}
