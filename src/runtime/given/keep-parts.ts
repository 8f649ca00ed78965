/**
 * Files and long texts of parts, written into the store before a run is told of them: history has references.
 *
 * @module
 */
import { type Keeper, keepPart } from '../../../activities/keep-part.ts'
import type { Part } from '../../core/parts.ts'
import type { WorkflowPlace } from '../../core/sealing.ts'
import { tokensOfFileData } from '../../providers/file-tokens.ts'
import type { Store } from '../../store/index.ts'

/** A longer text lies in the store: a call takes along all that its agent has not read yet, so that many must fit. */
export const LONG_MESSAGE_BYTES = 65_536

/** The parts as history has them. */
export function keepParts(store: Store, run: WorkflowPlace, parts: readonly Part[]): Promise<readonly Part[]> {
  return keepAll(keeperOf(store, run), parts, LONG_MESSAGE_BYTES)
}

/** The same with every text in hand. */
export function keepFiles(store: Store, run: WorkflowPlace, parts: readonly Part[]): Promise<readonly Part[]> {
  return keepAll(keeperOf(store, run), parts, Number.POSITIVE_INFINITY)
}

function keepAll(keeper: Keeper, parts: readonly Part[], mostBytes: number): Promise<readonly Part[]> {
  return Promise.all(parts.map(part => keepPart(keeper, part, mostBytes)))
}

export function keeperOf({ texts }: Store, run: WorkflowPlace): Keeper {
  return { keep: text => texts.keep(run, text, Date.now()), tokensOf: tokensOfFileData }
}
