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

/** Longer texts go into the store: a call carries all messages that its agent has not read yet, and they must fit together. */
export const LONG_MESSAGE_BYTES = 65_536

/** The parts as history has them. */
export function keepParts(store: Store, run: WorkflowPlace, parts: readonly Part[]): Promise<readonly Part[]> {
  return keepAll(keeperOf(store, run), parts, LONG_MESSAGE_BYTES)
}

/** The parts with their files in the store and all texts as they are. */
export function keepFiles(store: Store, run: WorkflowPlace, parts: readonly Part[]): Promise<readonly Part[]> {
  return keepAll(keeperOf(store, run), parts, Number.POSITIVE_INFINITY)
}

function keepAll(keeper: Keeper, parts: readonly Part[], mostBytes: number): Promise<readonly Part[]> {
  return Promise.all(parts.map(part => keepPart(keeper, part, mostBytes)))
}

export function keeperOf({ texts }: Store, run: WorkflowPlace): Keeper {
  return { keep: text => texts.keep(run, text, Date.now()), tokensOf: tokensOfFileData }
}
