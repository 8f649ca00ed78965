/**
 * What is asked, as a digest: the same words at the same place are the same question, others are another one.
 *
 * @module
 */
import { hash } from 'node:crypto'
import type { SealPort } from '../src/core/ports.ts'
import type { RunRef } from '../src/core/protocol.ts'

/** 48 bits: questions are told apart at one place of one run. */
const CHARACTERS = 12

/** In hex. Of a sealed run it is made with its key, so that nobody can find the words by trying some. */
export async function questionDigest(
  seals: Pick<SealPort, 'digest'>,
  { id, sealed }: Pick<RunRef, 'id' | 'sealed'>,
  words: string,
): Promise<string> {
  const digest = sealed ? await seals.digest(id, words) : hash('sha256', words)
  return digest.slice(0, CHARACTERS)
}
